"""The driver counts the registers of the calibration from 1: it reads 24 bytes from 0x89 on, not from 0x88."""

from __future__ import annotations

from hostcore.events import Confidence
from tests.faults.exhibit import Exhibit
from tests.watched import Driver, Watched


def scene(pi: Watched, first: int) -> None:
    pi.plug("registers:bmp280", 0x76)

    def start(driver: Driver) -> None:
        if driver.write_read(0x76, b"\xd0", 1) != b"\x58":
            raise ValueError("no BMP280")
        driver.write_read(0x76, bytes([first]), 24)
        driver.write(0x76, b"\xf4\x27")
        driver.sleep(0.05)

    def read(driver: Driver) -> dict[str, float]:
        answer = driver.write_read(0x76, b"\xf7", 6)
        pressure, temperature = (int.from_bytes(answer[at : at + 3], "big") >> 4 for at in (0, 3))
        return {"pressure": pressure / 259, "temperature": temperature / 13_000}

    pi.drive("bmp280", read, start)


EXHIBIT = Exhibit(
    scene,
    wrong=0x89,
    right=0x88,
    kind="calibration-wrong-place",
    sentence="bmp280 reads only a part of the calibration of the BMP280 at 0x76 on i2c-1: dig_T1 (0x88) is "
    "missing. It begins at 0x89, in the middle of dig_T1 (0x88).",
    confidence=Confidence.LIKELY,
    within=20,
)
