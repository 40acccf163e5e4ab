"""The driver reads the gas resistance of a BME680, but its port left out run_gas: the heater never gets hot."""

from __future__ import annotations

from hostcore.events import Confidence
from tests.faults.exhibit import Exhibit
from tests.watched import Driver, Watched


def scene(pi: Watched, run_gas: int) -> None:
    pi.plug("bme680", 0x77)

    def start(driver: Driver) -> None:
        if driver.write_read(0x77, b"\xd0", 1) != b"\x61":
            raise ValueError("no BME680")
        driver.write_read(0x77, b"\x89", 25)
        driver.write_read(0x77, b"\xe1", 16)
        driver.write_read(0x77, b"\x00", 5)
        driver.write(0x77, b"\x5a\x73")
        driver.write(0x77, b"\x64\x65")
        driver.write(0x77, bytes([0x71, run_gas]))

    def read(driver: Driver) -> dict[str, float]:
        driver.write(0x77, b"\x72\x01")
        driver.write(0x77, b"\x74\x25")
        driver.sleep(0.3)
        answer = driver.write_read(0x77, b"\x1d", 15)
        return {"gas_resistance": 1e6 / ((answer[13] << 2 | answer[14] >> 6) + 1)}

    pi.drive("bme680", read, start)


EXHIBIT = Exhibit(
    scene,
    wrong=0x00,
    right=0x10,
    kind="heater-off",
    sentence="The gas readings of bme680 mean nothing: the BME680 at 0x77 on i2c-1 says that its heater is not "
    "hot. Nothing switches it on: run_gas in ctrl_gas_1 is 0.",
    confidence=Confidence.CERTAIN,
    within=20,
)
