"""The wires damage one answer in five, and a driver that skips the checksums gives these values as right ones."""

from __future__ import annotations

from hostcore.events import Confidence
from hostcore.faults.model import Fault, FaultKind
from hostcore.place import BusName
from tests.faults.everyday import sht31
from tests.faults.exhibit import Exhibit
from tests.watched import Watched


def scene(pi: Watched, is_damaged: bool) -> None:
    sht31(pi, checks=False)
    if is_damaged:
        pi.fault(Fault(FaultKind.BIT_FLIPS, BusName("i2c-1"), 0x44, every=10))


EXHIBIT = Exhibit(
    scene,
    wrong=True,
    right=False,
    kind="checksum-ignored",
    sentence="sht31 does not look at the checksums of the SHT3x at 0x44 on i2c-1: it gave {n} readings from "
    "answers that arrived damaged.",
    confidence=Confidence.LIKELY,
    within=60,
    also=("checksum-sometimes-wrong",),
)
