"""The data wire of the DHT22 is at pin 4 of the header, not at GPIO 4."""

from __future__ import annotations

from hostcore.events import Confidence
from tests.faults.everyday import dht
from tests.faults.exhibit import Exhibit
from tests.watched import Watched


def scene(pi: Watched, line: int) -> None:
    pi.wire("dht22", line)
    dht(pi)


EXHIBIT = Exhibit(
    scene,
    wrong=23,
    right=4,
    kind="dht-silent",
    sentence="The sensor at GPIO 4 does not answer: likely, its data wire, its power or its pull-up is missing, or"
    " it is at another line.",
    confidence=Confidence.LIKELY,
    within=20,
)
