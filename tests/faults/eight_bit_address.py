"""A port of an Arduino sketch took the address from the data sheet's table: 0x46, which counts the R/W bit."""

from __future__ import annotations

from hostcore.events import Confidence
from tests.faults.everyday import light
from tests.faults.exhibit import Exhibit
from tests.watched import Watched


def scene(pi: Watched, address: int) -> None:
    pi.plug("bh1750", 0x23)
    light(pi, address)
    pi.run(5)
    pi.scan()


EXHIBIT = Exhibit(
    scene,
    wrong=0x46,
    right=0x23,
    kind="8-bit-address",
    sentence="bh1750 asks for 0x46 on i2c-1. That is an address in 8-bit form, with the R/W bit: in 7 bits it is 0x23, "
    "where a chip answers that could be a BH1750, PCF8574 or MCP23017.",
    confidence=Confidence.CERTAIN,
    within=10,
)
