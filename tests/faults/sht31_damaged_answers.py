"""Long wires damage one answer in five. The driver notices, and reports a checksum error now and then."""

from __future__ import annotations

from hostcore.events import Confidence
from hostcore.faults.model import Fault, FaultKind
from hostcore.place import BusName
from tests.faults.everyday import sht31
from tests.faults.exhibit import Exhibit
from tests.watched import Watched


def scene(pi: Watched, is_damaged: bool) -> None:
    sht31(pi)
    if is_damaged:
        pi.fault(Fault(FaultKind.BIT_FLIPS, BusName("i2c-1"), 0x44, every=10))


EXHIBIT = Exhibit(
    scene,
    wrong=True,
    right=False,
    kind="checksum-sometimes-wrong",
    sentence="{n} of {n} answers of the SHT3x at 0x44 on i2c-1 arrive damaged ({n} %): their checksums are wrong, "
    "all others are right. The fault is on the wires.",
    confidence=Confidence.LIKELY,
    within=60,
)
