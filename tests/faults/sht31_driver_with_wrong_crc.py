"""The driver computes the SHT31's checksum with the polynomial 0x07, and refuses every good answer."""

from __future__ import annotations

from hostcore.events import Confidence
from tests.faults.everyday import sht31
from tests.faults.exhibit import Exhibit

EXHIBIT = Exhibit(
    sht31,
    wrong=0x07,
    right=0x31,
    kind="driver-checksum",
    sentence="sht31 computes the checksum of the SHT3x at 0x44 on i2c-1 wrongly: it refuses answers whose "
    "checksums are right. The bytes {x} {x} have 0x{x}, and the chip sent that.",
    confidence=Confidence.LIKELY,
    within=20,
)
