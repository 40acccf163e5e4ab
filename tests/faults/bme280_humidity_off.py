"""A BMP280 driver with "humidity added": it reads hum, but never writes ctrl_hum, so the BME280 leaves it out."""

from __future__ import annotations

from hostcore.events import Confidence
from tests.faults.exhibit import Exhibit
from tests.watched import Driver, Watched
from tests.workbench import FaultyTarget


def scene(pi: Watched, oversampling: int) -> None:
    chip = pi.plug("registers:bme280", 0x76)
    if not oversampling:  # the simulated chip measures everything
        pi.plug(FaultyTarget(chip, lambda answer: answer[:6] + b"\x80\x00" if len(answer) == 8 else answer), 0x76)

    def start(driver: Driver) -> None:
        if driver.write_read(0x76, b"\xd0", 1) != b"\x60":
            raise ValueError("no BME280")
        driver.write_read(0x76, b"\x88", 26)
        driver.write_read(0x76, b"\xe1", 7)
        driver.write(0x76, bytes([0xF2, oversampling]))
        driver.write(0x76, b"\xf4\x27")

    def read(driver: Driver) -> dict[str, float]:
        answer = driver.write_read(0x76, b"\xf7", 8)
        return {
            "pressure": (int.from_bytes(answer[:3], "big") >> 4) / 259,  # about what the formulas give
            "temperature": (int.from_bytes(answer[3:6], "big") >> 4) / 13_000,
            "humidity": int.from_bytes(answer[6:], "big") / 364,
        }

    pi.drive("bme280", read, start)


EXHIBIT = Exhibit(
    scene,
    wrong=0,
    right=1,
    kind="not-measured",
    sentence="The BME280 at 0x76 on i2c-1 does not measure hum: hum reads 0x8000, its value without a measurement."
    " The setting ctrl_hum.osrs_h says that it is skipped.",
    confidence=Confidence.LIKELY,
    within=20,
)
