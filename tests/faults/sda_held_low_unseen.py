"""SDA is held low, and this computer cannot read its level: each address acknowledges, and each byte reads 0."""

from __future__ import annotations

from hostcore.events import Confidence
from hostcore.faults.model import Fault, FaultKind
from hostcore.place import BusName
from tests.faults.everyday import accelerometer
from tests.faults.exhibit import Exhibit
from tests.watched import Watched


def scene(pi: Watched, is_held: bool) -> None:
    pi.plug("registers:lis3dh", 0x18)
    accelerometer(pi)
    if is_held:
        pi.fault(Fault(FaultKind.STUCK_SDA, BusName("i2c-1")))


EXHIBIT = Exhibit(
    scene,
    wrong=True,
    right=False,
    kind="unknown-chip",
    sentence="The chip at 0x18 on i2c-1 does not identify itself as a LIS3DH: register WHO_AM_I (0x0f) reads 0x00 "
    "instead of 0x33. It sends nothing but zeros: it is not ready, or something holds SDA low.",
    confidence=Confidence.LIKELY,
    within=10,
)
