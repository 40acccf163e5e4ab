"""ROHM BH1750FVI: illuminance in lux, over I2C.

Source: ROHM's data sheet "BH1750FVI", 2011.11 - Rev. D; names in quotation marks are its chapters.

Settings, with their defaults::

    [plugins.bh1750.settings]
    address = 0x23  # 0x5C where the ADDR pin is high
    bus = 1         # default: the first bus of host.toml
"""

import time

import host
from host import i2c

POWER_ON = b"\x01"  # "Instruction Set Architecture"
ONE_TIME_HIGH_RESOLUTION = b"\x20"  # steps of 1 lx; the sensor then powers down by itself
MEASUREMENT_TIME = 0.18  # s, "Electrical Characteristics": H-resolution mode, maximum
COUNTS_PER_LUX = 1.2  # "Electrical Characteristics": measurement accuracy, typical

host.describe("illuminance", unit="lx", device_class="illuminance", state_class="measurement", decimals=1)


def read() -> dict[str, float]:
    """Measure once. Takes a fifth of a second.

    Every measurement starts from power-down, so this driver needs no `setup`, even after the sensor was unplugged.
    """
    settings = host.settings()
    address, bus = settings.get("address", 0x23), settings.get("bus")
    i2c.write(address, POWER_ON, bus=bus)
    i2c.write(address, ONE_TIME_HIGH_RESOLUTION, bus=bus)
    time.sleep(MEASUREMENT_TIME)
    counts = int.from_bytes(i2c.read(address, 2, bus=bus), "big")
    return {"illuminance": round(counts / COUNTS_PER_LUX, 1)}
