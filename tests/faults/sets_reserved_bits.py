"""The driver sets all bits of the HDC1080's configuration that it does not know, "to switch everything on"."""

from __future__ import annotations

from hostcore.events import Confidence
from tests.faults.exhibit import Exhibit
from tests.watched import Driver, Watched


def scene(pi: Watched, configuration: int) -> None:
    pi.plug("registers:hdc1080", 0x40)

    def start(driver: Driver) -> None:
        if driver.write_read(0x40, b"\xff", 2) != b"\x10\x50":
            raise ValueError("no HDC1080")
        driver.write(0x40, b"\x02" + configuration.to_bytes(2, "big"))

    def read(driver: Driver) -> dict[str, float]:
        driver.write(0x40, b"\x00")
        driver.sleep(0.02)
        return {"temperature": int.from_bytes(driver.read(0x40, 4)[:2], "big") / 65536 * 165 - 40}

    pi.drive("hdc1080", read, start)


EXHIBIT = Exhibit(
    scene,
    wrong=0x10FF,
    right=0x1000,
    kind="reserved-bits",
    sentence="hdc1080 sets bits 0, 1, 2, 3, 4, 5, 6 and 7 of register CONFIGURATION (0x02) of the HDC1080 at 0x40 "
    "on i2c-1: they are reserved and have to be 0.",
    confidence=Confidence.LIKELY,
    within=5,
)
