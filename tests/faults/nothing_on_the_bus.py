"""SDA and SCL are swapped at the header, so nothing answers at any address."""

from __future__ import annotations

from hostcore.events import Confidence
from tests.faults.everyday import light
from tests.faults.exhibit import Exhibit
from tests.watched import Watched


def scene(pi: Watched, is_swapped: bool) -> None:
    if not is_swapped:
        pi.plug("bh1750", 0x23)
    light(pi)
    pi.run(12)
    pi.scan()


EXHIBIT = Exhibit(
    scene,
    wrong=True,
    right=False,
    kind="empty-bus",
    sentence="Nothing answers on i2c-1: a scan found no device at any address.",
    confidence=Confidence.CERTAIN,
    within=20,
    also=("silent-address",),
)
