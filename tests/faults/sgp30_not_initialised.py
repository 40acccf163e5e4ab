"""The SGP30 measures only after init_air_quality. The driver goes straight to measure_air_quality."""

from __future__ import annotations

from hostcore.events import Confidence
from tests.faults.exhibit import Exhibit
from tests.watched import Driver, Watched


def scene(pi: Watched, initialises: bool) -> None:
    pi.plug("registers:sgp30", 0x58)

    def start(driver: Driver) -> None:
        if initialises:
            driver.write(0x58, b"\x20\x03")
            driver.sleep(0.01)

    def read(driver: Driver) -> dict[str, float]:
        driver.write(0x58, b"\x20\x08")
        driver.sleep(0.012)
        answer = driver.read(0x58, 6)
        return {"co2": int.from_bytes(answer[:2], "big"), "tvoc": int.from_bytes(answer[3:5], "big")}

    pi.drive("sgp30", read, start)


EXHIBIT = Exhibit(
    scene,
    wrong=False,
    right=True,
    kind="never-started",
    sentence="The SGP30 at 0x58 on i2c-1 does not measure: every read returns 00 00 81 00 00 81. It measures only "
    "after the command INIT.",
    confidence=Confidence.LIKELY,
    within=20,
)
