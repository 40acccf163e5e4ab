"""What every backend does, whatever stands behind it: the interfaces of `hostcore.backends.base`, as a specification.

A machine under test has this wired to it: on I2C bus 1 a BME680 at 0x76, a BH1750 at 0x23 and an SSD1306 at 0x3C, on
bus 3 nothing; a DHT22 on GPIO line 4; SPI devices 0.0 and 0.1 with MISO wired to MOSI; port serial0 with RX wired to
TX. Its kernel reads a BME280 itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import cast

import pytest

from hostcore.access.decisions import Access
from hostcore.backends.base import (
    I2C_MAX_MESSAGE,
    Edge,
    Factory,
    I2cBus,
    I2cRead,
    I2cWrite,
    Pull,
)
from hostcore.backends.simulated.factory import SimulatedFactory
from hostcore.backends.spi import (
    SpiDelay,
    SpiOperation,
    SpiRead,
    SpiSelect,
    SpiSettings,
    SpiTransfer,
    SpiWrite,
)
from hostcore.buses.call_limit import TimeLimit
from hostcore.buses.share import BusShare
from hostcore.buses.shared import Buses
from hostcore.clock import NS_PER_S, Clock, RealClock, VirtualClock
from hostcore.devices.base import I2cTarget, LineTarget
from hostcore.devices.catalog import SimulatedChip, build
from hostcore.devices.environment import Environment, Quantity, Signal
from hostcore.devices.loopback import SpiLoopback
from hostcore.errors import AccessDeniedError, BusError, NoAcknowledgeError, UnsupportedError
from hostcore.events import Event, Outcome, TransferCompleted
from hostcore.permissions import parse_permission
from hostcore.place import BusName
from hostcore.plugin.bounds import I2C_MAX_BYTES
from hostcore.plugin.buses import PluginBuses
from hostcore.plugin.gate import Gate
from hostcore.plugin.kit import Kit
from hostcore.pulse import Pulse
from tests.emulation.gpio import GpioChip
from tests.emulation.i2c import I2cAdapter
from tests.emulation.kernel import EmulatedKernel
from tests.emulation.spi import SpiSlot
from tests.emulation.uart import LoopbackPort
from tests.emulation.worker import Worker

pytest_plugins = ["tests.emulation.machine"]

BME680, BH1750, SSD1306, NOBODY = 0x76, 0x23, 0x3C, 0x50
CHIP_ID_REGISTER, CHIP_ID = b"\xd0", b"\x61"
DHT22_LINE, FREE_LINE = 4, 27
DHT22_START = (Pulse(False, 1_000_000),)
DHT22_EDGES = 84
HOUR_NS = 3600 * NS_PER_S
CAPTURE_NS = NS_PER_S // 10

CHIPS = (
    SimulatedChip("bme680", bus=1, address=BME680),
    SimulatedChip("bh1750", bus=1, address=BH1750),
    SimulatedChip("ssd1306", bus=1, address=SSD1306),
    SimulatedChip("dht22", line=DHT22_LINE),
    SimulatedChip("loopback-spi", bus=0, chip_select=0),
    SimulatedChip("loopback-spi", bus=0, chip_select=1),
    SimulatedChip("loopback-uart", port="serial0"),
)
AIR = {Quantity.TEMPERATURE: Signal(-3.4), Quantity.HUMIDITY: Signal(65.2)}


@dataclass(frozen=True, slots=True)
class Machine:
    """A machine under test."""

    factory: Factory
    clock: Clock


@pytest.fixture
def simulated_machine() -> Iterator[Machine]:
    clock = VirtualClock()
    factory = SimulatedFactory(clock, Environment(clock, AIR), CHIPS, (1, 3))
    yield Machine(factory, clock)
    factory.close()


@pytest.fixture
def linux_machine(kernel: EmulatedKernel, linux: Worker) -> Iterator[Machine]:
    """The Linux backend with smbus2, spidev, pyserial and gpiozero, on an emulated kernel."""
    clock = RealClock()
    buses: dict[int, dict[int, I2cTarget]] = {1: {}, 3: {}}
    for chip in CHIPS:
        if chip.bus is not None and chip.address is not None:
            target = build(chip, clock, Environment(clock, AIR))
            assert isinstance(target, I2cTarget)
            buses[chip.bus][chip.address] = target
    for number, targets in buses.items():
        kernel.plug(f"i2c-{number}", I2cAdapter(targets))
    for device in ("spidev0.0", "spidev0.1"):
        kernel.plug(device, SpiSlot(SpiLoopback(clock, Environment(clock))))
    sensor = build(SimulatedChip("dht22", line=DHT22_LINE), clock, Environment(clock, AIR), powered_ns=-HOUR_NS)
    assert isinstance(sensor, LineTarget)
    kernel.plug("gpiochip0", GpioChip(parts={DHT22_LINE: sensor}))
    kernel.write_sys("class/thermal/thermal_zone0/temp", "48312\n")
    answers = {"name": "bme280", "in_temp_input": "-3400", "in_humidityrelative_input": "65200"}
    for file, text in {**answers, "in_pressure_raw": "25940208", "in_pressure_scale": "0.00000390625"}.items():
        kernel.write_sys(f"bus/iio/devices/iio:device0/{file}", f"{text}\n")
    port = LoopbackPort()
    kernel.link("serial0", port.path)
    yield Machine(cast("Factory", linux), clock)
    port.unplug()


@pytest.fixture(params=["simulated_machine", "linux_machine"])
def machine(request: pytest.FixtureRequest) -> Machine:
    made: Machine = request.getfixturevalue(request.param)
    return made


@pytest.fixture
def bus(machine: Machine) -> I2cBus:
    return machine.factory.i2c_bus(1)


class TestI2c:
    def test_a_register_is_read_with_a_repeated_start(self, bus: I2cBus) -> None:
        assert bus.transaction(BME680, [I2cWrite(CHIP_ID_REGISTER), I2cRead(1)]) == (CHIP_ID,)

    def test_every_read_of_a_transaction_returns_its_own_bytes(self, bus: I2cBus) -> None:
        select = I2cWrite(CHIP_ID_REGISTER)
        received = bus.transaction(BME680, [select, I2cRead(1), select, I2cRead(3), select, I2cRead(1)])
        assert [len(part) for part in received] == [1, 3, 1]
        assert all(part.startswith(CHIP_ID) for part in received)

    def test_a_transaction_that_only_writes_returns_nothing(self, bus: I2cBus) -> None:
        assert bus.transaction(BME680, [I2cWrite(CHIP_ID_REGISTER)]) == ()

    def test_the_register_pointer_outlives_the_transaction(self, bus: I2cBus) -> None:
        bus.transaction(BME680, [I2cWrite(CHIP_ID_REGISTER)])
        assert bus.transaction(BME680, [I2cRead(1)]) == (CHIP_ID,)

    @pytest.mark.parametrize("address", [BME680, BH1750, SSD1306])
    def test_a_quick_write_finds_a_device_and_changes_nothing(self, bus: I2cBus, address: int) -> None:
        bus.transaction(BME680, [I2cWrite(CHIP_ID_REGISTER)])
        assert bus.transaction(address, [I2cWrite(b"")]) == ()
        assert bus.transaction(BME680, [I2cRead(1)]) == (CHIP_ID,)

    @pytest.mark.parametrize(
        "operation", [I2cWrite(b""), I2cWrite(b"\x00"), I2cRead(1)], ids=["quick", "write", "read"]
    )
    def test_nobody_at_the_address_is_a_no_acknowledge_that_names_bus_and_address(
        self, machine: Machine, operation: I2cWrite | I2cRead
    ) -> None:
        for number in (1, 3):
            with pytest.raises(NoAcknowledgeError, match=rf"bus {number}\b.*0x50"):
                machine.factory.i2c_bus(number).transaction(NOBODY, [operation])

    def test_a_failed_transaction_leaves_the_bus_usable(self, bus: I2cBus) -> None:
        with pytest.raises(NoAcknowledgeError):
            bus.transaction(NOBODY, [I2cWrite(CHIP_ID_REGISTER), I2cRead(1)])
        assert bus.transaction(BME680, [I2cWrite(CHIP_ID_REGISTER), I2cRead(1)]) == (CHIP_ID,)

    def test_a_device_refuses_a_byte_with_a_no_acknowledge(self, bus: I2cBus) -> None:
        with pytest.raises(NoAcknowledgeError, match=r"bus 1\b.*0x23"):
            bus.transaction(BH1750, [I2cWrite(b"\x01\x10")])

    @pytest.mark.parametrize("size", [1, 2, 1024, I2C_MAX_MESSAGE])
    def test_messages_have_1_to_8192_bytes(self, bus: I2cBus, size: int) -> None:
        bus.transaction(SSD1306, [I2cWrite(b"\x40" + bytes(size - 1))])
        (received,) = bus.transaction(BME680, [I2cRead(size)])
        assert len(received) == size

    def test_a_10_bit_address_is_refused_by_its_number(self, bus: I2cBus) -> None:
        with pytest.raises(BusError, match="0x178"):
            bus.transaction(0x178, [I2cWrite(b"\x00")])

    def test_a_bus_that_does_not_exist_is_refused_by_its_number(self, machine: Machine) -> None:
        with pytest.raises(UnsupportedError, match="9"):
            machine.factory.i2c_bus(9)


class TestGpio:
    def test_a_line_that_nobody_drives_follows_its_pull(self, machine: Machine) -> None:
        line = machine.factory.gpio_line(FREE_LINE)
        assert [line.read(pull) for pull in (Pull.UP, Pull.DOWN, Pull.UP)] == [True, False, True]

    def test_reading_makes_an_output_an_input_again(self, machine: Machine) -> None:
        line = machine.factory.gpio_line(FREE_LINE)
        line.write(True)
        assert line.read(Pull.DOWN) is False

    def test_a_sensor_with_a_pull_up_idles_high(self, machine: Machine) -> None:
        assert machine.factory.gpio_line(DHT22_LINE).read(Pull.UP) is True

    def test_a_capture_returns_the_whole_answer_of_a_dht22(self, machine: Machine) -> None:
        edges = machine.factory.gpio_line(DHT22_LINE).capture(DHT22_START, CAPTURE_NS, 1024)
        assert len(edges) == DHT22_EDGES
        assert decode_dht22(edges) == (65.2, -3.4)

    def test_edges_alternate_and_their_times_count_up_from_the_release(self, machine: Machine) -> None:
        edges = machine.factory.gpio_line(DHT22_LINE).capture(DHT22_START, CAPTURE_NS, 1024)
        assert not edges[0].rising
        assert all(first.rising is not second.rising for first, second in pairwise(edges))
        assert all(first.time_ns < second.time_ns for first, second in pairwise(edges))
        assert 0 < edges[0].time_ns <= edges[-1].time_ns < CAPTURE_NS

    @pytest.mark.parametrize("count", [1, 5, DHT22_EDGES])
    def test_a_capture_stops_at_the_edges_asked_for(self, machine: Machine, count: int) -> None:
        edges = machine.factory.gpio_line(DHT22_LINE).capture(DHT22_START, CAPTURE_NS, count)
        assert len(edges) == count

    def test_a_capture_stops_at_its_timeout(self, machine: Machine) -> None:
        line = machine.factory.gpio_line(DHT22_LINE)
        captures = (line.capture(DHT22_START, 3_000_000, 1024) for _ in range(10))
        edges = next((each for each in captures if each), ())  # a busy computer may be late for a whole capture
        assert 0 < len(edges) < DHT22_EDGES
        assert edges[-1].time_ns <= 3_000_000

    @pytest.mark.parametrize("drive", [(), (Pulse(False, 1000), Pulse(True, 1000))], ids=["listen", "drive"])
    def test_a_capture_on_a_quiet_line_sees_nothing(self, machine: Machine, drive: tuple[Pulse, ...]) -> None:
        assert machine.factory.gpio_line(FREE_LINE).capture(drive, 1_000_000, 1024) == ()

    def test_a_capture_takes_at_least_as_long_as_its_pulses(self, machine: Machine) -> None:
        began = machine.clock.monotonic_ns()
        edges = machine.factory.gpio_line(DHT22_LINE).capture(DHT22_START, CAPTURE_NS, 1024)
        assert machine.clock.monotonic_ns() - began >= DHT22_START[0].duration_ns + edges[-1].time_ns

    def test_after_a_capture_the_line_is_released_to_its_pull_up(self, machine: Machine) -> None:
        line = machine.factory.gpio_line(DHT22_LINE)
        line.capture(DHT22_START, CAPTURE_NS, 1024)
        assert line.read(Pull.UP) is True

    @pytest.mark.parametrize("number", [-1, 54])
    def test_a_line_that_does_not_exist_is_refused_by_its_number(self, machine: Machine, number: int) -> None:
        with pytest.raises(UnsupportedError, match=str(number)):
            machine.factory.gpio_line(number)


class TestSpi:
    @pytest.fixture(autouse=True)
    def _spidev(self, machine: Machine) -> None:
        if machine.factory.kind == "linux":
            pytest.importorskip("spidev", reason="spidev needs a C compiler to be installed; see the extra `pi`")

    @pytest.mark.parametrize("size", [0, 1, 1024, 4096])
    def test_what_comes_back_is_as_long_as_what_was_sent(self, machine: Machine, size: int) -> None:
        data = bytes(range(256)) * 16
        device = machine.factory.spi_device(0, 0)
        assert device.transfer(data[:size], SpiSettings()) == data[:size]

    @pytest.mark.parametrize("settings", [SpiSettings(speed_hz=10_000_000), SpiSettings(mode=3)])
    def test_every_setting_may_change_from_transfer_to_transfer(self, machine: Machine, settings: SpiSettings) -> None:
        device = machine.factory.spi_device(0, 0)
        assert device.transfer(b"\x9f\x00", SpiSettings()) == b"\x9f\x00"
        assert device.transfer(b"\x9f\x00", settings) == b"\x9f\x00"

    @pytest.mark.parametrize("mode", range(4))
    def test_a_wire_has_no_clock_and_works_in_every_mode(self, machine: Machine, mode: int) -> None:
        device = machine.factory.spi_device(0, 0)
        assert device.transfer(b"\x81\x7e", SpiSettings(mode=mode)) == b"\x81\x7e"

    def test_every_read_and_transfer_of_a_transaction_returns_its_own_bytes(self, machine: Machine) -> None:
        operations = [SpiWrite(b"\x01"), SpiTransfer(b"\x02\x03"), SpiRead(2), SpiDelay(10), SpiTransfer(b"\x04")]
        received = machine.factory.spi_device(0, 0).transaction(operations, SpiSettings())
        assert received == (b"\x02\x03", b"\x00\x00", b"\x04")

    def test_a_transaction_that_only_writes_returns_nothing(self, machine: Machine) -> None:
        assert machine.factory.spi_device(0, 0).transaction([SpiWrite(b"\x01\x02")], SpiSettings()) == ()

    @pytest.mark.parametrize("operations", [[SpiDelay(20_000)], [SpiTransfer(b"a"), SpiDelay(20_000), SpiRead(1)]])
    def test_a_delay_takes_at_least_its_time(self, machine: Machine, operations: list[SpiOperation]) -> None:
        began = machine.clock.monotonic_ns()
        machine.factory.spi_device(0, 0).transaction(operations, SpiSettings())
        assert machine.clock.monotonic_ns() - began >= 20_000_000

    @pytest.mark.parametrize("settings", [SpiSettings(select=SpiSelect.NONE), SpiSettings(line=FREE_LINE)])
    def test_a_chip_that_is_not_selected_sends_nothing(self, machine: Machine, settings: SpiSettings) -> None:
        device = machine.factory.spi_device(0, 0)
        assert device.transfer(b"\x9f\x01", settings) == b"\x00\x00"
        assert device.transfer(b"\x9f\x01", SpiSettings()) == b"\x9f\x01"

    def test_a_device_that_does_not_exist_is_refused_by_its_number(self, machine: Machine) -> None:
        with pytest.raises(UnsupportedError, match=r"1\.2"):
            machine.factory.spi_device(1, 2)


class TestUart:
    def test_what_was_sent_arrives_in_order(self, machine: Machine) -> None:
        port = machine.factory.uart("serial0")
        port.set_baud(115_200)
        port.write(b"hello ")
        port.write(b"world")
        assert read_all(machine, 11) == b"hello world"

    def test_a_read_takes_no_more_than_asked_for_and_leaves_the_rest(self, machine: Machine) -> None:
        port = machine.factory.uart("serial0")
        port.write(b"abc")
        first = port.read(2, NS_PER_S)
        assert 1 <= len(first) <= 2
        assert first + read_all(machine, 3 - len(first)) == b"abc"

    def test_a_read_waits_for_its_timeout_and_then_returns_nothing(self, machine: Machine) -> None:
        began = machine.clock.monotonic_ns()
        assert machine.factory.uart("serial0").read(16, 20_000_000) == b""
        assert machine.clock.monotonic_ns() - began >= 20_000_000

    def test_a_read_without_a_timeout_returns_at_once(self, machine: Machine) -> None:
        assert machine.factory.uart("serial0").read(16, 0) == b""

    def test_a_port_that_does_not_exist_is_refused_by_its_name(self, machine: Machine) -> None:
        with pytest.raises(UnsupportedError, match="ttyNOPE"):
            machine.factory.uart("ttyNOPE")


class TestIio:
    def test_a_sensor_that_the_kernel_reads_is_listed_with_its_channels(self, machine: Machine) -> None:
        sensors = machine.factory.iio()
        assert sensors.devices() == ("bme280",)
        assert sensors.channels("bme280") == ("humidityrelative", "pressure", "temp")

    def test_values_have_the_kernels_units(self, machine: Machine) -> None:
        values = {channel: machine.factory.iio().read("bme280", channel) for channel in ("temp", "humidityrelative")}
        assert values == {"temp": -3400, "humidityrelative": 65200}
        assert 90 < machine.factory.iio().read("bme280", "pressure") < 110

    def test_what_does_not_exist_is_refused_by_its_name(self, machine: Machine) -> None:
        with pytest.raises(UnsupportedError, match="no sensor dht11@4; there is bme280"):
            machine.factory.iio().read("dht11@4", "temp")
        with pytest.raises(UnsupportedError, match=r"bme280.* has no channel voltage0; it has humidityrelative"):
            machine.factory.iio().read("bme280", "voltage0")


class TestSystem:
    def test_every_figure_is_in_the_range_of_a_living_computer(self, machine: Machine) -> None:
        status = machine.factory.system().status()
        assert -40 < status.cpu_temperature < 110
        assert 0 <= status.load < 100
        assert 0 < status.memory_used < status.memory_total
        assert status.uptime > 0

    def test_uptime_never_goes_back(self, machine: Machine) -> None:
        system = machine.factory.system()
        assert system.status().uptime <= system.status().uptime


class TestInAPluginsHands:
    """The same on every backend: permission first, the contract's bounds, and one event for each access."""

    def buses_of(self, machine: Machine, told: list[Event], *permissions: str) -> PluginBuses:
        limit = TimeLimit(machine.clock, 5.0)
        limit.begin()
        kit = Kit(
            Access("probe", [*map(parse_permission, permissions)]),
            BusShare(1.0, machine.clock.monotonic_ns()),
            limit,
            told.append,
        )
        buses = Buses({BusName("i2c-1"): machine.factory, BusName("gpio"): machine.factory}, machine.clock)
        return PluginBuses(Gate(buses, "probe", kit))

    def test_what_is_granted_is_done_and_told(self, machine: Machine) -> None:
        told: list[Event] = []
        buses = self.buses_of(machine, told, "i2c:1:0x76")
        assert buses.i2c_transaction(1, BME680, [I2cWrite(CHIP_ID_REGISTER), I2cRead(1)]) == (CHIP_ID,)
        assert [each.outcome for each in told if isinstance(each, TransferCompleted)] == [Outcome.OK]

    def test_what_is_not_granted_never_reaches_the_wires(self, machine: Machine) -> None:
        told: list[Event] = []
        buses = self.buses_of(machine, told, "i2c:1:0x76:read", "gpio:27:in")
        for access in (
            lambda: buses.i2c_transaction(1, BME680, [I2cWrite(CHIP_ID_REGISTER)]),
            lambda: buses.i2c_transaction(1, BH1750, [I2cRead(1)]),
            lambda: buses.gpio_write(FREE_LINE, True),
        ):
            with pytest.raises(AccessDeniedError, match=r"host\.toml does not let probe"):
                access()
        outcomes = [(each.outcome, each.messages) for each in told if isinstance(each, TransferCompleted)]
        assert outcomes == [(Outcome.DENIED, ())] * 3

    def test_nobody_at_the_address_has_the_contracts_name(self, machine: Machine) -> None:
        told: list[Event] = []
        with pytest.raises(NoAcknowledgeError):
            self.buses_of(machine, told, "i2c:1:0x50").i2c_transaction(1, NOBODY, [I2cRead(1)])
        assert [each.outcome for each in told if isinstance(each, TransferCompleted)] == [Outcome.NO_ACKNOWLEDGE]

    @pytest.mark.parametrize("address", [0x00, 0x07, 0x78, 0x178, 0x3FF])
    def test_reserved_and_10_bit_addresses_are_refused_with_what_is_allowed(
        self, machine: Machine, address: int
    ) -> None:
        buses = self.buses_of(machine, [], "i2c:1:0x08-0x77")
        with pytest.raises(UnsupportedError, match="addresses have 7 bits and go from 0x08 to 0x77"):
            buses.i2c_transaction(1, address, [I2cRead(1)])

    def test_the_longest_transaction_is_done_and_a_longer_one_refused(self, machine: Machine) -> None:
        buses = self.buses_of(machine, [], "i2c:1:0x76")
        most = [I2cRead(I2C_MAX_MESSAGE), I2cRead(I2C_MAX_BYTES - I2C_MAX_MESSAGE)]
        assert sum(map(len, buses.i2c_transaction(1, BME680, most))) == I2C_MAX_BYTES
        with pytest.raises(UnsupportedError, match="10001 bytes in one transaction; up to 10000 are allowed"):
            buses.i2c_transaction(1, BME680, [*most, I2cRead(1)])


@pytest.mark.parametrize(
    ("opener", "place", "other"),
    [
        ("i2c_bus", (1,), (3,)),
        ("spi_device", (0, 0), (0, 1)),
        ("gpio_line", (FREE_LINE,), (DHT22_LINE,)),
        ("pwm", (FREE_LINE,), (DHT22_LINE,)),
        ("uart", ("serial0",), None),
        ("iio", (), None),
        ("system", (), None),
    ],
)
def test_what_is_opened_twice_is_the_same_object(
    machine: Machine, opener: str, place: tuple[int | str, ...], other: tuple[int | str, ...] | None
) -> None:
    if machine.factory.kind == "linux" and opener == "spi_device":
        pytest.importorskip("spidev", reason="spidev needs a C compiler to be installed; see the extra `pi`")
    opened = getattr(machine.factory, opener)
    first = opened(*place)
    assert opened(*place) is first
    if other is not None:
        assert opened(*other) is not first


def test_every_failure_is_a_bus_error(machine: Machine) -> None:
    openers: list[Callable[[], object]] = [
        lambda: machine.factory.i2c_bus(99),
        lambda: machine.factory.spi_device(9, 9),
        lambda: machine.factory.gpio_line(99),
        lambda: machine.factory.uart("../../etc/passwd"),
    ]
    for opener in openers:
        with pytest.raises(BusError) as caught:
            opener()
        assert str(caught.value)


def test_the_kind_is_what_a_person_sees(machine: Machine) -> None:
    assert machine.factory.kind in ("simulated", "linux")


def decode_dht22(edges: tuple[Edge, ...]) -> tuple[float, float]:
    """Humidity and temperature from the times between falling edges: a 0 takes about 76 µs, a 1 about 120 µs."""
    falls = [edge.time_ns for edge in edges if not edge.rising]
    bits = [second - first > 100_000 for first, second in pairwise(falls[1:])]
    data = int("".join("1" if bit else "0" for bit in bits), 2).to_bytes(5, "big")
    assert sum(data[:4]) & 0xFF == data[4]
    magnitude = int.from_bytes(bytes([data[2] & 0x7F, data[3]]), "big") / 10
    return int.from_bytes(data[:2], "big") / 10, -magnitude if data[2] & 0x80 else magnitude


def read_all(machine: Machine, length: int) -> bytes:
    """Read from serial0 until `length` bytes have come or none came for a second."""
    received = b""
    while len(received) < length:
        part = machine.factory.uart("serial0").read(length - len(received), NS_PER_S)
        if not part:
            break
        received += part
    return received
