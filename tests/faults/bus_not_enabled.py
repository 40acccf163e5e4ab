"""I2C was never switched on with raspi-config, so /dev/i2c-1 does not exist."""

from __future__ import annotations

from hostcore.events import Confidence
from tests.faults.exhibit import Exhibit
from tests.watched import Driver, Watched


def scene(pi: Watched, is_enabled: bool) -> None:
    def read(driver: Driver) -> dict[str, float]:
        if not is_enabled:
            raise OSError("there is no I2C bus 1")
        return {"device": driver.write_read(0x18, b"\x0f", 1)[0]}

    pi.plug("registers:lis3dh", 0x18)
    if not is_enabled:
        pi.disable("i2c-1", "no /dev/i2c-1; I2C is not enabled: run sudo raspi-config, Interface Options, I2C")
    pi.drive("lis3dh", read, permissions=["i2c:1:0x18"])


EXHIBIT = Exhibit(
    scene,
    wrong=False,
    right=True,
    kind="missing-bus",
    sentence="i2c-1 cannot be used, so lis3dh cannot work: no /dev/i2c-1; I2C is not enabled: run sudo "
    "raspi-config, Interface Options, I2C",
    confidence=Confidence.CERTAIN,
    within=5,
)
