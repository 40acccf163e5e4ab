"""The relay next to the sensor flips bits of one answer in four: all 40 bits come, but their sum is wrong."""

from __future__ import annotations

from hostcore.events import Confidence
from hostcore.faults.model import Fault, FaultKind
from hostcore.place import BusName
from tests.faults.everyday import dht
from tests.faults.exhibit import Exhibit
from tests.watched import Watched


def scene(pi: Watched, is_disturbed: bool) -> None:
    pi.wire("dht22", 4)
    dht(pi)
    if is_disturbed:
        pi.fault(Fault(FaultKind.WRONG_CRC, BusName("gpio"), 4, every=4))


EXHIBIT = Exhibit(
    scene,
    wrong=True,
    right=False,
    kind="dht-checksum",
    sentence="The checksum of the sensor at GPIO 4 is wrong in {n} of {n} answers ({n} %): likely, the wire is too"
    " long, or the pull-up too weak.",
    confidence=Confidence.LIKELY,
    within=60,
)
