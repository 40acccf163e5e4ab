"""The driver starts a conversion of the ADS1115 and reads at once. With 128 samples a second it takes 8 ms."""

from __future__ import annotations

from hostcore.events import Confidence
from tests.faults.exhibit import Exhibit
from tests.watched import Driver, Watched


def scene(pi: Watched, waits: bool) -> None:
    pi.plug("registers:ads1115", 0x48)

    def read(driver: Driver) -> dict[str, float]:
        driver.write(0x48, b"\x01\xc3\x83")
        while waits and not driver.write_read(0x48, b"\x01", 2)[0] & 0x80:
            driver.sleep(0.001)
        return {"voltage": int.from_bytes(driver.write_read(0x48, b"\x00", 2), "big", signed=True) * 4.096 / 32768}

    pi.drive("ads1115", read)


EXHIBIT = Exhibit(
    scene,
    wrong=False,
    right=True,
    kind="read-early",
    sentence="ads1115 reads the ADS1115 at 0x48 on i2c-1 right after it starts a measurement, before there is a "
    "result. It gets an old value. The data sheet says up to 7.8 ms.",
    confidence=Confidence.LIKELY,
    within=20,
)
