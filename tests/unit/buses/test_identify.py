"""Which chip sits at an address: what is read to find out, and what is made of the answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from hostcore.backends.base import I2cBus, I2cOperation, I2cRead, I2cWrite
from hostcore.buses.identifying import READINGS, Identified, identify
from hostcore.chips.library import shipped_library
from hostcore.errors import NoAcknowledgeError
from hostcore.place import BusName, Place


class Registers(I2cBus):
    """One chip of registers; it does not acknowledge the number of one that it does not have.

    A register with several contents reads as the next of them each time.
    """

    def __init__(self, registers: Mapping[int, bytes | Sequence[bytes]]) -> None:
        self.asked: list[tuple[I2cOperation, ...]] = []
        self.held = 0
        self._registers = {
            number: [content] if isinstance(content, bytes) else list(content) for number, content in registers.items()
        }

    @contextmanager
    def hold(self) -> Iterator[None]:
        self.held += 1
        try:
            yield
        finally:
            self.held -= 1

    def transaction(self, address: int, operations: Sequence[I2cOperation]) -> tuple[bytes, ...]:
        assert self.held == 1, "each transaction has the bus to itself, and leaves it"
        self.asked.append(tuple(operations))
        number, answer = operations
        assert isinstance(number, I2cWrite) and isinstance(answer, I2cRead)
        if number.data[0] not in self._registers or len(number.data) > 1:
            raise NoAcknowledgeError("no device acknowledged", Place(BusName.i2c(1), address))
        contents = self._registers[number.data[0]]
        content = contents[0] if len(contents) == 1 else contents.pop(0)
        return (content.ljust(answer.length, b"\0"),)

    def close(self) -> None:
        pass


def identified(bus: Registers, address: int) -> Identified:
    return identify(bus, bus.hold, address, shipped_library().at(address))


def test_a_chip_is_known_by_what_its_register_reads() -> None:
    found = identified(Registers({0xD0: b"\x61"}), 0x77)
    assert found.chips == ("BME680", "BME688")
    assert "0xd0 reads 61" in found.detail and "0x00 reads nothing (no device acknowledged)" in found.detail


def test_each_register_is_read_as_often_as_every_other_however_many_chips_have_it() -> None:
    bus = Registers({})
    identified(bus, 0x76)
    assert {bus.asked.count(each) for each in bus.asked} == {READINGS}


def test_another_chip_is_none_of_those_that_are_known() -> None:
    assert identified(Registers({0xD0: b"\xff"}), 0x77).chips == ()


def test_a_register_that_reads_differently_tells_of_two_chips() -> None:
    found = identified(Registers({0xD0: [b"\x61", b"\x60", b"\x61"]}), 0x77)
    assert (found.chips, found.is_contradictory) == ((), True)
    assert "0xd0 reads 61, then 60, then 61" in found.detail
    assert "two chips have this address, or a wire is loose" in found.detail


def test_one_answer_that_is_missing_is_no_contradiction() -> None:
    class Loose(Registers):
        def transaction(self, address: int, operations: Sequence[I2cOperation]) -> tuple[bytes, ...]:
            answer = super().transaction(address, operations)
            if len(self.asked) <= len(set(self.asked)):
                raise NoAcknowledgeError("no device acknowledged", Place(BusName.i2c(1), address))
            return answer

    found = identified(Loose({0xD0: b"\x61"}), 0x77)
    assert (found.chips, found.is_contradictory) == (("BME680", "BME688"), False)
    assert "0xd0 reads 61 (1 of 3 times nothing: no device acknowledged)" in found.detail


def test_nothing_is_written_where_no_register_would_tell() -> None:
    bus = Registers({})
    assert not any(chip.identity for chip in shipped_library().at(0x3E))
    found = identified(bus, 0x3E)
    assert (found.chips, bus.asked) == ((), [])
    assert "none of the chips known for this address has a register" in found.detail
