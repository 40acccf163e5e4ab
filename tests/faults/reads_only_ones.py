"""The wire of SDA broke inside its insulation on the way back: the driver reads ones only."""

from __future__ import annotations

from hostcore.events import Confidence
from hostcore.faults.model import Fault, FaultKind
from hostcore.place import BusName
from tests.faults.everyday import accelerometer
from tests.faults.exhibit import Exhibit
from tests.watched import Watched


def scene(pi: Watched, is_broken: bool) -> None:
    pi.plug("registers:lis3dh", 0x18)
    accelerometer(pi)
    if is_broken:
        pi.fault(Fault(FaultKind.OTHER_IDENTITY, BusName("i2c-1"), 0x18, register=0x0F, value=0xFF))


EXHIBIT = Exhibit(
    scene,
    wrong=True,
    right=False,
    kind="unknown-chip",
    sentence="The chip at 0x18 on i2c-1 does not identify itself as a LIS3DH: register WHO_AM_I (0x0f) reads 0xff "
    "instead of 0x33. It sends nothing but ones: it is not ready, or its SDA has no contact.",
    confidence=Confidence.LIKELY,
    within=10,
)
