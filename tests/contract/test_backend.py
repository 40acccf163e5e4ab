"""What every backend does, whatever stands behind it: the interfaces of `hostcore.backends.base`, as a specification.

A machine under test has this wired to it: on I2C bus 1 a BME680 at 0x76, a BH1750 at 0x23 and an SSD1306 at 0x3C, on
bus 3 nothing; a DHT22 on GPIO line 4; SPI devices 0.0 and 0.1 with MISO wired to MOSI; port serial0 with RX wired to
TX. Its kernel reads a BME280 itself.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest

from hostcore.access.decisions import Access
from hostcore.backends.base import (
    I2C_MAX_MESSAGE,
    Edge,
    I2cBus,
    I2cRead,
    I2cWrite,
    Pull,
)
from hostcore.buses.call_limit import TimeLimit
from hostcore.buses.share import BusShare
from hostcore.buses.shared import Buses
from hostcore.errors import AccessDeniedError, BusError, NoAcknowledgeError, UnsupportedError
from hostcore.events import Event, Outcome, TransferCompleted
from hostcore.permissions import parse_permission
from hostcore.place import BusName
from hostcore.plugin.bounds import I2C_MAX_BYTES
from hostcore.plugin.buses import PluginBuses
from hostcore.plugin.gate import Gate
from hostcore.plugin.kit import Kit
from hostcore.pulse import Pulse
from tests.backend_machine import (
    BH1750,
    CAPTURE_NS,
    DHT22_EDGES,
    DHT22_LINE,
    DHT22_START,
    FREE_LINE,
    NOBODY,
    SSD1306,
    Machine,
    needs,
)
from tests.wiring import Part, WiredChip

pytest_plugins = ["tests.emulation.machine", "tests.backend_fixture"]


@needs(Part.CHIP)
class TestI2c:
    def test_a_register_is_read_with_a_repeated_start(self, bus: I2cBus, chip: WiredChip) -> None:
        assert bus.transaction(chip.address, [I2cWrite(chip.register), I2cRead(1)]) == (chip.answer,)

    def test_every_read_of_a_transaction_returns_its_own_bytes(self, bus: I2cBus, chip: WiredChip) -> None:
        select = I2cWrite(chip.register)
        received = bus.transaction(chip.address, [select, I2cRead(1), select, I2cRead(3), select, I2cRead(1)])
        assert [len(part) for part in received] == [1, 3, 1]
        assert all(part.startswith(chip.answer) for part in received)

    def test_a_transaction_that_only_writes_returns_nothing(self, bus: I2cBus, chip: WiredChip) -> None:
        assert bus.transaction(chip.address, [I2cWrite(chip.register)]) == ()

    def test_the_register_pointer_outlives_the_transaction(self, bus: I2cBus, chip: WiredChip) -> None:
        bus.transaction(chip.address, [I2cWrite(chip.register)])
        assert bus.transaction(chip.address, [I2cRead(1)]) == (chip.answer,)

    def test_a_quick_write_finds_a_device_and_changes_nothing(
        self, machine: Machine, bus: I2cBus, chip: WiredChip
    ) -> None:
        bus.transaction(chip.address, [I2cWrite(chip.register)])
        for address in machine.i2c_addresses:
            assert bus.transaction(address, [I2cWrite(b"")]) == ()
        assert bus.transaction(chip.address, [I2cRead(1)]) == (chip.answer,)

    @pytest.mark.parametrize(
        "operation", [I2cWrite(b""), I2cWrite(b"\x00"), I2cRead(1)], ids=["quick", "write", "read"]
    )
    def test_nobody_at_the_address_is_a_no_acknowledge_that_names_bus_and_address(
        self, machine: Machine, operation: I2cWrite | I2cRead
    ) -> None:
        for number in machine.i2c_buses:
            with pytest.raises(NoAcknowledgeError, match=rf"bus {number}\b.*0x50"):
                machine.factory.i2c_bus(number).transaction(NOBODY, [operation])

    def test_a_failed_transaction_leaves_the_bus_usable(self, bus: I2cBus, chip: WiredChip) -> None:
        with pytest.raises(NoAcknowledgeError):
            bus.transaction(NOBODY, [I2cWrite(chip.register), I2cRead(1)])
        assert bus.transaction(chip.address, [I2cWrite(chip.register), I2cRead(1)]) == (chip.answer,)

    @needs(Part.SENSORS)
    def test_a_device_refuses_a_byte_with_a_no_acknowledge(self, machine: Machine, bus: I2cBus) -> None:
        with pytest.raises(NoAcknowledgeError, match=r"bus 1\b.*0x23"):
            bus.transaction(BH1750, [I2cWrite(b"\x01\x10")])

    @needs(Part.SENSORS)
    @pytest.mark.parametrize("size", [1, 2, 1024, I2C_MAX_MESSAGE])
    def test_messages_have_1_to_8192_bytes(self, bus: I2cBus, size: int, chip: WiredChip) -> None:
        bus.transaction(SSD1306, [I2cWrite(b"\x40" + bytes(size - 1))])
        (received,) = bus.transaction(chip.address, [I2cRead(size)])
        assert len(received) == size

    def test_a_10_bit_address_is_refused_by_its_number(self, machine: Machine, bus: I2cBus) -> None:
        with pytest.raises(BusError, match="0x178"):
            bus.transaction(0x178, [I2cWrite(b"\x00")])

    def test_a_bus_that_does_not_exist_is_refused_by_its_number(self, machine: Machine) -> None:
        with pytest.raises(UnsupportedError, match="9"):
            machine.factory.i2c_bus(9)


@needs(Part.LINES)
class TestGpio:
    def test_a_line_that_nobody_drives_follows_its_pull(self, machine: Machine) -> None:
        line = machine.factory.gpio_line(machine.lines[0])
        assert [line.read(pull) for pull in (Pull.UP, Pull.DOWN, Pull.UP)] == [True, False, True]

    def test_reading_makes_an_output_an_input_again(self, machine: Machine) -> None:
        line = machine.factory.gpio_line(machine.lines[0])
        line.write(True)
        assert line.read(Pull.DOWN) is False

    @needs(Part.SENSORS)
    def test_a_sensor_with_a_pull_up_idles_high(self, machine: Machine) -> None:
        assert machine.factory.gpio_line(DHT22_LINE).read(Pull.UP) is True

    @needs(Part.SENSORS)
    def test_a_capture_returns_the_whole_answer_of_a_dht22(self, machine: Machine) -> None:
        edges = machine.factory.gpio_line(DHT22_LINE).capture(DHT22_START, CAPTURE_NS, 1024)
        assert len(edges) == DHT22_EDGES
        assert decode_dht22(edges) == (65.2, -3.4)

    @needs(Part.SENSORS)
    def test_edges_alternate_and_their_times_count_up_from_the_release(self, machine: Machine) -> None:
        edges = machine.factory.gpio_line(DHT22_LINE).capture(DHT22_START, CAPTURE_NS, 1024)
        assert not edges[0].rising
        assert all(first.rising is not second.rising for first, second in pairwise(edges))
        assert all(first.time_ns < second.time_ns for first, second in pairwise(edges))
        assert 0 < edges[0].time_ns <= edges[-1].time_ns < CAPTURE_NS

    @needs(Part.SENSORS)
    @pytest.mark.parametrize("count", [1, 5, DHT22_EDGES])
    def test_a_capture_stops_at_the_edges_asked_for(self, machine: Machine, count: int) -> None:
        edges = machine.factory.gpio_line(DHT22_LINE).capture(DHT22_START, CAPTURE_NS, count)
        assert len(edges) == count

    @needs(Part.SENSORS)
    def test_a_capture_stops_at_its_timeout(self, machine: Machine) -> None:
        line = machine.factory.gpio_line(DHT22_LINE)
        captures = (line.capture(DHT22_START, 3_000_000, 1024) for _ in range(10))
        edges = next((each for each in captures if each), ())  # a busy computer may be late for a whole capture
        assert 0 < len(edges) < DHT22_EDGES
        assert edges[-1].time_ns <= 3_000_000

    @pytest.mark.parametrize("drive", [(), (Pulse(False, 1000), Pulse(True, 1000))], ids=["listen", "drive"])
    def test_a_capture_on_a_quiet_line_sees_nothing(self, machine: Machine, drive: tuple[Pulse, ...]) -> None:
        assert machine.factory.gpio_line(machine.lines[0]).capture(drive, 1_000_000, 1024) == ()

    @needs(Part.SENSORS)
    def test_a_capture_takes_at_least_as_long_as_its_pulses(self, machine: Machine) -> None:
        began = machine.clock.monotonic_ns()
        edges = machine.factory.gpio_line(DHT22_LINE).capture(DHT22_START, CAPTURE_NS, 1024)
        assert machine.clock.monotonic_ns() - began >= DHT22_START[0].duration_ns + edges[-1].time_ns

    @needs(Part.SENSORS)
    def test_after_a_capture_the_line_is_released_to_its_pull_up(self, machine: Machine) -> None:
        line = machine.factory.gpio_line(DHT22_LINE)
        line.capture(DHT22_START, CAPTURE_NS, 1024)
        assert line.read(Pull.UP) is True

    @pytest.mark.parametrize("number", [-1, 54])
    def test_a_line_that_does_not_exist_is_refused_by_its_number(self, machine: Machine, number: int) -> None:
        with pytest.raises(UnsupportedError, match=str(number)):
            machine.factory.gpio_line(number)


@needs(Part.CHIP)
class TestInAPluginsHands:
    """The same on every backend: permission first, the contract's bounds, and one event for each access."""

    def buses_of(self, machine: Machine, told: list[Event], *permissions: str) -> PluginBuses:
        limit = TimeLimit(machine.clock, 5.0)
        limit.begin()
        places = {"CHIP": f"{machine.chip.bus}:0x{machine.chip.address:02x}", "BUS": f"{machine.chip.bus}"}
        granted = [parse_permission(each.format_map(places)) for each in permissions]
        kit = Kit(
            Access("probe", granted),
            BusShare(1.0, machine.clock.monotonic_ns()),
            limit,
            told.append,
        )
        i2c, gpio = BusName.i2c(machine.chip.bus), BusName("gpio")
        buses = Buses({i2c: machine.factory, gpio: machine.factory}, machine.clock)
        return PluginBuses(Gate(buses, "probe", kit))

    def test_what_is_granted_is_done_and_told(self, machine: Machine, chip: WiredChip) -> None:
        told: list[Event] = []
        buses = self.buses_of(machine, told, "i2c:{CHIP}")
        assert buses.i2c_transaction(chip.bus, chip.address, [I2cWrite(chip.register), I2cRead(1)]) == (chip.answer,)
        assert [each.outcome for each in told if isinstance(each, TransferCompleted)] == [Outcome.OK]

    def test_what_is_not_granted_never_reaches_the_wires(self, machine: Machine, chip: WiredChip) -> None:
        told: list[Event] = []
        buses = self.buses_of(machine, told, "i2c:{CHIP}:read", "gpio:27:in")
        for access in (
            lambda: buses.i2c_transaction(chip.bus, chip.address, [I2cWrite(chip.register)]),
            lambda: buses.i2c_transaction(chip.bus, BH1750, [I2cRead(1)]),
            lambda: buses.gpio_write(FREE_LINE, True),
        ):
            with pytest.raises(AccessDeniedError, match=r"host\.toml does not let probe"):
                access()
        outcomes = [(each.outcome, each.messages) for each in told if isinstance(each, TransferCompleted)]
        assert outcomes == [(Outcome.DENIED, ())] * 3

    def test_nobody_at_the_address_has_the_contracts_name(self, machine: Machine, chip: WiredChip) -> None:
        told: list[Event] = []
        with pytest.raises(NoAcknowledgeError):
            self.buses_of(machine, told, "i2c:{BUS}:0x50").i2c_transaction(chip.bus, NOBODY, [I2cRead(1)])
        assert [each.outcome for each in told if isinstance(each, TransferCompleted)] == [Outcome.NO_ACKNOWLEDGE]

    @pytest.mark.parametrize("address", [0x00, 0x07, 0x78, 0x178, 0x3FF])
    def test_reserved_and_10_bit_addresses_are_refused_with_what_is_allowed(
        self, machine: Machine, address: int, chip: WiredChip
    ) -> None:
        buses = self.buses_of(machine, [], "i2c:{BUS}:0x08-0x77")
        with pytest.raises(UnsupportedError, match="addresses have 7 bits and go from 0x08 to 0x77"):
            buses.i2c_transaction(chip.bus, address, [I2cRead(1)])

    def test_the_longest_transaction_is_done_and_a_longer_one_refused(self, machine: Machine, chip: WiredChip) -> None:
        buses = self.buses_of(machine, [], "i2c:{CHIP}")
        most = [I2cRead(I2C_MAX_MESSAGE), I2cRead(I2C_MAX_BYTES - I2C_MAX_MESSAGE)]
        assert sum(map(len, buses.i2c_transaction(chip.bus, chip.address, most))) == I2C_MAX_BYTES
        with pytest.raises(UnsupportedError, match="10001 bytes in one transaction; up to 10000 are allowed"):
            buses.i2c_transaction(chip.bus, chip.address, [*most, I2cRead(1)])


@needs(Part.MORE)
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
