"""A chip lost power in the middle of a byte, and now holds SDA low. The Pi can read the levels of the pins."""

from __future__ import annotations

from hostcore.events import BusHealthMeasured, Confidence
from hostcore.faults.model import Fault, FaultKind
from hostcore.place import BusName
from tests.faults.everyday import accelerometer, light
from tests.faults.exhibit import Exhibit
from tests.watched import Watched

I2C = BusName("i2c-1")


def scene(pi: Watched, is_held: bool) -> None:
    pi.plug("registers:lis3dh", 0x18)
    pi.plug("bh1750", 0x23)
    accelerometer(pi)
    light(pi)
    pi.run(30)
    if is_held:
        pi.fault(Fault(FaultKind.STUCK_SDA, I2C))
    pi.take(BusHealthMeasured(pi.clock.wall_ns(), I2C, sda=not is_held, scl=True))


EXHIBIT = Exhibit(
    scene,
    wrong=True,
    right=False,
    kind="stuck-bus",
    sentence="Something holds SDA of i2c-1 low, so nothing can talk on the bus.",
    confidence=Confidence.CERTAIN,
    within=35,
)
