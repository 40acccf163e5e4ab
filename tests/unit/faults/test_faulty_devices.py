"""Devices of the simulated Pi with faults on demand around them."""

from __future__ import annotations

import errno

import pytest

from hostcore.backends.base import I2cRead, I2cWrite, Pull
from hostcore.backends.i2c import IDLE
from hostcore.backends.spi import SpiSettings
from hostcore.buses.shared import Buses
from hostcore.clock import NS_PER_S, VirtualClock
from hostcore.errors import BusError, BusFaultError, BusTimeoutError, NoAcknowledgeError, UnsupportedError
from hostcore.faults.model import Fault, FaultKind
from hostcore.place import GPIO, IIO, BusName, Place
from hostcore.pulse import Pulse
from tests.sandbox import BUSES, simulated_pi

I2C, SPI, UART = BusName("i2c-1"), BusName("spi-0"), BusName("uart-serial0")
BME680, BH1750, ID, ID_REGISTER = 0x77, 0x23, 0x61, 0xD0
CAPTURE = ((Pulse(False, 1_000_000),), NS_PER_S // 10, 100)


class Pi:
    """A simulated Pi whose devices can have faults."""

    def __init__(self, *faults: Fault) -> None:
        self.clock = VirtualClock()
        self.buses = Buses(dict.fromkeys(BUSES, simulated_pi(self.clock)), self.clock)
        self.buses.set_faults(faults)

    def transfer(self, address: int, sent: bytes, length: int = 0) -> bytes:
        operations = [I2cWrite(sent), *([I2cRead(length)] if length else [])]
        received = self.buses.i2c_bus(Place(I2C)).transaction(address, operations)
        return b"".join(received)

    def identity(self) -> int:
        return self.transfer(BME680, bytes((ID_REGISTER,)), 1)[0]

    def fails(self, kind: type[BusError], address: int = BME680) -> int | None:
        with pytest.raises(kind, match="on demand") as failed:
            self.transfer(address, bytes((ID_REGISTER,)), 1)
        return failed.value.errno

    def seconds(self) -> float:
        return self.clock.monotonic_ns() / NS_PER_S


def test_a_device_without_faults_is_not_wrapped() -> None:
    pi = Pi(Fault(FaultKind.DELAY, SPI))
    assert pi.buses.i2c_bus(Place(I2C)) is simulated_bus(pi)
    pi.buses.set_faults([Fault(FaultKind.NACK, I2C)])
    assert pi.buses.i2c_bus(Place(I2C)) is not simulated_bus(pi)
    pi.buses.set_faults([])
    assert pi.buses.i2c_bus(Place(I2C)) is simulated_bus(pi)


def simulated_bus(pi: Pi) -> object:
    return pi.buses._sources[I2C].i2c_bus(1)


@pytest.mark.parametrize("kind", [FaultKind.NACK, FaultKind.UNPLUGGED])
def test_a_device_that_does_not_acknowledge_fails_as_on_a_pi(kind: FaultKind) -> None:
    pi = Pi(Fault(kind, I2C, BME680))
    assert pi.fails(NoAcknowledgeError) == errno.EREMOTEIO
    assert pi.transfer(BH1750, b"\x01") == b""


def test_a_fault_of_the_whole_bus_strikes_every_address() -> None:
    pi = Pi(Fault(FaultKind.NACK, I2C))
    pi.fails(NoAcknowledgeError, BH1750)
    pi.fails(NoAcknowledgeError, BME680)


def test_every_second_transfer_fails() -> None:
    pi = Pi(Fault(FaultKind.NACK, I2C, BME680, every=2))
    assert pi.identity() == ID
    pi.fails(NoAcknowledgeError)
    assert pi.identity() == ID


def test_a_fault_begins_and_ends() -> None:
    pi = Pi(Fault(FaultKind.UNPLUGGED, I2C, BME680, from_s=10, to_s=20))
    assert pi.identity() == ID
    pi.clock.advance(10)
    pi.fails(NoAcknowledgeError)
    pi.clock.advance(10)
    assert pi.identity() == ID


@pytest.mark.parametrize(("kind", "forgets"), [(FaultKind.UNPLUGGED, True), (FaultKind.NACK, False)])
def test_a_chip_that_was_unplugged_has_lost_its_settings(kind: FaultKind, forgets: bool) -> None:
    pi = Pi(Fault(kind, I2C, BME680, from_s=10, to_s=20))
    pi.transfer(BME680, b"\x75\x08")
    pi.clock.advance(10)
    pi.fails(NoAcknowledgeError)
    pi.clock.advance(10)
    assert pi.transfer(BME680, b"\x75", 1) == (b"\x00" if forgets else b"\x08")


def test_scl_held_low_fails_after_the_kernels_second() -> None:
    pi = Pi(Fault(FaultKind.STUCK_SCL, I2C))
    assert pi.fails(BusTimeoutError) == errno.ETIMEDOUT
    assert pi.seconds() == 1


@pytest.mark.parametrize(
    ("kind", "low"), [(FaultKind.NACK, ()), (FaultKind.STUCK_SDA, ("SDA",)), (FaultKind.STUCK_SCL, ("SCL",))]
)
def test_the_health_of_a_bus_with_faults_shows_its_settings_and_which_line_is_low(
    kind: FaultKind, low: tuple[str, ...]
) -> None:
    pi = Pi(Fault(kind, I2C, to_s=10))
    bus = pi.buses.i2c_bus(Place(I2C))
    levels = bus.levels()
    assert levels is not None and levels.low == low
    assert bus.settings().adapter == "simulated"
    pi.clock.advance(10)
    assert bus.levels() == IDLE


def test_a_line_that_a_fault_holds_low_cannot_be_freed_with_clocks() -> None:
    pi = Pi(Fault(FaultKind.STUCK_SDA, I2C, to_s=10))
    with pytest.raises(UnsupportedError, match="SDA is held low by a fault on demand; switch it off"):
        pi.buses.i2c_bus(Place(I2C)).unstick()
    pi.clock.advance(10)
    assert pi.buses.i2c_bus(Place(I2C)).unstick().after == IDLE


def test_sda_held_low_looks_like_a_chip_at_every_address_that_answers_zeros() -> None:
    pi = Pi(Fault(FaultKind.STUCK_SDA, I2C))
    assert pi.transfer(0x11, b"\x00", 3) == bytes(3)
    assert pi.identity() == 0


@pytest.mark.parametrize(("amount", "fails"), [(20, False), (36, True)])
def test_a_chip_may_stretch_the_clock_for_35_ms(amount: float, fails: bool) -> None:
    pi = Pi(Fault(FaultKind.STRETCHING, I2C, BME680, amount=amount))
    if fails:
        assert pi.fails(BusFaultError) == errno.EIO
    else:
        assert pi.identity() == ID
    assert pi.seconds() == pytest.approx(min(amount, 35) / 1000)


def test_a_delay_only_delays() -> None:
    pi = Pi(Fault(FaultKind.DELAY, I2C, BME680, amount=250))
    assert pi.identity() == ID
    assert pi.seconds() == 0.25


def test_the_host_ends_a_delay_when_it_stops() -> None:
    pi = Pi(Fault(FaultKind.STUCK_SCL, I2C))
    pi.buses.injector.stop()
    pi.fails(BusTimeoutError)
    assert pi.seconds() == 0


def test_weak_pull_ups_lose_ones() -> None:
    pi = Pi(Fault(FaultKind.BIT_FLIPS, I2C, BME680))
    for _ in range(20):
        arrived = pi.identity()
        assert arrived != ID
        assert arrived & ~ID == 0


def test_another_identity_is_read_alone_or_within_a_longer_read() -> None:
    pi = Pi(Fault(FaultKind.OTHER_IDENTITY, I2C, BME680, register=ID_REGISTER, value=0x60))
    assert pi.identity() == 0x60
    assert pi.transfer(BME680, b"\xcf", 3)[1] == 0x60
    pi.transfer(BME680, bytes((ID_REGISTER,)))
    assert pi.buses.i2c_bus(Place(I2C)).transaction(BME680, [I2cRead(1)]) == (b"\x60",)


def test_two_chips_answer_at_once() -> None:
    pi = Pi(Fault(FaultKind.SECOND_CHIP, I2C, BME680, register=ID_REGISTER, value=0x58))
    assert pi.identity() == ID & 0x58
    calibration = pi.transfer(BME680, b"\x8a", 20)
    assert calibration == pi.transfer(BME680, b"\x8a", 20)
    assert all(both & ~one == 0 for both, one in zip(calibration, Pi().transfer(BME680, b"\x8a", 20), strict=True))


def test_a_chip_that_is_late_refuses_to_answer() -> None:
    pi = Pi(Fault(FaultKind.LATE_READY, I2C, BH1750, amount=500))
    pi.transfer(BH1750, b"\x10")
    bus = pi.buses.i2c_bus(Place(I2C))
    with pytest.raises(NoAcknowledgeError, match="not ready"):
        bus.transaction(BH1750, [I2cRead(2)])
    pi.clock.advance(0.5)
    assert len(bus.transaction(BH1750, [I2cRead(2)])[0]) == 2


def test_a_chip_that_is_late_says_so_in_its_register() -> None:
    pi = Pi(Fault(FaultKind.LATE_READY, I2C, BME680, amount=500, register=0x1D, value=0x20))
    pi.transfer(BME680, b"\x74\x25")
    assert pi.transfer(BME680, b"\x1d", 1) == b"\x20"
    pi.clock.advance(0.5)
    assert pi.transfer(BME680, b"\x1d", 1)[0] & 0x80


def test_an_spi_device_that_is_unplugged_answers_zeros() -> None:
    place = Place(SPI, 0)
    assert Pi().buses.spi_device(place).transfer(b"\xa5", SpiSettings()) == b"\xa5"
    assert Pi(Fault(FaultKind.UNPLUGGED, SPI, 0)).buses.spi_device(place).transfer(b"\xa5", SpiSettings()) == b"\0"
    flipped = Pi(Fault(FaultKind.BIT_FLIPS, SPI, 0)).buses.spi_device(place).transfer(b"\xa5", SpiSettings())
    assert (flipped[0] ^ 0xA5).bit_count() == 1


def test_a_serial_port_without_its_part_is_silent() -> None:
    port = Pi(Fault(FaultKind.UNPLUGGED, UART)).buses.uart(Place(UART))
    port.write(b"hello")
    assert port.read(5, 1000) == b""


def test_a_line_without_its_part_has_the_level_of_its_pull_and_no_edges() -> None:
    pi = Pi(Fault(FaultKind.UNPLUGGED, GPIO, 4))
    line = pi.buses.gpio_line(Place(GPIO, 4))
    assert line.capture(*CAPTURE) == ()
    assert [line.read(pull) for pull in (Pull.UP, Pull.DOWN)] == [True, False]
    assert len(pi.buses.gpio_line(Place(GPIO, 4)).capture(*CAPTURE)) == 0
    assert pi.buses.gpio_line(Place(GPIO, 5)).read(Pull.UP)


@pytest.mark.parametrize(
    ("kind", "edges"), [(FaultKind.MISSING_PULSES, 82), (FaultKind.JITTERED_PULSES, 84), (FaultKind.WRONG_CRC, 84)]
)
def test_pulses_are_disturbed(kind: FaultKind, edges: int) -> None:
    healthy = Pi().buses.gpio_line(Place(GPIO, 4)).capture(*CAPTURE)
    found = Pi(Fault(kind, GPIO, 4)).buses.gpio_line(Place(GPIO, 4)).capture(*CAPTURE)
    assert len(found) == edges
    assert found != healthy


def test_a_sensor_of_the_kernels_that_is_unplugged_times_out() -> None:
    sensors = Pi(Fault(FaultKind.UNPLUGGED, IIO)).buses.iio(Place(IIO))
    device = sensors.devices()[0]
    with pytest.raises(BusTimeoutError, match="on demand"):
        sensors.read(device, sensors.channels(device)[0])
