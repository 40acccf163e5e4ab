"""The driver reads the results of an ADS1115, but never starts a conversion. After power-on, the chip sleeps."""

from __future__ import annotations

from hostcore.events import Confidence
from tests.faults.exhibit import Exhibit
from tests.watched import Driver, Watched


def scene(pi: Watched, starts: bool) -> None:
    pi.plug("registers:ads1115", 0x48)

    def start(driver: Driver) -> None:
        if starts:
            driver.write(0x48, b"\x01\x42\x83")
            driver.sleep(0.01)

    def read(driver: Driver) -> dict[str, float]:
        return {"voltage": int.from_bytes(driver.write_read(0x48, b"\x00", 2), "big", signed=True) * 4.096 / 32768}

    pi.drive("ads1115", read, start)


EXHIBIT = Exhibit(
    scene,
    wrong=False,
    right=True,
    kind="never-started",
    sentence="The ADS1115 at 0x48 on i2c-1 does not measure: CONVERSION always reads 0x0000. It measures only after "
    "CONFIG.OS = 1 (idle, or start) or CONFIG.MODE = 0 (continuous). Nothing has written to CONFIG (0x01).",
    confidence=Confidence.LIKELY,
    within=20,
)
