"""The Pi hangs on a phone charger with a thin cable, and its supply falls below 4.63 V."""

from __future__ import annotations

from hostcore.events import Confidence, MachineMeasured
from tests.faults.everyday import light
from tests.faults.exhibit import Exhibit
from tests.watched import Watched


def scene(pi: Watched, is_weak: bool) -> None:
    pi.plug("bh1750", 0x23)
    light(pi)
    pi.run(5)
    pi.take(MachineMeasured(pi.clock.wall_ns(), undervoltage=is_weak))


EXHIBIT = Exhibit(
    scene,
    wrong=True,
    right=False,
    kind="undervoltage",
    sentence="The Pi's supply is too low: it fell below 4.63 V. Sensors may fail or report wrong values.",
    confidence=Confidence.CERTAIN,
    within=7,
)
