"""A typing error: CTRL_REG1 of the LIS3DH is 0x20, and the driver writes to 0x10, which is the factory's."""

from __future__ import annotations

from hostcore.events import Confidence
from tests.faults.exhibit import Exhibit
from tests.watched import Driver, Watched


def scene(pi: Watched, register: int) -> None:
    pi.plug("registers:lis3dh", 0x18)

    def start(driver: Driver) -> None:
        driver.write_read(0x18, b"\x0f", 1)
        driver.write(0x18, b"\x20\x57")
        driver.write(0x18, bytes([register, 0x08]))

    def read(driver: Driver) -> dict[str, float]:
        answer = driver.write_read(0x18, b"\xa8", 6)
        return {"x": int.from_bytes(answer[:2], "little", signed=True) / 16384}

    pi.drive("lis3dh", read, start)


EXHIBIT = Exhibit(
    scene,
    wrong=0x10,
    right=0x23,
    kind="reserved-register",
    sentence="lis3dh writes 08 to the reserved register 0x10 of the LIS3DH at 0x18 on i2c-1. That can spoil its "
    "factory settings.",
    confidence=Confidence.CERTAIN,
    within=5,
)
