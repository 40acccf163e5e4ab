"""Ten metres of wire and only the pull-up of the Pi: many pulses are lost on the way."""

from __future__ import annotations

from hostcore.events import Confidence
from hostcore.faults.model import Fault, FaultKind
from hostcore.place import BusName
from tests.faults.everyday import dht
from tests.faults.exhibit import Exhibit
from tests.watched import Watched


def scene(pi: Watched, lost_pulses: float) -> None:
    pi.wire("dht22", 4)
    dht(pi)
    if lost_pulses:
        pi.fault(Fault(FaultKind.MISSING_PULSES, BusName("gpio"), 4, amount=lost_pulses, every=2))


EXHIBIT = Exhibit(
    scene,
    wrong=3,
    right=0,
    kind="dht-lost-edges",
    sentence="Edges of the sensor at GPIO 4 are lost: {n} of {n} answers have only 78 of 82 edges. Likely, the "
    "pull-up is too weak, or the wire too long.",
    confidence=Confidence.LIKELY,
    within=40,
)
