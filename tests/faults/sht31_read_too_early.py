"""The driver reads the SHT31 3 ms after the command. The chip needs 15 ms, and refuses until then."""

from __future__ import annotations

from hostcore.events import Confidence
from tests.faults.everyday import sht31
from tests.faults.exhibit import Exhibit
from tests.watched import Watched


def scene(pi: Watched, wait: float) -> None:
    sht31(pi, wait=wait)


EXHIBIT = Exhibit(
    scene,
    wrong=0.003,
    right=0.016,
    kind="read-early",
    sentence="sht31 reads the SHT3x at 0x44 on i2c-1 3 ms after it starts a measurement, before there is a result."
    " The chip refuses that. The data sheet says up to 15 ms.",
    confidence=Confidence.LIKELY,
    within=20,
)
