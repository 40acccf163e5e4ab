"""Drivers as people write them, with no mistake: the usual company of a fault."""

from __future__ import annotations

from hostcore.decoding.pulses import dht_answer, pulses_of
from tests.faults.parts import BoschOnSpi
from tests.watched import Driver, Watched

BH1750_ONCE = b"\x20"
"""Opcode: measure once in high resolution (data sheet, "Instruction Set Architecture")."""


def light(pi: Watched, address: int = 0x23, bus: int = 1, name: str = "bh1750") -> None:
    """Start a driver for a BH1750 at this address."""

    def read(driver: Driver) -> dict[str, float]:
        driver.write(address, BH1750_ONCE, bus)
        driver.sleep(0.18)
        return {"illuminance": int.from_bytes(driver.read(address, 2, bus), "big") / 1.2}

    pi.drive(name, read)


def humidity(pi: Watched, address: int = 0x40, name: str = "hdc1080") -> None:
    """Start a driver for an HDC1080: both results in one go, after a wait."""

    def start(driver: Driver) -> None:
        if driver.write_read(address, b"\xff", 2) != b"\x10\x50":
            raise ValueError("no HDC1080")
        driver.write(address, b"\x02\x10\x00")

    def read(driver: Driver) -> dict[str, float]:
        driver.write(address, b"\x00")
        driver.sleep(0.02)
        answer = driver.read(address, 4)
        temperature = int.from_bytes(answer[:2], "big") / 65536 * 165 - 40
        return {"temperature": temperature, "humidity": int.from_bytes(answer[2:], "big") / 65536 * 100}

    pi.drive(name, read, start)


def accelerometer(pi: Watched, address: int = 0x18, name: str = "lis3dh", expected: bytes = b"\x33") -> None:
    """Start a driver for a LIS3DH, which asks the chip for its identity at each start."""

    def start(driver: Driver) -> None:
        found = driver.write_read(address, b"\x0f", 1)
        if found != expected:
            raise ValueError(f"WHO_AM_I is {found.hex()}")
        driver.write(address, b"\x20\x57")

    def read(driver: Driver) -> dict[str, float]:
        answer = driver.write_read(address, b"\xa8", 6)
        axes = (int.from_bytes(answer[at : at + 2], "little", signed=True) for at in (0, 2, 4))
        return {axis: value / 16384 for axis, value in zip("xyz", axes, strict=True)}

    pi.drive(name, read, start)


def plug_bmp280_on_spi(pi: Watched, chip_select: int = 0, *, is_late: bool = False) -> None:
    """Connect a BMP280 to spi-0."""
    pi.plug_spi(BoschOnSpi(pi.made("registers:bmp280", bus=1, address=0x76), is_late=is_late), chip_select)


def pressure_on_spi(pi: Watched, *, mode: int = 0, speed_hz: int = 1_000_000, chip_select: int = 0) -> None:
    """Start a driver for a BMP280 on spi-0."""

    def read(driver: Driver) -> dict[str, float]:
        found = driver.spi(b"\xd0\x00", chip_select, speed_hz=speed_hz, mode=mode)[1]
        if found != 0x58:
            raise ValueError(f"the identity is {found:02x}")
        driver.spi(b"\x88" + bytes(24), chip_select, speed_hz=speed_hz, mode=mode)
        driver.spi(b"\x74\x27", chip_select, speed_hz=speed_hz, mode=mode)
        driver.sleep(0.05)
        answer = driver.spi(b"\xf7" + bytes(6), chip_select, speed_hz=speed_hz, mode=mode)[1:]
        return {"pressure_raw": int.from_bytes(answer[:3], "big") >> 4}

    pi.drive("bmp280", read)


def dht(pi: Watched, name: str = "dht22", *, every: float = 3.0) -> None:
    """Start a driver for a DHT22 at GPIO 4, which checks the sum, and reports everything that is wrong."""

    def read(driver: Driver) -> dict[str, float]:
        answer = dht_answer(pulses_of(driver.capture(4, 0.001)))
        if answer is None or not answer.checksum_ok:
            raise ValueError("no answer" if answer is None else "the checksum is wrong")
        humidity, temperature = (int.from_bytes(answer.data[at : at + 2], "big") / 10 for at in (0, 2))
        return {"humidity": humidity, "temperature": temperature}

    pi.drive(name, read, every=every)


DISPLAY_SETUP = bytes.fromhex("ae d580 a83f d300 40 8d14 2000 a1 c8 da12 817f d9f1 db40 a4 a6 af")
"""The start of an SSD1306 with 64 rows: the order of the application note, and horizontal addressing."""


def display(pi: Watched, setup: bytes = DISPLAY_SETUP, name: str = "ssd1306", *, by_pages: bool = False) -> None:
    """Plug an SSD1306, and start a driver that sends a whole picture each second, at once or page by page."""
    pi.plug("ssd1306", 0x3C)

    def start(driver: Driver) -> None:
        driver.write(0x3C, b"\x00" + setup)

    def show(driver: Driver) -> None:
        picture = bytes(range(256)) * 4
        if by_pages:
            for page in range(8):
                driver.write(0x3C, bytes([0x00, 0xB0 | page, 0x00, 0x10]))
                driver.write(0x3C, b"\x40" + picture[128 * page : 128 * page + 128])
        else:
            driver.write(0x3C, bytes.fromhex("00 21007f 220007"))
            driver.write(0x3C, b"\x40" + picture)

    pi.drive(name, show, start)


def sensirion_crc(word: bytes, polynomial: int = 0x31, initial: int = 0xFF) -> int:
    """The checksum of a word, as drivers of Sensirion's chips compute it (SHT3x data sheet, section 4.12)."""
    crc = initial
    for byte in word:
        crc ^= byte
        for _ in range(8):
            crc = (crc << 1 ^ polynomial if crc & 0x80 else crc << 1) & 0xFF
    return crc


def sht31(pi: Watched, polynomial: int = 0x31, *, wait: float = 0.016, checks: bool = True) -> None:
    """Plug an SHT31 at 0x44, and start a driver for it.

    Args:
        pi: the Pi.
        polynomial: that of the driver's checksum.
        wait: seconds from the command to the read; the data sheet says 0.015.
        checks: whether the driver compares the checksums.
    """
    pi.plug("registers:sht3x", 0x44)

    def read(driver: Driver) -> dict[str, float]:
        driver.write(0x44, b"\x24\x00")
        driver.sleep(wait)
        answer = driver.read(0x44, 6)
        for at in (0, 3):
            if checks and sensirion_crc(answer[at : at + 2], polynomial) != answer[at + 2]:
                raise ValueError("CRC mismatch")
        temperature, humidity = (int.from_bytes(answer[at : at + 2], "big") / 65535 for at in (0, 3))
        return {"temperature": 175 * temperature - 45, "humidity": 100 * humidity}

    pi.drive("sht31", read)
