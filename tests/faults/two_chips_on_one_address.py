"""A BMP280 for outside and a BME280 for inside, both at 0x76 of one bus. Both answer at once, so zeros win."""

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
        pi.fault(Fault(FaultKind.SECOND_CHIP, BusName("i2c-1"), 0x76, register=0xD0, value=0x58))


EXHIBIT = Exhibit(
    scene,
    wrong=2,
    right=1,
    kind="two-chips",
    sentence="Two chips answer at 0x76 on i2c-1, a BME280 and a BMP280: register id (0xd0) reads 0x40, which is "
    "0x60 and 0x58 at once.",
    confidence=Confidence.LIKELY,
    within=10,
)
