"""To reset the BME280, the driver writes the reset word to the register of the identity, 0xd0, not to 0xe0."""

from __future__ import annotations

from hostcore.events import Confidence
from tests.faults.exhibit import Exhibit
from tests.watched import Driver, Watched


def scene(pi: Watched, register: int) -> None:
    pi.plug("registers:bme280", 0x76)

    def start(driver: Driver) -> None:
        if driver.write_read(0x76, b"\xd0", 1) != b"\x60":
            raise ValueError("no BME280")
        driver.write(0x76, bytes([register, 0xB6]))
        driver.sleep(0.01)

    def read(driver: Driver) -> dict[str, float]:
        driver.write(0x76, b"\xf4\x25")
        driver.sleep(0.05)
        return {"raw": int.from_bytes(driver.write_read(0x76, b"\xfa", 3), "big") >> 4}

    pi.drive("bme280", read, start)


EXHIBIT = Exhibit(
    scene,
    wrong=0xD0,
    right=0xE0,
    kind="read-only-register",
    sentence="bme280 writes b6 to register id (0xd0) of the BME280 at 0x76 on i2c-1, which can only be read. The "
    "write does nothing.",
    confidence=Confidence.CERTAIN,
    within=5,
)
