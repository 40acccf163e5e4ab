"""A home-made board without pull-ups on 40 cm of wire: now and then a 1 arrives as a 0."""

from __future__ import annotations

from hostcore.events import Confidence
from hostcore.faults.model import Fault, FaultKind
from hostcore.place import BusName
from tests.faults.exhibit import Exhibit
from tests.watched import Driver, Watched


def scene(pi: Watched, has_pull_ups: bool) -> None:
    pi.plug("registers:lis3dh", 0x18)

    def read(driver: Driver) -> dict[str, float]:
        if driver.write_read(0x18, b"\x0f", 1) != b"\x33":
            raise ValueError("no LIS3DH")
        driver.write(0x18, b"\x20\x57")
        answer = driver.write_read(0x18, b"\xa8", 6)
        return {"z": int.from_bytes(answer[4:], "little", signed=True) / 16384}

    pi.drive("lis3dh", read)
    if not has_pull_ups:
        pi.fault(Fault(FaultKind.BIT_FLIPS, BusName("i2c-1"), probability=0.1))


EXHIBIT = Exhibit(
    scene,
    wrong=False,
    right=True,
    kind="bit-flips",
    sentence="Bits flip on the way from 0x18 on i2c-1: register WHO_AM_I (0x0f), which never changes, reads 0x33 "
    "and 0x32.",
    confidence=Confidence.LIKELY,
    within=60,
)
