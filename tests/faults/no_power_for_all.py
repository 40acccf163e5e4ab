"""The 3.3 V wire of the breadboard is in the wrong row: none of two sensors has power, and nobody scanned."""

from __future__ import annotations

from hostcore.events import Confidence
from tests.faults.everyday import accelerometer, light
from tests.faults.exhibit import Exhibit
from tests.watched import Watched


def scene(pi: Watched, has_power: bool) -> None:
    if has_power:
        pi.plug("bh1750", 0x23)
        pi.plug("registers:lis3dh", 0x18)
    light(pi)
    accelerometer(pi)


EXHIBIT = Exhibit(
    scene,
    wrong=False,
    right=True,
    kind="empty-bus",
    sentence="Nothing answers on i2c-1: none of the 2 devices that drivers look for.",
    confidence=Confidence.LIKELY,
    within=20,
    also=("silent-address",),
)
