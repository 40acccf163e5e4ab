"""A driver of a part that nobody knows takes tenths of a degree without their sign: below zero, it says 6553 °C."""

from __future__ import annotations

from hostcore.events import Confidence
from tests.faults.exhibit import Exhibit
from tests.watched import Driver, Watched


def scene(pi: Watched, is_signed: bool) -> None:
    pi.plug("bh1750", 0x23)  # any chip: the driver's numbers are what matters
    tenths = [4, 3, 2, 1, 0, -1, -2, -3, -2, -1, 1, 2, 3, 2, 1, -1, -2, -4]

    def read(driver: Driver) -> dict[str, float]:
        place = driver.memory["place"] = driver.memory.get("place", -1) + 1
        raw = tenths[place % len(tenths)].to_bytes(2, "big", signed=True)
        return {"temperature": int.from_bytes(raw, "big", signed=is_signed) / 10}

    pi.drive("window", read)


EXHIBIT = Exhibit(
    scene,
    wrong=False,
    right=True,
    kind="wrong-sign",
    sentence="temperature of window jumps from {n} to {n}, as if it passed zero: the driver takes negative numbers for"
    " large positive ones.",
    confidence=Confidence.LIKELY,
    within=30,
)
