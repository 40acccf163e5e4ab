"""The wire has no pull-ups, and the driver reads the calibration with each measurement: its constants change."""

from __future__ import annotations

from hostcore.events import Confidence
from hostcore.faults.model import Fault, FaultKind
from hostcore.place import BusName
from tests.faults.exhibit import Exhibit
from tests.watched import Driver, Watched


def scene(pi: Watched, has_pull_ups: bool) -> None:
    pi.plug("registers:bmp180", 0x77)

    def read(driver: Driver) -> dict[str, float]:
        driver.write_read(0x77, b"\xaa", 22)
        driver.write(0x77, b"\xf4\x2e")
        driver.sleep(0.005)
        return {"raw": int.from_bytes(driver.write_read(0x77, b"\xf6", 2), "big")}

    pi.drive("bmp180", read)
    if not has_pull_ups:
        pi.fault(Fault(FaultKind.BIT_FLIPS, BusName("i2c-1"), probability=0.1))


EXHIBIT = Exhibit(
    scene,
    wrong=False,
    right=True,
    kind="bit-flips",
    sentence="Bits flip on the way from the BMP180 at 0x77 on i2c-1: AC1 (0xaa), which never changes, reads 0x{x}{x}"
    " and 0x{x}{x}. {n} more of its constants changed. Ones arrive as zeros: the pull-ups are weak or "
    "missing.",
    confidence=Confidence.LIKELY,
    within=60,
)
