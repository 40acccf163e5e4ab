"""Drivers as people write them, with no mistake: the usual company of a fault."""

from __future__ import annotations

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
