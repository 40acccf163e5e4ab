"""The driver only reads the BH1750. Nothing ever tells the chip to measure, so it always says 0 lux."""

from __future__ import annotations

from hostcore.events import Confidence
from tests.faults.exhibit import Exhibit
from tests.watched import Driver, Watched


def scene(pi: Watched, asks: bool) -> None:
    pi.plug("bh1750", 0x23)

    def start(driver: Driver) -> None:
        driver.write(0x23, b"\x01")
        if asks:
            driver.write(0x23, b"\x10")
            driver.sleep(0.18)

    def read(driver: Driver) -> dict[str, float]:
        return {"illuminance": int.from_bytes(driver.read(0x23, 2), "big") / 1.2}

    pi.drive("bh1750", read, start)


EXHIBIT = Exhibit(
    scene,
    wrong=False,
    right=True,
    kind="never-started",
    sentence="The BH1750 at 0x23 on i2c-1 does not measure: every read returns 00 00. It measures only after the "
    "command CONTINUOUS_HIGH, or another such start.",
    confidence=Confidence.LIKELY,
    within=20,
)
