"""An MPU-6050 sleeps after power-on until PWR_MGMT_1 is cleared. The driver reads zeros, as if nothing ever moved."""

from __future__ import annotations

from hostcore.events import Confidence
from tests.faults.exhibit import Exhibit
from tests.watched import Driver, Watched


def scene(pi: Watched, wakes: bool) -> None:
    pi.plug("registers:mpu6050", 0x68)

    def start(driver: Driver) -> None:
        driver.write_read(0x68, b"\x75", 1)
        if wakes:
            driver.write(0x68, b"\x6b\x00")

    def read(driver: Driver) -> dict[str, float]:
        answer = driver.write_read(0x68, b"\x3b", 6)
        return {"z": int.from_bytes(answer[4:], "big", signed=True) / 16384}

    pi.drive("mpu6050", read, start)


EXHIBIT = Exhibit(
    scene,
    wrong=False,
    right=True,
    kind="never-started",
    sentence="The MPU-6050 at 0x68 on i2c-1 does not measure: ACCEL_XOUT reads 0x0000, its value before the first "
    "measurement. It measures only after PWR_MGMT_1.SLEEP = 0 (awake). Nothing has written to PWR_MGMT_1 "
    "(0x6b).",
    confidence=Confidence.CERTAIN,
    within=20,
)
