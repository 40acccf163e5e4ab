"""The driver reads the BMP280, but never writes ctrl_meas: it sleeps, and every value is 0x80000."""

from __future__ import annotations

from hostcore.events import Confidence
from tests.faults.exhibit import Exhibit
from tests.watched import Driver, Watched


def scene(pi: Watched, mode: int) -> None:
    pi.plug("registers:bmp280", 0x76)

    def start(driver: Driver) -> None:
        if driver.write_read(0x76, b"\xd0", 1) != b"\x58":
            raise ValueError("no BMP280")
        driver.write_read(0x76, b"\x88", 24)
        driver.write(0x76, bytes([0xF5, 0xA0]))
        if mode:
            driver.write(0x76, bytes([0xF4, 0x24 | mode]))

    def read(driver: Driver) -> dict[str, float]:
        answer = driver.write_read(0x76, b"\xf7", 6)
        return {"pressure_raw": int.from_bytes(answer[:3], "big") >> 4}

    pi.drive("bmp280", read, start)


EXHIBIT = Exhibit(
    scene,
    wrong=0,
    right=3,
    kind="never-started",
    sentence="The BMP280 at 0x76 on i2c-1 does not measure: press reads 0x800000, its value before the first "
    "measurement. It measures only after ctrl_meas.mode is not 0 (sleep). Nothing has written to "
    "ctrl_meas (0xf4).",
    confidence=Confidence.CERTAIN,
    within=20,
)
