"""Which chip sits at an address: what is read to find out, and what is made of the answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from hostcore.backends.base import I2cBus, I2cOperation, I2cRead, I2cWrite
from hostcore.buses.probing import identify
from hostcore.errors import NoAcknowledgeError
from hostcore.place import BusName, Place


class Registers(I2cBus):
    """One chip of registers; it does not acknowledge the number of one that it does not have."""

    def __init__(self, registers: Mapping[int, bytes]) -> None:
        self.asked: list[tuple[I2cOperation, ...]] = []
        self.held = 0
        self._registers = registers

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
        if number.data[0] not in self._registers:
            raise NoAcknowledgeError("no device acknowledged", Place(BusName.i2c(1), address))
        return (self._registers[number.data[0]].ljust(answer.length, b"\0"),)

    def close(self) -> None:
        pass


def test_a_chip_is_known_by_what_its_register_reads() -> None:
    bus = Registers({0xD0: b"\x61"})
    chips, detail = identify(bus, bus.hold, 0x77)
    assert chips == ("BME680",)
    assert "0xd0 reads 61" in detail and "0x00 reads nothing (no device acknowledged)" in detail


def test_each_register_is_read_once_however_many_chips_have_it() -> None:
    bus = Registers({})
    identify(bus, bus.hold, 0x76)
    assert len(bus.asked) == len(set(bus.asked)) > 1


def test_another_chip_is_none_of_those_that_are_known() -> None:
    bus = Registers({0xD0: b"\xff"})
    assert identify(bus, bus.hold, 0x77)[0] == ()


def test_nothing_is_written_where_no_register_would_tell() -> None:
    bus = Registers({})
    chips, detail = identify(bus, bus.hold, 0x3C)
    assert (chips, bus.asked) == ((), [])
    assert "none of the chips known for this address has a register" in detail
