"""The driver reads the calibration of the BME280 as that of a BMP280, without the bytes for the humidity at 0xe1."""

from __future__ import annotations

from hostcore.events import Confidence
from tests.faults.exhibit import Exhibit
from tests.watched import Driver, Watched


def scene(pi: Watched, reads_humidity: bool) -> None:
    pi.plug("registers:bme280", 0x76)

    def start(driver: Driver) -> None:
        if driver.write_read(0x76, b"\xd0", 1) != b"\x60":
            raise ValueError("no BME280")
        driver.write_read(0x76, b"\x88", 26)
        if reads_humidity:
            driver.write_read(0x76, b"\xe1", 7)
        driver.write(0x76, b"\xf2\x01")
        driver.write(0x76, b"\xf4\x27")
        driver.sleep(0.05)

    def read(driver: Driver) -> dict[str, float]:
        answer = driver.write_read(0x76, b"\xf7", 8)
        return {
            "temperature": (int.from_bytes(answer[3:6], "big") >> 4) / 13_000,
            "humidity": int.from_bytes(answer[6:], "big") / 364,
        }

    pi.drive("bme280", read, start)


EXHIBIT = Exhibit(
    scene,
    wrong=False,
    right=True,
    kind="calibration-partial",
    sentence="bme280 reads only a part of the calibration of the BME280 at 0x76 on i2c-1: dig_H2 (0xe1), dig_H3 "
    "(0xe3), dig_H4_H5 (0xe4) and dig_H6 (0xe7) are missing.",
    confidence=Confidence.LIKELY,
    within=20,
)
