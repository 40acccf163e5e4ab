"""The driver averages 16 measurements of 180 ms, and is to give a reading each second."""

from __future__ import annotations

from hostcore.events import Confidence
from tests.faults.exhibit import Exhibit
from tests.watched import Driver, Watched


def scene(pi: Watched, measurements: int) -> None:
    pi.plug("bh1750", 0x23)

    def read(driver: Driver) -> dict[str, float]:
        total = 0
        for _ in range(measurements):
            driver.write(0x23, b"\x20")
            driver.sleep(0.18)
            total += int.from_bytes(driver.read(0x23, 2), "big")
        return {"illuminance": total / measurements / 1.2}

    pi.drive("bh1750", read)


EXHIBIT = Exhibit(
    scene,
    wrong=16,
    right=4,
    kind="slow-plugin",
    sentence="bh1750 is too slow: it is asked every 1 s, but takes 2.9 s. So only every 3 s a reading comes, 2 s late.",
    confidence=Confidence.CERTAIN,
    within=60,
)
