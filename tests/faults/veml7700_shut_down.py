"""A VEML7700 is shut down after power-on. The driver sets the gain with the bit ALS_SD still at 1."""

from __future__ import annotations

from hostcore.events import Confidence
from tests.faults.exhibit import Exhibit
from tests.watched import Driver, Watched


def scene(pi: Watched, settings: bytes) -> None:
    pi.plug("registers:veml7700", 0x10)

    def start(driver: Driver) -> None:
        driver.write(0x10, b"\x00" + settings)
        driver.sleep(0.1)

    def read(driver: Driver) -> dict[str, float]:
        return {"illuminance": int.from_bytes(driver.write_read(0x10, b"\x04", 2), "little") * 0.0576}

    pi.drive("veml7700", read, start)


EXHIBIT = Exhibit(
    scene,
    wrong=b"\x01\x08",
    right=b"\x00\x08",
    kind="never-started",
    sentence="The VEML7700 at 0x10 on i2c-1 does not measure: ALS always reads 0x0340. It measures only after "
    "ALS_CONF.ALS_SD = 0 (on). ALS_CONF (0x00) was set to 0x0108.",
    confidence=Confidence.LIKELY,
    within=20,
)
