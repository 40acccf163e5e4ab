"""The driver of a BMP280 checks the identity, and refuses a BME280, which would do."""

from __future__ import annotations

from hostcore.events import Confidence
from tests.faults.exhibit import Exhibit
from tests.watched import Driver, Watched


def scene(pi: Watched, chip: str) -> None:
    pi.plug(chip, 0x77)

    def start(driver: Driver) -> None:
        if driver.write_read(0x77, b"\xd0", 1) != b"\x58":
            raise ValueError("Failed to find BMP280! Chip ID 0x60")
        driver.write_read(0x77, b"\x88", 24)
        driver.write(0x77, b"\xf4\x27")
        driver.sleep(0.05)

    def read(driver: Driver) -> dict[str, float]:
        return {"raw": int.from_bytes(driver.write_read(0x77, b"\xf7", 6)[:3], "big") >> 4}

    pi.drive("pressure", read, start, libraries=["adafruit-circuitpython-bmp280"])


EXHIBIT = Exhibit(
    scene,
    wrong="registers:bme280",
    right="registers:bmp280",
    kind="wrong-chip",
    sentence="The chip at 0x77 on i2c-1 is a BME280, not a BMP280: its register id (0xd0) reads 0x60.",
    confidence=Confidence.CERTAIN,
    within=10,
    also=("crash-loop",),
)
