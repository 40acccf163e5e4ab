"""The driver expects the BME280 at 0x77, as on most boards. This board ties SDO to GND, so the chip is at 0x76."""

from __future__ import annotations

from hostcore.events import Confidence
from tests.faults.exhibit import Exhibit
from tests.watched import Driver, Watched


def drive(pi: Watched, address: int, chip: str = "registers:bme280") -> None:
    pi.plug(chip, 0x76)

    def read(driver: Driver) -> dict[str, float]:
        if driver.write_read(address, b"\xd0", 1) != b"\x60":
            raise ValueError("no BME280")
        driver.write(address, b"\xf4\x25")
        driver.sleep(0.05)
        return {"raw": int.from_bytes(driver.write_read(address, b"\xfa", 3), "big") >> 4}

    pi.drive("bme280", read)


def scene(pi: Watched, address: int) -> None:
    drive(pi, address)
    pi.run(5)
    pi.scan()


EXHIBIT = Exhibit(
    scene,
    wrong=0x77,
    right=0x76,
    kind="wrong-address",
    sentence="Nothing answers at 0x77 on i2c-1, where bme280 looks for its BME280. At 0x76, a chip answers that "
    "could be a BME280, BME680 or BMP280: wrong address.",
    confidence=Confidence.LIKELY,
    within=10,
    also=("silent-address",),
)
