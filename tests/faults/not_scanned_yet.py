"""The driver's chip does not answer, and nobody scanned the bus yet: the sentence says so, and asks for a scan."""

from __future__ import annotations

from hostcore.events import Confidence
from tests.faults.everyday import light
from tests.faults.exhibit import Exhibit
from tests.watched import Watched


def scene(pi: Watched, is_connected: bool) -> None:
    if is_connected:
        pi.plug("bh1750", 0x23)
    light(pi)


EXHIBIT = Exhibit(
    scene,
    wrong=False,
    right=True,
    kind="silent-address",
    sentence="Nothing answers at 0x23 on i2c-1, in {n} tries of bh1750 so far.",
    confidence=Confidence.CERTAIN,
    within=15,
)
