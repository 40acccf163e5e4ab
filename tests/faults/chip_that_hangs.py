"""After a dip of its supply the SHT31 goes on to answer, but always with the same bytes: it does not measure."""

from __future__ import annotations

from hostcore.events import Confidence
from tests.faults.everyday import sht31
from tests.faults.exhibit import Exhibit
from tests.watched import Watched
from tests.workbench import FaultyTarget


def scene(pi: Watched, hangs: bool) -> None:
    sht31(pi)
    pi.run(10)
    if hangs:
        pi.plug(FaultyTarget(pi.pi.chips[1][0x44], lambda answer: bytes.fromhex("66f35f66f35f")), 0x44)


EXHIBIT = Exhibit(
    scene,
    wrong=True,
    right=False,
    kind="stuck-value",
    sentence="humidity and temperature of the SHT3x at 0x44 on i2c-1 have not changed by one bit in {n} "
    "measurements, where there should be noise: the chip does not measure any more.",
    confidence=Confidence.LIKELY,
    within=100,
)
