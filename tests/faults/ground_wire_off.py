"""The ground wire that both sensors share slips out after half a minute: both go silent at the same moment."""

from __future__ import annotations

from hostcore.events import Confidence
from tests.faults.everyday import accelerometer, light
from tests.faults.exhibit import Exhibit
from tests.watched import Watched


def scene(pi: Watched, slips: bool) -> None:
    pi.plug("registers:lis3dh", 0x18)
    pi.plug("bh1750", 0x23)
    accelerometer(pi)
    light(pi)
    pi.run(30)
    if slips:
        pi.unplug(0x18)
        pi.unplug(0x23)


EXHIBIT = Exhibit(
    scene,
    wrong=True,
    right=False,
    kind="bus-lost",
    sentence="All 2 devices in use on i2c-1 stopped answering within 1 s of each other: the bus, not the chips.",
    confidence=Confidence.LIKELY,
    within=45,
)
