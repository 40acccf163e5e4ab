"""Somebody's sleeve pulled the sensor's plug half a minute after the start. The scan no longer finds it."""

from __future__ import annotations

from hostcore.events import Confidence
from tests.faults.everyday import accelerometer, light
from tests.faults.exhibit import Exhibit
from tests.watched import Watched


def scene(pi: Watched, is_pulled: bool) -> None:
    pi.plug("registers:lis3dh", 0x18)
    pi.plug("bh1750", 0x23)
    accelerometer(pi)
    light(pi)
    pi.run(30)
    if is_pulled:
        pi.unplug(0x23)
    pi.run(15)
    pi.scan()


EXHIBIT = Exhibit(
    scene,
    wrong=True,
    right=False,
    kind="silent-address",
    sentence="Nothing answers at 0x23 on i2c-1 any more, and a scan does not find it. Before, it answered {n} times.",
    confidence=Confidence.CERTAIN,
    within=50,
)
