"""The simulated AHT20 against ASAIR's data sheet ("AHT20 Product Manuals", version 1.1)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostcore.backends.base import I2cRead, I2cWrite
from hostcore.backends.simulated.factory import SimulatedI2cBus
from hostcore.clock import NS_PER_S, VirtualClock
from hostcore.devices.aht20 import Aht20, crc8
from hostcore.devices.environment import Environment, Quantity, Signal, Step
from hostcore.errors import BusError, NoAcknowledgeError

ADDRESS = 0x38
STATUS, INITIALISE, TRIGGER, SOFT_RESET = b"\x71", b"\xbe\x08\x00", b"\xac\x33\x00", b"\xba"
BUSY, CALIBRATED = 0x80, 0x08


class Bench:
    """One AHT20 on a bus, just powered, in air that a test chooses."""

    def __init__(self, temperature: Signal | float = 21.5, humidity: float = 46.0) -> None:
        self.clock = VirtualClock()
        signal = temperature if isinstance(temperature, Signal) else Signal(temperature)
        air = Environment(self.clock, {Quantity.TEMPERATURE: signal, Quantity.HUMIDITY: Signal(humidity)})
        self.bus = SimulatedI2cBus(1, {ADDRESS: Aht20(self.clock, air)})

    def send(self, data: bytes, seconds: float = 0) -> None:
        self.bus.transaction(ADDRESS, [I2cWrite(data)])
        self.clock.advance(seconds)

    def read(self, length: int) -> bytes:
        return self.bus.transaction(ADDRESS, [I2cRead(length)])[0]

    def status(self) -> int:
        return self.bus.transaction(ADDRESS, [I2cWrite(STATUS), I2cRead(1)])[0][0]

    def bring_up(self) -> Bench:
        self.clock.advance(0.040)
        self.send(INITIALISE, seconds=0.010)
        return self

    def measure(self) -> bytes:
        self.send(TRIGGER, seconds=0.080)
        return self.read(7)


def decode(frame: bytes) -> tuple[float, float]:
    """Humidity and temperature as section 6 of the data sheet computes them."""
    bits = "".join(f"{byte:08b}" for byte in frame[1:6])
    return int(bits[:20], 2) / 2**20 * 100, int(bits[20:], 2) / 2**20 * 200 - 50


def remainder(message: bytes) -> int:
    """CRC by long division of polynomials, x^8 + x^5 + x^4 + 1, the first byte inverted (initial value 0xFF)."""
    number = int.from_bytes(bytes([message[0] ^ 0xFF]) + message[1:] + b"\x00", "big")
    for shift in range(number.bit_length() - 9, -1, -1):
        if number >> (shift + 8) & 1:
            number ^= 0b1_0011_0001 << shift
    return number


@given(st.binary(min_size=1, max_size=12))
def test_the_check_byte_is_the_remainder_of_the_polynomial_division(message: bytes) -> None:
    assert crc8(message) == remainder(message)


def test_the_check_byte_of_the_catalogue_of_crcs() -> None:
    assert crc8(b"123456789") == 0xF7  # CRC-8/NRSC-5, the same parameters


@pytest.mark.parametrize(
    ("temperature", "humidity"), [(21.5, 46.0), (-40.0, 0.0), (85.0, 99.99), (0.0, 50.0), (-12.3, 3.21)]
)
def test_a_measurement_decodes_to_the_air(temperature: float, humidity: float) -> None:
    frame = Bench(temperature, humidity).bring_up().measure()
    assert decode(frame) == (pytest.approx(humidity, abs=1e-4), pytest.approx(temperature, abs=2e-4))
    assert frame[6] == remainder(frame[:6])
    assert frame[0] & (BUSY | CALIBRATED) == CALIBRATED


@pytest.mark.parametrize(("temperature", "reported"), [(-80.0, -40.0), (120.0, 85.0)])
def test_values_stop_at_the_ends_of_the_range(temperature: float, reported: float) -> None:
    assert decode(Bench(temperature).bring_up().measure())[1] == pytest.approx(reported, abs=2e-4)


def test_the_highest_humidity_fits_into_20_bits() -> None:
    assert decode(Bench(humidity=100.0).bring_up().measure())[0] == pytest.approx(100, abs=1e-4)


def test_nothing_is_acknowledged_for_40_ms_after_power_on() -> None:
    bench = Bench()
    bench.clock.advance(0.039)
    with pytest.raises(NoAcknowledgeError):
        bench.status()
    bench.clock.advance(0.001)
    assert bench.status() & (BUSY | CALIBRATED) == 0


def test_a_chip_powered_long_ago_answers_at_once() -> None:
    clock = VirtualClock()
    chip = Aht20(clock, Environment(clock), powered_ns=-NS_PER_S)
    assert chip.start(reading=True)


def test_initialising_takes_10_ms() -> None:
    bench = Bench()
    bench.clock.advance(0.040)
    bench.send(INITIALISE, seconds=0.009)
    assert bench.status() & (BUSY | CALIBRATED) == BUSY
    bench.clock.advance(0.001)
    assert bench.status() & (BUSY | CALIBRATED) == CALIBRATED


def test_an_uncalibrated_chip_does_not_measure() -> None:
    bench = Bench()
    bench.clock.advance(0.040)
    bench.send(TRIGGER)
    assert bench.status() & BUSY == 0
    bench.clock.advance(0.080)
    assert bench.read(6)[1:] == bytes(5)


def test_read_too_early_it_is_busy_and_sends_the_old_data() -> None:
    bench = Bench(Signal(10, steps=(Step(at=5, to=30),))).bring_up()
    bench.measure()
    bench.clock.advance(5)
    bench.send(TRIGGER, seconds=0.079)
    early = bench.read(7)
    bench.clock.advance(0.001)
    late = bench.read(7)
    assert early[0] & BUSY
    assert not late[0] & BUSY
    assert (decode(early)[1], decode(late)[1]) == (pytest.approx(10, abs=2e-4), pytest.approx(30, abs=2e-4))
    assert early[6] == remainder(early[:6])


def test_it_reports_the_air_at_the_time_of_the_trigger() -> None:
    bench = Bench(Signal(10, steps=(Step(at=5, to=30),))).bring_up()
    bench.send(TRIGGER, seconds=60)
    assert decode(bench.read(7))[1] == pytest.approx(10, abs=2e-4)


def test_a_trigger_while_measuring_does_not_start_anew() -> None:
    bench = Bench().bring_up()
    bench.send(TRIGGER, seconds=0.079)
    bench.send(TRIGGER, seconds=0.001)
    assert bench.status() & BUSY == 0


def test_a_soft_reset_takes_20_ms_and_forgets_everything() -> None:
    bench = Bench().bring_up()
    bench.measure()
    bench.send(SOFT_RESET, seconds=0.019)
    with pytest.raises(NoAcknowledgeError):
        bench.status()
    bench.clock.advance(0.001)
    assert bench.read(6)[1:] == bytes(5)
    assert bench.status() & (BUSY | CALIBRATED) == 0


def test_a_soft_reset_ends_a_measurement() -> None:
    bench = Bench().bring_up()
    bench.send(TRIGGER)
    bench.send(SOFT_RESET, seconds=0.100)
    assert bench.read(6)[1:] == bytes(5)


@pytest.mark.parametrize("command", [b"\xac", b"\xac\x33", b"\xac\x00\x00", b"\xbe\x08", b"\x00"])
def test_unknown_and_incomplete_commands_are_ignored(command: bytes) -> None:
    bench = Bench().bring_up()
    before = bench.read(7)
    bench.send(command)
    assert bench.read(7) == before


def test_past_the_check_byte_the_released_line_reads_as_ones() -> None:
    assert Bench().bring_up().read(9)[7:] == b"\xff\xff"


@given(
    st.lists(st.one_of(st.sampled_from([INITIALISE, TRIGGER, SOFT_RESET]), st.binary(max_size=4), st.integers(1, 9)))
)
def test_garbage_raises_nothing_but_bus_errors(traffic: list[bytes | int]) -> None:
    bench = Bench().bring_up()
    for each in traffic:
        operation = I2cWrite(each) if isinstance(each, bytes) else I2cRead(each)
        try:
            received = bench.bus.transaction(ADDRESS, [operation])
        except BusError:
            continue
        finally:
            bench.clock.advance(0.011)
        assert [len(part) for part in received] == ([each] if isinstance(each, int) else [])


def test_the_command_of_an_aht10_is_refused_at_its_first_byte_and_changes_nothing() -> None:
    bench = Bench()
    bench.clock.advance(0.040)
    with pytest.raises(NoAcknowledgeError, match="refused byte 1 of 3"):
        bench.send(b"\xe1\x08\x00")
    assert bench.status() & (BUSY | CALIBRATED) == 0
    assert decode(bench.bring_up().measure())[1] == pytest.approx(21.5, abs=2e-4)


def test_the_error_of_a_silent_address_names_it_as_its_maker_does() -> None:
    with pytest.raises(NoAcknowledgeError, match="on this simulated bus are 0x38 AHT20"):
        Bench().bus.transaction(0x39, [I2cRead(1)])
