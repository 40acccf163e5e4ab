"""A driver that follows the chip file of any chip raises no finding."""

from __future__ import annotations

import pytest

from hostcore.chips.crc import checksum
from hostcore.chips.library import shipped_library
from hostcore.chips.model import AutoIncrement, Chip, Command, Condition, Register, Role
from tests.watched import Driver, Watched

MEASURING = tuple(chip.key for chip in shipped_library().all() if chip.results or any(c.starts for c in chip.commands))
SOME = ("bme280", "sht3x", "lis3dh", "ads1115", "scd4x", "mlx90614", "tmp117", "icm20948", "aht20", "bh1750")


class ByTheBook:
    """A driver that is made of a chip file."""

    def __init__(self, chip: Chip) -> None:
        self.chip, self.address = chip, chip.addresses[0]

    def setup(self, driver: Driver) -> None:
        for identity in self.chip.identity:
            self.read_register(driver, identity.register)
        for register in self.chip.registers:
            if register.role is Role.CALIBRATION:
                self.read_register(driver, register)
        self.start(driver)
        driver.sleep(1.0)

    def read(self, driver: Driver) -> dict[str, float]:
        if self.chip.bus.register_bytes or not self.chip.commands:
            read = [(each, self.read_register(driver, each)) for each in self.chip.results if not each.is_block]
            return {
                each.name if each.scale.unit else f"raw {place}": each.value(each.raw(data))
                for place, (each, data) in enumerate(read)
            }
        command = self.start(driver) or self.fetching
        if command is None:
            return {}
        driver.sleep(command.wait_ms / 1000 + 0.001)
        answer = driver.read(self.address, command.answer_bytes)
        return {each.name: each.scale.value(each.raw(answer) or 0) for each in command.answer if each.scale.unit}

    @property
    def fetching(self) -> Command | None:
        """The command with the results of measurements that were started before."""
        return next((each for each in self.chip.commands if any(part.scale.unit for part in each.answer)), None)

    def start(self, driver: Driver) -> Command | None:
        """Start a measurement as the chip file says. Returns the command if it has the answer itself."""
        measurement = self.chip.measurement
        first = next(iter(measurement.start), None) if measurement else None
        if isinstance(first, Condition):
            raw = first.adjusted(first.register.reset or 0, holds=True) & ~first.register.zero_bits
            if self.chip.key.startswith(("bme", "bmp2")):
                raw |= 0x24  # all quantities
                driver.write(self.address, b"\xf2\x01" if self.chip.key == "bme280" else b"\xf5\x00")
            self.write_register(driver, first.register, raw)
        elif isinstance(first, Command) and (first.answer or "is_started" not in driver.memory):
            driver.memory["is_started"] = True
            self.send(driver, first)
            if first.answer:
                return first
        fetching = self.fetching
        if isinstance(first, Command) and fetching is not None and not fetching.starts:
            self.send(driver, fetching)
        return None

    def send(self, driver: Driver, command: Command) -> None:
        """Send a command with arguments of zeros, each with its checksum."""
        arguments, crc = bytes(command.arguments), self.chip.crc
        if crc is not None and command.arguments % 3 == 0:
            arguments = (bytes(2) + bytes([checksum(crc, bytes(2))])) * (command.arguments // 3)
        driver.write(self.address, command.code + arguments)

    def number(self, register: Register) -> bytes:
        bus = self.chip.bus
        grows = bus.increment_bit if bus.auto_increment is AutoIncrement.BIT and register.size > 1 else 0
        return (register.address | grows).to_bytes(bus.register_bytes, "big")

    def read_register(self, driver: Driver, register: Register) -> bytes:
        if not self.chip.bus.register_bytes:
            return driver.read(self.address, register.size)
        one_by_one = self.chip.bus.auto_increment is AutoIncrement.NEVER and len(self.chip.numbers(register)) > 1
        if not one_by_one:
            return driver.write_read(self.address, self.number(register), register.size)
        numbers = self.chip.numbers(register)
        width = self.chip.bus.register_bytes
        return b"".join(driver.write_read(self.address, each.to_bytes(width, "big"), 1) for each in numbers)

    def write_register(self, driver: Driver, register: Register, raw: int) -> None:
        driver.write(self.address, self.number(register) + register.bytes_of(raw))


@pytest.mark.parametrize(
    "name", [pytest.param(each, marks=() if each in SOME else pytest.mark.thorough) for each in MEASURING]
)
def test_a_driver_by_the_book_raises_no_finding(name: str) -> None:
    chip = shipped_library().chip(name)
    assert chip is not None
    book = ByTheBook(chip)
    pi = Watched()
    pi.plug(f"registers:{name}", book.address)
    pi.drive(name, book.read, book.setup)
    pi.run(100)
    assert pi.sentences() == []
    assert pi.case.plugins[name].published > 30, pi.case.plugins[name].failures
