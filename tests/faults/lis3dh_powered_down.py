"""The LIS3DH measures only after its data rate is set. The driver sets the scale, and forgets the rate."""

from __future__ import annotations

from hostcore.events import Confidence
from tests.faults.exhibit import Exhibit
from tests.watched import Driver, Watched


def scene(pi: Watched, rate: int) -> None:
    pi.plug("registers:lis3dh", 0x18)

    def start(driver: Driver) -> None:
        if driver.write_read(0x18, b"\x0f", 1) != b"\x33":
            raise ValueError("no LIS3DH")
        driver.write(0x18, bytes([0x20, rate << 4 | 0x07]))
        driver.write(0x18, b"\x23\x08")

    def read(driver: Driver) -> dict[str, float]:
        answer = driver.write_read(0x18, b"\xa8", 6)
        return {"z": int.from_bytes(answer[4:], "little", signed=True) / 16384}

    pi.drive("lis3dh", read, start)


EXHIBIT = Exhibit(
    scene,
    wrong=0,
    right=5,
    kind="never-started",
    sentence="The LIS3DH at 0x18 on i2c-1 does not measure: OUT_Z always reads 0x0000. It measures only after "
    "CTRL_REG1.ODR is not 0 (power-down). CTRL_REG1 (0x20) was set to 0x07.",
    confidence=Confidence.LIKELY,
    within=20,
)
