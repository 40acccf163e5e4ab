"""Somebody copied the address of the accelerometer into the light driver. It belongs to lis3dh."""

from __future__ import annotations

from hostcore.events import Confidence
from tests.faults.exhibit import Exhibit
from tests.watched import Driver, Watched


def scene(pi: Watched, address: int) -> None:
    pi.plug("bh1750", 0x23)
    pi.plug("registers:lis3dh", 0x18)

    def accelerate(driver: Driver) -> dict[str, float]:
        driver.write(0x18, b"\x20\x57")
        return {"x": int.from_bytes(driver.write_read(0x18, b"\xa8", 2), "little", signed=True)}

    def read(driver: Driver) -> dict[str, float]:
        driver.write(address, b"\x20")
        driver.sleep(0.18)
        return {"illuminance": int.from_bytes(driver.read(address, 2), "big") / 1.2}

    pi.drive("lis3dh", accelerate, permissions=["i2c:1:0x18"])
    pi.drive("bh1750", read, permissions=["i2c:1:0x23"])


EXHIBIT = Exhibit(
    scene,
    wrong=0x18,
    right=0x23,
    kind="denied-access",
    sentence="bh1750 cannot work: it asks for 0x18 on i2c-1, which belongs to lis3dh.",
    confidence=Confidence.CERTAIN,
    within=20,
)
