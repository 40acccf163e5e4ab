"""A copied example divides the raw numbers of the BMP280 by constants that fitted somebody else's chip."""

from __future__ import annotations

from hostcore.events import Confidence
from tests.faults.exhibit import Exhibit
from tests.watched import Driver, Watched


def scene(pi: Watched, reads_calibration: bool) -> None:
    pi.plug("registers:bmp280", 0x76)

    def start(driver: Driver) -> None:
        if driver.write_read(0x76, b"\xd0", 1) != b"\x58":
            raise ValueError("no BMP280")
        if reads_calibration:
            driver.write_read(0x76, b"\x88", 24)
        driver.write(0x76, b"\xf4\x27")
        driver.sleep(0.05)

    def read(driver: Driver) -> dict[str, float]:
        answer = driver.write_read(0x76, b"\xf7", 6)
        pressure, temperature = (int.from_bytes(answer[at : at + 3], "big") >> 4 for at in (0, 3))
        return {"pressure": pressure / 259, "temperature": temperature / 13_000}

    pi.drive("bmp280", read, start)


EXHIBIT = Exhibit(
    scene,
    wrong=False,
    right=True,
    kind="calibration-not-read",
    sentence="bmp280 never reads the calibration of the BMP280 at 0x76 on i2c-1. Without it, nobody can tell what "
    "the chip's numbers mean.",
    confidence=Confidence.LIKELY,
    within=20,
)
