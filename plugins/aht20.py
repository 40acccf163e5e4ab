"""Aosong AHT20: temperature and relative humidity over I2C.

Source: Aosong's data sheet "AHT20 Product manuals", A1: section 5.4 for the commands and times, 6 for the conversion.

Settings, with their defaults::

    [plugins.aht20.settings]
    address = 0x38
    bus = 1  # default: the first bus of host.toml
"""

import time

import host
from host import i2c

STATUS = b"\x71"
MEASURE = b"\xac\x33\x00"
INITIALISE = b"\xbe\x08\x00"
BUSY, CALIBRATED = 0x80, 0x08  # bits of the status

POWER_UP_TIME = 0.04  # s
INITIALISATION_TIME = 0.01  # s
MEASUREMENT_TIME = 0.08  # s
POLL_TIME, POLLS = 0.01, 10  # s, and the number of further tries if the sensor needs longer

FULL_SCALE = 1 << 20  # both values have 20 bits

host.describe("temperature", unit="°C", device_class="temperature", state_class="measurement", decimals=2)
host.describe("humidity", unit="%", device_class="humidity", state_class="measurement", decimals=2)


def setup() -> None:
    """Wait for a sensor that may just have been plugged in, and make it load its calibration if necessary."""
    time.sleep(POWER_UP_TIME)
    if not transfer(STATUS, 1)[0] & CALIBRATED:
        transfer(INITIALISE)
        time.sleep(INITIALISATION_TIME)


def read() -> dict[str, float]:
    """Measure once. Takes a tenth of a second.

    Raises:
        host.SensorError: the sensor stays busy, it has lost its calibration, or the checksum is wrong.
    """
    answer = measure()
    if crc8(answer[:6]) != answer[6]:
        raise host.SensorError(f"checksum of {answer[:6].hex(' ')} is {crc8(answer[:6]):#04x}, not {answer[6]:#04x}")
    if not answer[0] & CALIBRATED:
        raise host.SensorError("the AHT20 lost its calibration, most likely its power; it will be initialised again")
    humidity = int.from_bytes(answer[1:4], "big") >> 4
    temperature = int.from_bytes(answer[3:6], "big") & 0xFFFFF
    return {
        "temperature": round(temperature / FULL_SCALE * 200 - 50, 2),
        "humidity": round(humidity / FULL_SCALE * 100, 2),
    }


def measure() -> bytes:
    """Measure, and return the result: the status, 20 bits of humidity, 20 bits of temperature, the checksum."""
    transfer(MEASURE)
    time.sleep(MEASUREMENT_TIME)
    for _ in range(POLLS):
        answer = transfer(b"", 7)
        if not answer[0] & BUSY:
            return answer
        time.sleep(POLL_TIME)
    raise host.SensorError(f"the AHT20 is still busy after {MEASUREMENT_TIME + POLLS * POLL_TIME:.2f} s")


def transfer(data: bytes, read_length: int = 0) -> bytes:
    """Write `data` to the sensor, then read `read_length` bytes."""
    settings = host.settings()
    return i2c.transfer(settings.get("address", 0x38), data, read_length, bus=settings.get("bus"))


def crc8(data: bytes) -> int:
    """The data sheet's CRC-8: polynomial x⁸ + x⁵ + x⁴ + 1 (0x31), start value 0xFF."""
    crc = 0xFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc << 1 ^ 0x31) & 0xFF if crc & 0x80 else crc << 1
    return crc
