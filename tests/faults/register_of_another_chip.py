"""The driver reads the accelerometer's result at 0x3b, its place in an MPU-6050. This is an ADXL345."""

from __future__ import annotations

from hostcore.events import Confidence
from tests.faults.exhibit import Exhibit
from tests.watched import Driver, Watched


def scene(pi: Watched, register: int) -> None:
    pi.plug("registers:adxl345", 0x53)

    def start(driver: Driver) -> None:
        driver.write(0x53, b"\x2d\x08")

    def read(driver: Driver) -> dict[str, float]:
        answer = driver.write_read(0x53, bytes([register]), 6)
        return {"x": int.from_bytes(answer[:2], "little", signed=True) / 256}

    pi.drive("adxl345", read, start)


EXHIBIT = Exhibit(
    scene,
    wrong=0x3B,
    right=0x32,
    kind="no-such-register",
    sentence="adxl345 reads register 0x3b, which the ADXL345 at 0x53 on i2c-1 does not have.",
    confidence=Confidence.LIKELY,
    within=10,
)
