"""A wireless receiver hangs on the same line as the sensor, and disturbs the widths of its pulses."""

from __future__ import annotations

from hostcore.events import Confidence
from hostcore.faults.model import Fault, FaultKind
from hostcore.place import BusName
from tests.faults.everyday import dht
from tests.faults.exhibit import Exhibit
from tests.watched import Watched


def scene(pi: Watched, jitter_us: float) -> None:
    pi.wire("dht22", 4)
    dht(pi)
    if jitter_us:
        pi.fault(Fault(FaultKind.JITTERED_PULSES, BusName("gpio"), 4, amount=jitter_us))


EXHIBIT = Exhibit(
    scene,
    wrong=60,
    right=0,
    kind="dht-wrong-widths",
    sentence="The pulses at GPIO 4 have the wrong widths: {n} of {n} answers, with typically {n} µs low and {n} µs"
    " high. A DHT sends 50 µs low, then 26 or 70 µs high.",
    confidence=Confidence.LIKELY,
    within=60,
)
