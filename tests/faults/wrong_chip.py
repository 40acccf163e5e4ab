"""The shop sold a BMP280, which has no humidity, as a BME280. Many boards of one price look alike."""

from __future__ import annotations

from hostcore.events import Confidence
from tests.faults.exhibit import Exhibit
from tests.faults.wrong_address import drive
from tests.watched import Watched


def scene(pi: Watched, chip: str) -> None:
    drive(pi, 0x76, chip)


EXHIBIT = Exhibit(
    scene,
    wrong="registers:bmp280",
    right="registers:bme280",
    kind="wrong-chip",
    sentence="The chip at 0x76 on i2c-1 is a BMP280, not a BME280: its register id (0xd0) reads 0x58.",
    confidence=Confidence.CERTAIN,
    within=10,
)
