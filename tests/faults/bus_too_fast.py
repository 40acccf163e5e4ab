"""Somebody sped the bus up to 1 MHz for a display. The accelerometer on it allows 400 kHz."""

from __future__ import annotations

from hostcore.events import BusHealthMeasured, Confidence
from hostcore.place import BusName
from tests.faults.everyday import accelerometer
from tests.faults.exhibit import Exhibit
from tests.watched import Watched


def scene(pi: Watched, speed_hz: int) -> None:
    pi.take(BusHealthMeasured(pi.clock.wall_ns(), BusName("i2c-1"), configured_hz=speed_hz))
    pi.plug("registers:lis3dh", 0x18)
    accelerometer(pi)


EXHIBIT = Exhibit(
    scene,
    wrong=1_000_000,
    right=400_000,
    kind="bus-too-fast",
    sentence="i2c-1 runs at 1000 kHz, but the LIS3DH at 0x18 allows 400 kHz at most.",
    confidence=Confidence.CERTAIN,
    within=5,
)
