"""The driver takes the axes of the MPU-6050 as numbers without a sign: lying upside down, z is 3 g instead of -1 g."""

from __future__ import annotations

from hostcore.events import Confidence
from tests.faults.exhibit import Exhibit
from tests.watched import Driver, Watched
from tests.workbench import FaultyTarget

WOBBLE = (-16400, -16391, -16378, -16404, -16385, -16397, -16370, -16388)


def scene(pi: Watched, is_signed: bool) -> None:
    turns = iter(range(1_000_000))

    def upside_down(answer: bytes) -> bytes:
        z = WOBBLE[next(turns) % len(WOBBLE)]
        return answer[:4] + z.to_bytes(2, "big", signed=True) if len(answer) == 6 else answer

    pi.plug(FaultyTarget(pi.plug("registers:mpu6050", 0x68), upside_down), 0x68)

    def start(driver: Driver) -> None:
        driver.write_read(0x68, b"\x75", 1)
        driver.write(0x68, b"\x6b\x00")

    def read(driver: Driver) -> dict[str, float]:
        answer = driver.write_read(0x68, b"\x3b", 6)
        return {"z": int.from_bytes(answer[4:], "big", signed=is_signed) / 16384}

    pi.drive("mpu6050", read, start)


EXHIBIT = Exhibit(
    scene,
    wrong=False,
    right=True,
    kind="wrong-sign",
    sentence="mpu6050 takes ACCEL_ZOUT of the MPU-6050 at 0x68 on i2c-1 with the wrong sign: the bytes {x} {x} "
    "mean {n}, but it published {n} as z.",
    confidence=Confidence.CERTAIN,
    within=30,
)
