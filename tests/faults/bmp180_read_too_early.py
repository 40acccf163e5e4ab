"""The pressure of a BMP180 in ultra high resolution takes 25.5 ms. The driver waits 5 ms, as for the temperature."""

from __future__ import annotations

from hostcore.events import Confidence
from tests.faults.exhibit import Exhibit
from tests.watched import Driver, Watched


def scene(pi: Watched, seconds: float) -> None:
    pi.plug("registers:bmp180", 0x77)

    def start(driver: Driver) -> None:
        driver.write_read(0x77, b"\xaa", 22)

    def read(driver: Driver) -> dict[str, float]:
        driver.write(0x77, b"\xf4\xf4")
        driver.sleep(seconds)
        return {"pressure_raw": int.from_bytes(driver.write_read(0x77, b"\xf6", 3), "big")}

    pi.drive("bmp180", read, start)


EXHIBIT = Exhibit(
    scene,
    wrong=0.0,
    right=0.026,
    kind="read-early",
    sentence="bmp180 reads the BMP180 at 0x77 on i2c-1 right after it starts a measurement, before there is a "
    "result. It gets an old value. The data sheet says up to 4.5 ms.",
    confidence=Confidence.LIKELY,
    within=20,
)
