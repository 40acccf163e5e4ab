"""An ADXL345 wakes up in standby. The driver sets the range, but never the bit Measure of POWER_CTL."""

from __future__ import annotations

from hostcore.events import Confidence
from tests.faults.exhibit import Exhibit
from tests.watched import Driver, Watched


def scene(pi: Watched, power: int) -> None:
    pi.plug("registers:adxl345", 0x53)

    def start(driver: Driver) -> None:
        if driver.write_read(0x53, b"\x00", 1) != b"\xe5":
            raise ValueError("no ADXL345")
        driver.write(0x53, b"\x31\x08")
        driver.write(0x53, bytes([0x2D, power]))

    def read(driver: Driver) -> dict[str, float]:
        answer = driver.write_read(0x53, b"\x32", 6)
        return {"z": int.from_bytes(answer[4:], "little", signed=True) / 256}

    pi.drive("adxl345", read, start)


EXHIBIT = Exhibit(
    scene,
    wrong=0x00,
    right=0x08,
    kind="never-started",
    sentence="The ADXL345 at 0x53 on i2c-1 does not measure: DATAZ always reads 0x0000. It measures only after "
    "POWER_CTL.Measure = 1 (measuring). POWER_CTL (0x2d) was set to 0x00.",
    confidence=Confidence.LIKELY,
    within=20,
)
