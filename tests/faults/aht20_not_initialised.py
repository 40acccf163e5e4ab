"""The driver triggers the AHT20, but never sends its initialisation, 0xbe 0x08 0x00: all its answers are zeros."""

from __future__ import annotations

from hostcore.events import Confidence
from tests.faults.exhibit import Exhibit
from tests.watched import Driver, Watched


def scene(pi: Watched, initialises: bool) -> None:
    pi.plug("aht20", 0x38)

    def start(driver: Driver) -> None:
        if initialises:
            driver.write(0x38, b"\xbe\x08\x00")
            driver.sleep(0.01)

    def read(driver: Driver) -> dict[str, float]:
        driver.write(0x38, b"\xac\x33\x00")
        driver.sleep(0.08)
        answer = driver.read(0x38, 7)
        return {"humidity": (int.from_bytes(answer[1:4], "big") >> 4) / 2**20 * 100}

    pi.drive("aht20", read, start)


EXHIBIT = Exhibit(
    scene,
    wrong=False,
    right=True,
    kind="never-started",
    sentence="The AHT20 at 0x38 on i2c-1 measures nothing: humidity and temperature are 0 in every answer.",
    confidence=Confidence.LIKELY,
    within=20,
)
