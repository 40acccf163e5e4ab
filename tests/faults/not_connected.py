"""The sensor is on the desk, not on the bus. A scan does not find it; its neighbour answers."""

from __future__ import annotations

from hostcore.events import Confidence
from tests.faults.everyday import accelerometer, light
from tests.faults.exhibit import Exhibit
from tests.watched import Watched


def scene(pi: Watched, is_connected: bool) -> None:
    pi.plug("registers:lis3dh", 0x18)
    if is_connected:
        pi.plug("bh1750", 0x23)
    accelerometer(pi)
    light(pi)
    pi.run(12)
    pi.scan()


EXHIBIT = Exhibit(
    scene,
    wrong=False,
    right=True,
    kind="silent-address",
    sentence="Nothing answers at 0x23 on i2c-1, neither for bh1750 nor in a scan. Other devices on this bus answer.",
    confidence=Confidence.CERTAIN,
    within=20,
)
