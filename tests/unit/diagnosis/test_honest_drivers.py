"""Drivers that are honest, but odd: they save power, look around, ask again, or read in a way of their own."""

from __future__ import annotations

import pytest

from hostcore.devices.base import I2cTarget
from hostcore.devices.environment import DEFAULT_SIGNALS, Signal
from hostcore.errors import BusError
from tests.watched import Driver, Watched

STORING_NS = 5_000_000
"""The time for which an EEPROM stores a page, in nanoseconds (AT24C32 data sheet, write cycle time)."""
STILL = {quantity: Signal(signal.base) for quantity, signal in DEFAULT_SIGNALS.items()}
"""A room in which nothing changes, and whose sensors have no noise."""


class Eeprom(I2cTarget):
    """A 24C32 that does not answer while it stores a page."""

    def __init__(self, pi: Watched) -> None:
        self._pi, self._stored_ns, self._written = pi, 0, 0

    def start(self, reading: bool) -> bool:
        self._written = 0
        return self._pi.clock.monotonic_ns() >= self._stored_ns

    def write(self, data: bytes) -> int:
        self._written += len(data)
        return len(data)

    def read(self, length: int) -> bytes:
        return bytes(length)

    def stop(self) -> None:
        if self._written > 2:
            self._stored_ns = self._pi.clock.monotonic_ns() + STORING_NS


def count_of(driver: Driver) -> int:
    """How often the driver was here."""
    driver.memory["count"] = driver.memory.get("count", 0) + 1
    return int(driver.memory["count"])


def test_a_driver_may_let_its_chip_sleep_between_its_readings() -> None:
    pi = Watched()
    pi.plug("registers:lis3dh", 0x18)

    def read(driver: Driver) -> dict[str, float]:
        driver.write(0x18, b"\x20\x57")
        driver.sleep(0.02)
        answer = driver.write_read(0x18, b"\xa8", 6)
        driver.write(0x18, b"\x20\x00")
        return {"z": int.from_bytes(answer[4:], "little", signed=True) / 16384}

    pi.drive("lis3dh", read)
    assert pi.run(120).sentences() == []


def test_a_driver_may_look_around_for_whatever_is_connected() -> None:
    pi = Watched()
    pi.plug("bh1750", 0x23)
    pi.plug("registers:bmp280", 0x76)

    def read(driver: Driver) -> dict[str, float]:
        found = 0
        for address in range(0x08, 0x78):
            try:
                driver.write(address, b"")
                found += 1
            except BusError:
                pass
        return {"found": found}

    pi.drive("scanner", read, every=10)
    assert pi.run(120).sentences() == []
    assert pi.case.plugins["scanner"].published == 12


@pytest.mark.parametrize(
    "request_bytes, length", [(b"", 0), (b"\x00\x00", 4)], ids=["with an empty write", "with its next request"]
)
def test_a_driver_may_ask_a_chip_until_it_has_stored_its_bytes_even_if_other_things_fail(
    request_bytes: bytes, length: int
) -> None:
    pi = Watched()
    pi.plug(Eeprom(pi), 0x57)

    def read(driver: Driver) -> dict[str, float]:
        count = count_of(driver)
        driver.write(0x57, bytes([0, count % 32, count % 256, 1, 2]))
        wait_until_stored(driver)
        if count % 20 == 9:
            raise ValueError("no line from the other part")
        return {"count": count}

    def wait_until_stored(driver: Driver) -> None:
        while True:
            try:
                driver.write_read(0x57, request_bytes, length) if length else driver.write(0x57, request_bytes)
                return
            except BusError:
                driver.sleep(0.001)

    pi.drive("logger", read)
    assert pi.run(300).sentences() == []


def test_chips_behind_a_multiplexer_may_share_an_address() -> None:
    pi = Watched()
    chips = [pi.made("registers:bme280", bus=1, address=0x76), pi.made("registers:bmp280", bus=1, address=0x76)]
    pi.plug("registers:tca9548a", 0x70)

    def read(driver: Driver) -> dict[str, float]:
        for channel, chip in enumerate(chips):
            driver.write(0x70, bytes([1 << channel]))
            pi.plug(chip, 0x76)
            driver.write_read(0x76, b"\xd0", 1)
            driver.write_read(0x76, b"\x88", 26)
            driver.write(0x76, b"\xf4\x25")
            driver.sleep(0.05)
            driver.write_read(0x76, b"\xf7", 6)
        return {"chips": len(chips)}

    pi.drive("climate", read)
    assert pi.run(120).sentences() == []


def test_a_simulated_room_without_noise_is_no_chip_that_stopped() -> None:
    pi = Watched(STILL, real=False)
    pi.plug("bme680", 0x77)
    pi.drive_shipped("bme680")
    assert pi.run(150).sentences() == []
