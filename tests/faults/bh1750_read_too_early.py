"""The driver waits 50 ms for a measurement in high resolution. The data sheet says up to 180 ms."""

from __future__ import annotations

from hostcore.events import Confidence
from tests.faults.exhibit import Exhibit
from tests.watched import Driver, Watched


def scene(pi: Watched, seconds: float) -> None:
    pi.plug("bh1750", 0x23)

    def read(driver: Driver) -> dict[str, float]:
        driver.write(0x23, b"\x20")
        driver.sleep(seconds)
        return {"illuminance": int.from_bytes(driver.read(0x23, 2), "big") / 1.2}

    pi.drive("bh1750", read)


EXHIBIT = Exhibit(
    scene,
    wrong=0.05,
    right=0.18,
    kind="read-early",
    sentence="bh1750 reads the BH1750 at 0x23 on i2c-1 50 ms after it starts a measurement, before there is a "
    "result. It gets an old value. The data sheet says up to 180 ms.",
    confidence=Confidence.LIKELY,
    within=20,
)
