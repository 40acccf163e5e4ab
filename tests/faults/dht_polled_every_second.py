"""The driver asks the DHT22 each second. It needs two for a measurement, and repeats the old one."""

from __future__ import annotations

from hostcore.events import Confidence
from tests.faults.everyday import dht
from tests.faults.exhibit import Exhibit
from tests.watched import Watched


def scene(pi: Watched, every: float) -> None:
    pi.wire("dht22", 4)
    dht(pi, every=every)


EXHIBIT = Exhibit(
    scene,
    wrong=1.0,
    right=2.0,
    kind="dht-no-rest",
    sentence="The sensor at GPIO 4 is asked every 1.0 s, but a DHT22 needs 2 s for a measurement: it repeats old "
    "values, or does not answer.",
    confidence=Confidence.LIKELY,
    within=15,
)
