"""A print for debugging stayed in the innermost loop, and writes 32 lines for each reading."""

from __future__ import annotations

from hostcore.events import Confidence
from tests.faults.exhibit import Exhibit
from tests.watched import Driver, Watched


def scene(pi: Watched, lines: int) -> None:
    pi.plug("bh1750", 0x23)

    def read(driver: Driver) -> dict[str, float]:
        driver.write(0x23, b"\x20")
        driver.sleep(0.18)
        for line in range(lines):
            driver.log(f"waiting {line}")
        return {"illuminance": int.from_bytes(driver.read(0x23, 2), "big") / 1.2}

    pi.drive("bh1750", read)


EXHIBIT = Exhibit(
    scene,
    wrong=32,
    right=1,
    kind="log-flood",
    sentence="bh1750 floods the log with {n} lines a minute, so that other lines are lost among them.",
    confidence=Confidence.CERTAIN,
    within=60,
)
