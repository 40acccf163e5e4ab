"""A solder bridge between SCL and GND: every transfer takes a second and times out. The levels cannot be read."""

from __future__ import annotations

from hostcore.events import Confidence
from hostcore.faults.model import Fault, FaultKind
from hostcore.place import BusName
from tests.faults.everyday import accelerometer, light
from tests.faults.exhibit import Exhibit
from tests.watched import Watched


def scene(pi: Watched, is_bridged: bool) -> None:
    pi.plug("registers:lis3dh", 0x18)
    pi.plug("bh1750", 0x23)
    accelerometer(pi)
    light(pi)
    if is_bridged:
        pi.fault(Fault(FaultKind.STUCK_SCL, BusName("i2c-1"), from_s=20))


EXHIBIT = Exhibit(
    scene,
    wrong=True,
    right=False,
    kind="stuck-bus",
    sentence="Every transfer on i2c-1 ends in a bus error, to every address: likely, a chip or a short circuit "
    "holds SDA or SCL low.",
    confidence=Confidence.LIKELY,
    within=40,
)
