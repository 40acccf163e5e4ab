"""A script whose name tells nothing of its chip uses an address at which nothing is. One other chip answers."""

from __future__ import annotations

from hostcore.events import Confidence
from tests.faults.everyday import light
from tests.faults.exhibit import Exhibit
from tests.watched import Watched


def scene(pi: Watched, address: int) -> None:
    pi.plug("bh1750", 0x23)
    light(pi, address, name="window")
    pi.run(12)
    pi.scan()


EXHIBIT = Exhibit(
    scene,
    wrong=0x24,
    right=0x23,
    kind="wrong-address",
    sentence="Nothing answers at 0x24 on i2c-1. At 0x23, a chip answers that could be a PCF8574, MCP23017 or "
    "BH1750: wrong address.",
    confidence=Confidence.POSSIBLE,
    within=20,
    also=("silent-address",),
)
