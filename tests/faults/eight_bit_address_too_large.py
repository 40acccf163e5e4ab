"""An old BMP280 driver has the write address 0xEC of the data sheet. No 7-bit address is so large."""

from __future__ import annotations

from hostcore.events import Confidence
from tests.faults.exhibit import Exhibit
from tests.faults.wrong_address import drive
from tests.watched import Watched


def scene(pi: Watched, address: int) -> None:
    drive(pi, address)


EXHIBIT = Exhibit(
    scene,
    wrong=0xEC,
    right=0x76,
    kind="8-bit-address",
    sentence="bme280 asks for 0xec on i2c-1. That is an address in 8-bit form, with the R/W bit: in 7 bits it is 0x76.",
    confidence=Confidence.CERTAIN,
    within=10,
)
