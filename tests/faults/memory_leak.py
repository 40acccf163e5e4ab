"""The driver keeps every reading in a list, to draw a graph some day. Each call takes 30 KB that never come back."""

from __future__ import annotations

from hostcore.events import Confidence
from tests.faults.exhibit import Exhibit
from tests.watched import Driver, Watched

ARENA = 1 << 20
"""CPython takes memory in arenas of 1 MiB."""


def scene(pi: Watched, kept_bytes: int) -> None:
    pi.plug("bh1750", 0x23)

    def read(driver: Driver) -> dict[str, float]:
        driver.write(0x23, b"\x20")
        driver.sleep(0.18)
        driver.memory["kept"] = driver.memory.get("kept", 0) + kept_bytes
        driver.memory_bytes = 15 * ARENA + driver.memory["kept"] // ARENA * ARENA
        return {"illuminance": int.from_bytes(driver.read(0x23, 2), "big") / 1.2}

    pi.drive("bh1750", read)


EXHIBIT = Exhibit(
    scene,
    wrong=30_000,
    right=0,
    kind="growing-memory",
    sentence="The memory of bh1750 grows by about {n} KiB with each call, and reaches its limit of 64 MiB in {n} "
    "min at this pace: likely, it keeps what it should drop.",
    confidence=Confidence.LIKELY,
    within=400,
    healthy_for=400,
)
