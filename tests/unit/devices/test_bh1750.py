"""The simulated BH1750 against ROHM's data sheet ("BH1750FVI Technical Note", 2009.04 Rev.B)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostcore.backends.base import I2cRead, I2cWrite
from hostcore.backends.simulated.factory import SimulatedI2cBus
from hostcore.clock import VirtualClock
from hostcore.devices.bh1750 import Bh1750
from hostcore.devices.environment import Environment, Quantity, Signal, Step
from hostcore.errors import BusError, NoAcknowledgeError

ADDRESS = 0x23
POWER_DOWN, POWER_ON, RESET = b"\x00", b"\x01", b"\x07"
CONTINUOUS_H, CONTINUOUS_H2, CONTINUOUS_L = b"\x10", b"\x11", b"\x13"
ONCE_H, ONCE_H2, ONCE_L = b"\x20", b"\x21", b"\x23"


class Bench:
    """One BH1750 on a bus, in light that a test chooses."""

    def __init__(self, light: Signal) -> None:
        self.clock = VirtualClock()
        chip = Bh1750(self.clock, Environment(self.clock, {Quantity.ILLUMINANCE: light}))
        self.bus = SimulatedI2cBus(1, {ADDRESS: chip})

    def send(self, data: bytes) -> None:
        self.bus.transaction(ADDRESS, [I2cWrite(data)])

    def count(self) -> int:
        return int.from_bytes(self.bus.transaction(ADDRESS, [I2cRead(2)])[0], "big")

    def measure(self, opcode: bytes) -> int:
        self.send(opcode)
        self.clock.advance(1)
        return self.count()

    def set_measurement_time(self, mtreg: int) -> None:
        self.send(bytes([0b01000_000 | mtreg >> 5]))
        self.send(bytes([0b011_00000 | mtreg & 0b11111]))


def test_the_data_register_is_zero_before_the_first_measurement() -> None:
    assert Bench(Signal(1000)).count() == 0


@pytest.mark.parametrize("opcode", [CONTINUOUS_H, ONCE_H])
def test_high_resolution_counts_1_2_a_lux(opcode: bytes) -> None:
    assert Bench(Signal(1000)).measure(opcode) == 1200


@pytest.mark.parametrize("opcode", [CONTINUOUS_H2, ONCE_H2])
def test_mode_2_counts_twice_as_many(opcode: bytes) -> None:
    assert Bench(Signal(1000)).measure(opcode) == 2400


@pytest.mark.parametrize("opcode", [CONTINUOUS_L, ONCE_L])
def test_low_resolution_counts_in_steps_of_4(opcode: bytes) -> None:
    assert Bench(Signal(29)).measure(opcode) == 32  # 34.8 counts


def test_the_data_sheets_example_of_a_reading() -> None:
    assert Bench(Signal(28067)).measure(CONTINUOUS_H) == pytest.approx(0b1000_0011_1001_0000, abs=1)


@pytest.mark.parametrize("opcode", [CONTINUOUS_H, CONTINUOUS_H2, CONTINUOUS_L])
def test_too_much_light_saturates(opcode: bytes) -> None:
    full = 0xFFFF if opcode != CONTINUOUS_L else 0xFFFC
    assert Bench(Signal(200_000)).measure(opcode) == full


@pytest.mark.parametrize(
    ("opcode", "milliseconds"), [(CONTINUOUS_H, 120), (ONCE_H, 120), (ONCE_H2, 120), (CONTINUOUS_L, 16), (ONCE_L, 16)]
)
def test_the_old_value_stays_until_the_conversion_is_done(opcode: bytes, milliseconds: int) -> None:
    bench = Bench(Signal(1000))
    bench.send(opcode)
    bench.clock.advance(milliseconds / 1000 - 0.001)
    assert bench.count() == 0
    bench.clock.advance(0.001)
    assert bench.count() > 0


def test_a_continuous_mode_follows_the_light() -> None:
    bench = Bench(Signal(100, steps=(Step(at=10, to=200),)))
    assert bench.measure(CONTINUOUS_H) == 120
    bench.clock.advance(10)
    assert bench.count() == 240


def test_within_one_conversion_the_value_does_not_change() -> None:
    bench = Bench(Signal(100, steps=(Step(at=0.3, to=200),)))
    bench.send(CONTINUOUS_H)
    bench.clock.advance(0.25)
    first = bench.count()
    bench.clock.advance(0.1)
    assert bench.count() == first
    bench.clock.advance(0.02)
    assert bench.count() == 240


def test_the_first_value_is_the_light_at_the_start_of_the_measurement() -> None:
    bench = Bench(Signal(100, steps=(Step(at=0.15, to=200),)))
    bench.send(CONTINUOUS_H)
    bench.clock.advance(0.2)
    assert bench.count() == 120


def test_one_time_keeps_the_light_of_its_measurement() -> None:
    bench = Bench(Signal(100, steps=(Step(at=1, to=200),)))
    bench.send(ONCE_H)
    bench.clock.advance(60)
    assert bench.count() == 120


def test_reset_clears_the_data_register_while_powered() -> None:
    bench = Bench(Signal(100))
    bench.measure(CONTINUOUS_H)
    bench.send(POWER_ON)
    bench.send(RESET)
    assert bench.count() == 0


def test_a_measurement_powers_the_chip_on_by_itself() -> None:
    bench = Bench(Signal(100))
    bench.measure(CONTINUOUS_H)
    bench.send(RESET)
    assert bench.count() == 0


@pytest.mark.parametrize("asleep", [POWER_DOWN, ONCE_H])
def test_reset_is_not_accepted_when_powered_down(asleep: bytes) -> None:
    bench = Bench(Signal(100))
    bench.measure(CONTINUOUS_H)
    bench.measure(asleep)
    bench.send(RESET)
    assert bench.count() == 120


def test_power_down_ends_a_measurement() -> None:
    bench = Bench(Signal(100))
    bench.send(CONTINUOUS_H)
    bench.clock.advance(0.1)
    bench.send(POWER_DOWN)
    bench.clock.advance(1)
    assert bench.count() == 0


@pytest.mark.parametrize("mtreg", [31, 69, 138, 254])
def test_the_measurement_time_scales_count_and_duration(mtreg: int) -> None:
    bench = Bench(Signal(1000))
    bench.set_measurement_time(mtreg)
    bench.send(CONTINUOUS_H)
    bench.clock.advance(0.120 * mtreg / 69 - 0.001)
    assert bench.count() == 0
    bench.clock.advance(0.002)
    assert bench.count() == int(1200 * mtreg / 69)


def test_a_new_measurement_time_counts_from_the_next_measurement() -> None:
    bench = Bench(Signal(1000))
    bench.send(CONTINUOUS_H)
    bench.set_measurement_time(138)
    bench.clock.advance(1)
    assert bench.count() == 1200
    assert bench.measure(CONTINUOUS_H) == 2400


@pytest.mark.parametrize(("written", "taken"), [(0, 31), (255, 254)])
def test_a_measurement_time_out_of_range_counts_as_the_nearest(written: int, taken: int) -> None:
    bench = Bench(Signal(1000))
    bench.set_measurement_time(written)
    assert bench.measure(CONTINUOUS_H) == int(1200 * taken / 69)


def test_unknown_opcodes_are_ignored() -> None:
    bench = Bench(Signal(100))
    bench.measure(CONTINUOUS_H)
    for opcode in (0x02, 0x12, 0x22, 0x30, 0x48, 0x80, 0xFF):
        bench.send(bytes([opcode]))
    assert bench.count() == 120


def test_a_second_opcode_without_a_stop_is_refused() -> None:
    bench = Bench(Signal(100))
    with pytest.raises(NoAcknowledgeError, match="byte 2 of 2"):
        bench.send(POWER_ON + CONTINUOUS_H)
    with pytest.raises(NoAcknowledgeError, match="byte 1 of 1"):
        bench.bus.transaction(ADDRESS, [I2cWrite(POWER_ON), I2cWrite(CONTINUOUS_H)])
    bench.clock.advance(1)
    assert bench.count() == 0


@given(st.lists(st.one_of(st.binary(max_size=4), st.integers(1, 40)), max_size=20))
def test_garbage_raises_nothing_but_bus_errors(traffic: list[bytes | int]) -> None:
    bench = Bench(Signal(1000))
    for each in traffic:
        operation = I2cWrite(each) if isinstance(each, bytes) else I2cRead(each)
        try:
            received = bench.bus.transaction(ADDRESS, [operation])
        except BusError:
            continue
        assert [len(part) for part in received] == ([each] if isinstance(each, int) else [])
        bench.clock.advance(0.05)
