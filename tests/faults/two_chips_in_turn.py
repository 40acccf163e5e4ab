"""A BME280 and a BMP280 share 0x76, and their answers take turns."""

from __future__ import annotations

from hostcore.events import Confidence
from hostcore.faults.model import Fault, FaultKind
from hostcore.place import BusName
from tests.faults.exhibit import Exhibit
from tests.faults.wrong_address import drive
from tests.watched import Watched


def scene(pi: Watched, chips: int) -> None:
    drive(pi, 0x76)
    if chips == 2:
        pi.fault(Fault(FaultKind.OTHER_IDENTITY, BusName("i2c-1"), 0x76, register=0xD0, value=0x58, every=2))


EXHIBIT = Exhibit(
    scene,
    wrong=2,
    right=1,
    kind="two-chips",
    sentence="Two chips answer at 0x76 on i2c-1: register id (0xd0), which never changes, reads 0x60 and 0x58 in "
    "turn, the values of a BME280 and BMP280.",
    confidence=Confidence.LIKELY,
    within=30,
)
