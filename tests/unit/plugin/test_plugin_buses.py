"""The hardware in a plugin's hands: permission first, one access at a time on a bus, and every access is told."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, NoReturn

import pytest

from hostcore.access.decisions import Access, Reservations
from hostcore.backends.base import Edge, I2cBus, I2cOperation, I2cRead, I2cWrite, Pull
from hostcore.backends.spi import SpiDelay, SpiRead, SpiSelect, SpiSettings, SpiTransfer, SpiWrite
from hostcore.buses.call_limit import CallLimit, TimeLimit
from hostcore.buses.share import BusShare
from hostcore.buses.shared import Buses
from hostcore.clock import NS_PER_S, Clock, RealClock, VirtualClock
from hostcore.errors import (
    AccessDeniedError,
    ArbitrationLostError,
    BusError,
    BusFaultError,
    BusTimeoutError,
    NoAcknowledgeError,
    UnsupportedError,
)
from hostcore.events import Event, Message, Outcome, TransferCompleted
from hostcore.hostcall import CrashKind, Trap
from hostcore.permissions import parse_permission
from hostcore.place import BusName, Place
from hostcore.plugin.buses import PluginBuses
from hostcore.plugin.gate import Gate
from hostcore.plugin.kit import Kit
from hostcore.pulse import Pulse
from tests.sandbox import BUSES, simulated_pi

LINES = [f"gpio:{line}:{mode}" for line in (4, 17) for mode in ("in", "out", "pulses")]
ALL = ("i2c:1:0x08-0x77", "i2c:3:0x08-0x77", "spi:0.0", "uart:serial0", "iio:bme280", "system", *LINES)
CHIP_ID = [I2cWrite(b"\xd0"), I2cRead(1)]
"""Asks a BME680 who it is."""


class Bench:
    """A plugin's hardware without the plugin.

    Attributes:
        told: its accesses.
    """

    def __init__(self, *permissions: str, clock: Clock | None = None, buses: Sequence[str] = BUSES) -> None:
        self.clock = clock or VirtualClock()
        self.machine = simulated_pi(self.clock)
        self.shared = Buses(dict.fromkeys(map(BusName, buses), self.machine), self.clock)
        self.told: list[Event] = []
        self.limit = TimeLimit(self.clock, 5.0)
        self.limit.begin()
        self.hardware = self.neighbour(permissions or ALL, self.limit, self.told)

    def neighbour(self, permissions: Sequence[str], limit: CallLimit, told: list[Event]) -> PluginBuses:
        """Another plugin's hands on the same hardware."""
        kit = Kit(
            Access("probe", [*map(parse_permission, permissions)]),
            BusShare(1.0, self.clock.monotonic_ns()),
            limit,
            told.append,
        )
        return PluginBuses(Gate(self.shared, "probe", kit))

    def last(self) -> TransferCompleted:
        transfer = self.told[-1]
        assert isinstance(transfer, TransferCompleted)
        return transfer


class TestAccess:
    def test_what_went_over_the_wires_is_told_in_order(self) -> None:
        bench = Bench()
        assert bench.hardware.i2c_transaction(1, 0x77, [*CHIP_ID, I2cWrite(b"\x72"), I2cRead(2)])[0] == b"\x61"
        told = bench.last()
        assert (told.plugin, told.bus, told.address) == ("probe", "i2c-1", 0x77)
        assert (told.outcome, told.detail) == (Outcome.OK, "")
        assert [message.written for message in told.messages] == [True, False, True, False]
        assert told.messages[:2] == (Message(True, b"\xd0"), Message(False, b"\x61"))
        assert told.time_ns == bench.clock.wall_ns()

    @pytest.mark.parametrize(
        ("access", "bus", "address", "messages"),
        [
            (
                lambda has: has.spi_transfer(0, 0, b"ab", SpiSettings()),
                "spi-0",
                0,
                (Message(True, b"ab"), Message(False, b"ab")),
            ),
            (lambda has: has.gpio_read(17, Pull.UP), "gpio", 17, (Message(False, b"\1"),)),
            (lambda has: has.gpio_write(17, False), "gpio", 17, (Message(True, b"\0"),)),
            (lambda has: has.gpio_capture(4, [Pulse(False, 1_000_000)], 10**8, 100), "gpio", 4, ()),
            (lambda has: has.uart_write("serial0", b"ab"), "uart-serial0", None, (Message(True, b"ab"),)),
            (lambda has: has.uart_read("serial0", 9, 0), "uart-serial0", None, (Message(False, b""),)),
            (lambda has: has.uart_set_baud("serial0", 9600), "uart-serial0", None, ()),
            (lambda has: has.system_status(), "system", None, ()),
            (lambda has: has.iio_channels("bme280"), "iio", None, ()),
        ],
    )
    def test_every_kind_of_access_is_told_once(
        self,
        access: Callable[[PluginBuses], object],
        bus: str,
        address: int | None,
        messages: tuple[Message, ...],
    ) -> None:
        bench = Bench()
        access(bench.hardware)
        assert len(bench.told) == 1
        told = bench.last()
        assert (told.bus, told.address, told.messages, told.outcome) == (bus, address, messages, Outcome.OK)

    def test_pulses_are_captured(self) -> None:
        edges = Bench().hardware.gpio_capture(4, [Pulse(False, 1_000_000)], 10**8, 200)
        assert len(edges) == 84
        assert all(isinstance(edge, Edge) for edge in edges)

    def test_a_time_on_the_bus_is_told(self) -> None:
        bench = Bench()
        bench.hardware.gpio_capture(4, [Pulse(False, 1_000_000)], 10**8, 200)
        assert 1_000_000 < bench.last().duration_ns <= 101_000_000

    def test_who_names_no_bus_gets_the_first_i2c_bus_of_host_toml(self) -> None:
        bench = Bench(buses=("gpio", "i2c-3", "i2c-1"))
        bench.hardware.i2c_transaction(None, 0x38, [I2cRead(1)])
        assert bench.last().bus == "i2c-3"

    def test_without_any_i2c_bus_the_error_says_how_to_get_one(self) -> None:
        with pytest.raises(UnsupportedError, match=r"no I2C bus; add \[buses\.i2c-1\]"):
            Bench(buses=("gpio",)).hardware.i2c_transaction(None, 0x38, [I2cRead(1)])

    def test_a_bus_that_is_not_in_host_toml_is_named_with_those_that_are(self) -> None:
        bench = Bench("i2c:7:0x23", buses=("i2c-1", "gpio"))
        with pytest.raises(UnsupportedError, match=r"i2c-7 is not in host\.toml, which has i2c-1, gpio"):
            bench.hardware.i2c_transaction(7, 0x23, [I2cRead(1)])
        assert bench.last().outcome is Outcome.OTHER


class TestRefusal:
    def test_without_permission_nothing_reaches_the_wires(self) -> None:
        bench = Bench("i2c:1:0x77:read")
        with pytest.raises(AccessDeniedError) as denied:
            bench.hardware.i2c_transaction(1, 0x77, CHIP_ID)
        told = bench.last()
        assert (told.outcome, told.detail, told.messages) == (Outcome.DENIED, str(denied.value), ())
        assert (told.duration_ns, told.waited_ns) == (0, 0)

    @pytest.mark.parametrize(
        ("access", "problem"),
        [
            *(
                (lambda has, address=address: has.i2c_transaction(1, address, [I2cRead(1)]), "7 bits and go from 0x08")
                for address in (0, 7, 0x78, 255)
            ),
            (lambda has: has.i2c_transaction(1, 0x23, []), "0 operations; 1 to 42"),
            (lambda has: has.i2c_transaction(1, 0x23, [I2cRead(1)] * 43), "43 operations"),
            (lambda has: has.i2c_transaction(1, 0x23, [I2cRead(0)]), "0 bytes; 1 to 8192"),
            (lambda has: has.i2c_transaction(1, 0x23, [I2cRead(8193)]), "8193 bytes"),
            (lambda has: has.i2c_transaction(1, 0x23, [I2cRead(-1)]), "-1 bytes"),
            (lambda has: has.i2c_transaction(1, 0x23, [I2cWrite(bytes(8193))]), "8193 bytes; 0 to 8192"),
            (lambda has: has.i2c_transaction(1, 0x23, [I2cRead(5000), I2cWrite(bytes(5001))]), "10001 bytes in one"),
            (lambda has: has.i2c_transaction(1, 0x23, [I2cRead(8192)] * 42), "344064 bytes in one transaction"),
            (lambda has: has.spi_transfer(0, 0, bytes(4097), SpiSettings()), "4097 bytes"),
            (lambda has: has.spi_transfer(0, 0, b"", SpiSettings(0)), "0 Hz"),
            (lambda has: has.spi_transfer(0, 0, b"", SpiSettings(125_000_001)), "125000001 Hz"),
            (lambda has: has.spi_transfer(0, 0, b"", SpiSettings(mode=4)), "SPI mode 4"),
            (lambda has: has.spi_transaction(0, 0, [], SpiSettings()), "0 operations; 1 to 64"),
            (lambda has: has.spi_transaction(0, 0, [SpiDelay(0)] * 65, SpiSettings()), "65 operations"),
            (lambda has: has.spi_transaction(0, 0, [SpiRead(4096), SpiWrite(b"a")], SpiSettings()), "4097 bytes"),
            (lambda has: has.spi_transaction(0, 0, [SpiRead(2**32)], SpiSettings()), "4294967296 bytes"),
            (lambda has: has.spi_transaction(0, 0, [SpiDelay(50_001)] * 2, SpiSettings()), "100002 µs of delays"),
            (lambda has: has.spi_transfer(0, 0, b"a", SpiSettings(line=54)), "LINE 0 to 53"),
            (lambda has: has.spi_transfer(0, 0, b"a", SpiSettings(select=SpiSelect.NONE, line=4)), "select none"),
            (
                lambda has: has.spi_transfer(0, 0, b"a", SpiSettings(line=11)),
                "line 11 to select the chip; it is SCLK of SPI bus 0",
            ),
            (
                lambda has: has.spi_transfer(1, 0, b"a", SpiSettings(line=20)),
                "line 20 to select the chip; it is MOSI of SPI bus 1",
            ),
            (lambda has: has.gpio_read(54, Pull.NONE), "LINE 0 to 53"),
            (lambda has: has.gpio_write(255, True), "LINE 0 to 53"),
            (lambda has: has.gpio_capture(4, [], 1_000_000_001, 1), "a timeout of 1000000001 ns"),
            (lambda has: has.gpio_capture(4, [], 1, 0), "max-edges 0"),
            (lambda has: has.gpio_capture(4, [], 1, 1025), "max-edges 1025"),
            (lambda has: has.gpio_capture(4, [Pulse(True, 1)] * 257, 1, 1), "257 pulses"),
            (lambda has: has.gpio_capture(4, [Pulse(True, 500_000_001)] * 2, 1, 1), "1000000002 ns of pulses"),
            (
                lambda has: has.gpio_capture(4, [Pulse(True, -1)], 1, 1),
                "a pulse of less than 0 ns",
            ),
            (lambda has: has.uart_read("serial0", 0, 0), "max-length 0"),
            (lambda has: has.uart_read("serial0", 4097, 0), "max-length 4097"),
            (lambda has: has.uart_read("serial0", 1, 60_001), "a timeout of 60001 ms"),
            (lambda has: has.uart_read("../mem", 1, 0), "serial port"),
            (lambda has: has.uart_write("serial0", bytes(4097)), "4097 bytes"),
            (lambda has: has.uart_set_baud("serial0", 49), "49 baud"),
            (lambda has: has.uart_set_baud("serial0", 4_000_001), "4000001 baud"),
            (lambda has: has.iio_channels("../mem"), "iio:NAME"),
            (lambda has: has.iio_read("x" * 65, "temp"), "iio:NAME"),
            (lambda has: has.iio_read("bme280", "../temp"), "a channel's name"),
            (lambda has: has.iio_read("bme280", "t" * 65), "a channel's name"),
        ],
    )
    def test_what_the_contract_does_not_allow_is_refused_in_the_hosts_words(
        self, access: Callable[[PluginBuses], object], problem: str
    ) -> None:
        bench = Bench()
        with pytest.raises(UnsupportedError, match="no such access: ") as error:
            access(bench.hardware)
        assert problem in str(error.value)
        told = bench.last()
        assert (told.outcome, told.messages, told.asked) == (Outcome.OTHER, (), ()), (
            "nothing oversized is kept in an event"
        )

    def test_the_longest_that_the_contract_allows_is_done(self) -> None:
        bench = Bench()
        bench.hardware.i2c_transaction(1, 0x77, [I2cRead(8192), *[I2cRead(44)] * 40, I2cRead(48)])
        bench.hardware.i2c_transaction(1, 0x3C, [I2cWrite(bytes((0x40, *bytes(8191))))])
        assert bench.hardware.spi_transfer(0, 0, bytes(4096), SpiSettings(125_000_000, 3)) == bytes(4096)
        assert [told.outcome for told in bench.told if isinstance(told, TransferCompleted)] == [Outcome.OK] * 3


class TestSpiTransactions:
    OPERATIONS = (SpiWrite(b"\x75"), SpiDelay(100), SpiRead(2), SpiTransfer(b"ab"))

    def test_all_messages_are_told_in_one_event(self) -> None:
        bench = Bench()
        settings = SpiSettings(1_000_000, 3)
        assert bench.hardware.spi_transaction(0, 0, self.OPERATIONS, settings) == (b"\0\0", b"ab")
        assert len(bench.told) == 1
        told = bench.last()
        assert (told.bus, told.address, told.outcome, told.spi) == ("spi-0", 0, Outcome.OK, settings)
        assert told.messages == (
            Message(True, b"\x75"),
            Message(False, b"\0\0"),
            Message(True, b"ab"),
            Message(False, b"ab"),
        )
        assert told.asked == (2, 2)
        assert told.duration_ns == 100_000

    @pytest.mark.parametrize("select", [SpiSelect.LOW, SpiSelect.HIGH])
    def test_a_line_selects_the_chip_for_the_time_of_the_transaction(
        self, monkeypatch: pytest.MonkeyPatch, select: SpiSelect
    ) -> None:
        bench, seen = Bench("spi:0.0", "gpio:17:out"), []
        line, device = bench.machine.gpio_line(17), bench.machine.spi_device(0, 0)
        levels: list[bool] = []
        monkeypatch.setattr(line, "write", levels.append)

        def transact(_operations: object, settings: SpiSettings) -> tuple[bytes, ...]:
            seen.append([*levels])
            assert bench.shared.lock(Place(BusName("gpio"), 17))._held, "nobody else can drive the line"
            return ()

        monkeypatch.setattr(device, "transaction", transact)
        bench.hardware.spi_transaction(0, 0, [SpiWrite(b"a")], SpiSettings(select=select, line=17))
        active = select is SpiSelect.HIGH
        assert seen == [[active]]
        assert levels == [active, not active]

    def test_the_line_is_at_rest_again_after_a_failure(self, monkeypatch: pytest.MonkeyPatch) -> None:
        bench = Bench("spi:0.0", "gpio:17:out")

        def fail(*_arguments: object) -> NoReturn:
            raise BusFaultError("a loose wire")

        monkeypatch.setattr(bench.machine.spi_device(0, 0), "transaction", fail)
        with pytest.raises(BusFaultError):
            bench.hardware.spi_transaction(0, 0, [SpiWrite(b"a")], SpiSettings(line=17))
        assert bench.machine.gpio_line(17)._level is True  # type: ignore[attr-defined]

    @pytest.mark.parametrize(("granted", "missing"), [("spi:0.0", "gpio:17:out"), ("gpio:17:out", "spi:0.0")])
    def test_a_line_needs_its_own_permission_besides_that_of_the_device(self, granted: str, missing: str) -> None:
        bench = Bench(granted)
        with pytest.raises(AccessDeniedError, match=f'does not let probe .* add "{missing}"'):
            bench.hardware.spi_transaction(0, 0, [SpiWrite(b"a")], SpiSettings(line=17))
        assert bench.last().outcome is Outcome.DENIED
        assert bench.last().messages == ()

    def test_another_plugins_line_is_not_driven(self) -> None:
        bench, reservations = Bench(), Reservations()
        assert reservations.reserve("servo", parse_permission("gpio:17:out")) is None
        access = Access("probe", [*map(parse_permission, ALL)], reservations)
        hardware = PluginBuses(Gate(bench.shared, "probe", Kit(access, None, bench.limit, bench.told.append)))
        with pytest.raises(AccessDeniedError, match="belongs to servo"):
            hardware.spi_transaction(0, 0, [SpiWrite(b"a")], SpiSettings(line=17))


class TestSensorsOfTheKernels:
    def test_a_measurement_is_told_by_its_names_and_its_value(self) -> None:
        bench = Bench()
        value = bench.hardware.iio_read("bme280", "temp")
        assert 10_000 < value < 40_000
        told = bench.last()
        assert (told.bus, told.address, told.outcome) == ("iio", None, Outcome.OK)
        assert told.messages == (Message(True, b"bme280 temp"), Message(False, repr(value).encode()))

    def test_another_sensor_is_denied_whether_it_exists_or_not(self) -> None:
        bench = Bench("iio:dht11@4")
        for access in (lambda has: has.iio_read("bme280", "temp"), lambda has: has.iio_channels("bme280")):
            with pytest.raises(AccessDeniedError, match="does not let probe read the kernel's sensor bme280"):
                access(bench.hardware)
            assert bench.last().outcome is Outcome.DENIED

    @pytest.mark.parametrize(
        ("permission", "listed"), [("iio:bme280", ("bme280",)), ("iio:dht11@4", ()), ("system", ())]
    )
    def test_a_plugin_sees_the_sensors_that_it_may_read(self, permission: str, listed: tuple[str, ...]) -> None:
        assert Bench(permission).hardware.iio_devices() == listed

    def test_without_the_bus_in_host_toml_the_error_says_how_to_get_it(self) -> None:
        with pytest.raises(UnsupportedError, match=r"add \[buses\.iio\] there"):
            Bench("iio:bme280", buses=("gpio",)).hardware.iio_devices()


class TestLinesOfOthers:
    @pytest.fixture
    def bench(self) -> Bench:
        return Bench("gpio:17:in", "gpio:17:out")

    def reader(self, bench: Bench, reservations: Reservations) -> PluginBuses:
        kit = Kit(
            Access("reader", [parse_permission("gpio:17:in")], reservations),
            BusShare(1.0, 0),
            bench.limit,
            bench.told.append,
        )
        return PluginBuses(Gate(bench.shared, "reader", kit))

    def test_a_line_that_another_plugin_drives_is_not_made_an_input(self, bench: Bench) -> None:
        reservations = Reservations()
        reader = self.reader(bench, reservations)
        assert reader.gpio_read(17, Pull.DOWN) is False
        assert reservations.reserve("servo", parse_permission("gpio:17:out")) is None
        line = bench.machine.gpio_line(17)
        line.write(True)
        with pytest.raises(AccessDeniedError, match="servo drives the line, and reading would make it an input"):
            reader.gpio_read(17, Pull.DOWN)
        assert bench.last().outcome is Outcome.DENIED
        reservations.release("servo")
        assert reader.gpio_read(17, Pull.DOWN) is False

    def test_nor_when_the_other_began_while_this_one_waited(self, bench: Bench) -> None:
        reservations, begun = Reservations(), threading.Event()
        with ThreadPoolExecutor(1) as pool:
            with bench.shared.held(Place(BusName("gpio"), 17)):
                bench.limit = Watched(begun.set)
                reading = pool.submit(self.reader(bench, reservations).gpio_read, 17, Pull.DOWN)
                assert begun.wait(10)
                assert reservations.reserve("servo", parse_permission("gpio:17:out")) is None
            with pytest.raises(AccessDeniedError, match="servo drives the line"):
                reading.result(10)

    def test_its_own_output_may_be_read(self, bench: Bench) -> None:
        bench.hardware.gpio_write(17, True)
        assert bench.hardware.gpio_read(17, Pull.DOWN) is False


class Watched(TimeLimit):
    """A limit that does something of a test's whenever a plugin waits for a bus."""

    def __init__(self, check: Callable[[], object]) -> None:
        super().__init__(VirtualClock(), 5.0)
        self.check = check  # type: ignore[method-assign, assignment]


def test_who_releases_a_bus_and_takes_it_again_lets_those_who_wait_come_first() -> None:
    hardware, place, order, go_on = Bench().shared, Place(BusName("i2c-1")), [], threading.Event()

    def take(name: str, limit: CallLimit) -> None:
        with hardware.held(place, limit):
            order.append(name)

    def wait(begun: threading.Event) -> None:
        begun.set()
        assert go_on.wait(10), "who looks at the time while it waits does not lose its place"

    with ThreadPoolExecutor(2) as pool:
        with hardware.held(place):
            for name in ("first", "second"):
                begun = threading.Event()
                pool.submit(take, name, Watched(partial(wait, begun)))
                assert begun.wait(10)
        for _ in range(2):
            take("greedy", Watched(go_on.set))
        go_on.set()
    assert order == ["first", "second", "greedy", "greedy"]


def test_who_gives_up_waiting_is_passed_over() -> None:
    hardware, place = Bench().shared, Place(BusName("i2c-1"))
    stopped = TimeLimit(VirtualClock(), 5.0)
    stopped.stop()
    with hardware.held(place), pytest.raises(Trap, match="told to stop"), hardware.held(place, stopped):
        raise AssertionError("it was given to two")
    with hardware.held(place) as free:
        assert free is None


class FailingBus(I2cBus):
    """A bus on which every transaction ends in the same way."""

    def __init__(self, problem: BaseException) -> None:
        self.problem = problem

    def transaction(self, address: int, operations: Sequence[I2cOperation]) -> NoReturn:
        raise self.problem


class SlowBus(I2cBus):
    """A bus whose transactions last until they are let go; notices when two come together."""

    def __init__(self) -> None:
        self.entered, self.go_on = threading.Event(), threading.Event()
        self.inside = self.most_inside = 0

    def transaction(self, address: int, operations: Sequence[I2cOperation]) -> tuple[bytes, ...]:
        self.inside += 1
        self.most_inside = max(self.most_inside, self.inside)
        self.entered.set()
        assert self.go_on.wait(10)
        self.inside -= 1
        return (b"\0",)


def with_bus(monkeypatch: pytest.MonkeyPatch, bus: I2cBus, **options: Any) -> Bench:
    """A bench with this behind i2c-1."""
    bench = Bench(**options)
    monkeypatch.setattr(bench.machine, "i2c_bus", lambda _number: bus)
    return bench


@pytest.mark.parametrize(
    ("kind", "outcome"),
    [
        (NoAcknowledgeError, Outcome.NO_ACKNOWLEDGE),
        (BusFaultError, Outcome.BUS),
        (ArbitrationLostError, Outcome.ARBITRATION_LOSS),
        (BusTimeoutError, Outcome.TIMEOUT),
        (AccessDeniedError, Outcome.DENIED),
        (UnsupportedError, Outcome.OTHER),
        (BusError, Outcome.OTHER),
    ],
)
def test_every_failure_has_the_contracts_name_and_frees_the_bus(
    monkeypatch: pytest.MonkeyPatch, kind: type[BusError], outcome: Outcome
) -> None:
    bus = FailingBus(kind("what went wrong"))
    bench = with_bus(monkeypatch, bus)
    for _ in range(2):
        with pytest.raises(kind, match="what went wrong"):
            bench.hardware.i2c_transaction(1, 0x23, CHIP_ID)
        told = bench.last()
        assert (told.outcome, told.detail) == (outcome, "what went wrong")
        assert told.messages == (Message(True, b"\xd0"),), "what was sent, and nothing received"


def test_an_access_that_a_defect_cuts_short_is_not_told_as_done(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = with_bus(monkeypatch, FailingBus(ZeroDivisionError()))
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            bench.hardware.i2c_transaction(1, 0x23, CHIP_ID)
        assert bench.last().outcome is Outcome.OTHER


def test_two_plugins_never_have_a_bus_together(monkeypatch: pytest.MonkeyPatch) -> None:
    bus = SlowBus()
    bench = with_bus(monkeypatch, bus, clock=RealClock())
    told: list[Event] = []
    other = bench.neighbour(ALL, bench.limit, told)
    with ThreadPoolExecutor(2) as pool:
        both = [pool.submit(hands.i2c_transaction, 1, 0x23, [I2cRead(1)]) for hands in (bench.hardware, other)]
        assert bus.entered.wait(10)
        bus.go_on.set()
        assert [each.result(10) for each in both] == [(b"\0",)] * 2
    assert bus.most_inside == 1
    waited = [each.waited_ns for each in (*bench.told, *told) if isinstance(each, TransferCompleted)]
    assert len(waited) == 2


def test_other_buses_are_free_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    bus = SlowBus()
    bench = with_bus(monkeypatch, bus, clock=RealClock())
    with ThreadPoolExecutor(1) as pool:
        held = pool.submit(bench.hardware.i2c_transaction, 1, 0x23, [I2cRead(1)])
        assert bus.entered.wait(10)
        assert bench.neighbour(ALL, bench.limit, []).gpio_read(17, Pull.UP)
        assert not held.done()
        bus.go_on.set()
        held.result(10)


def test_waiting_for_a_bus_ends_with_the_call_and_is_not_told_as_done() -> None:
    bench = Bench(clock=RealClock())
    impatient = TimeLimit(RealClock(), 0.01)
    impatient.begin()
    told: list[Event] = []
    with bench.shared.held(Place(BusName("i2c-1")), bench.limit), pytest.raises(Trap) as trap:
        bench.neighbour(ALL, impatient, told).i2c_transaction(1, 0x23, CHIP_ID)
    assert trap.value.kind is CrashKind.DEADLINE
    (access,) = told
    assert isinstance(access, TransferCompleted)
    assert (access.outcome, access.messages) == (Outcome.OTHER, ())


def test_a_silent_port_is_listened_to_for_as_long_as_asked() -> None:
    bench = Bench()
    began = bench.clock.monotonic_ns()
    assert bench.hardware.uart_read("serial0", 10, 3000) == b""
    assert bench.clock.monotonic_ns() - began == 3 * NS_PER_S


def test_a_silent_port_is_not_listened_to_beyond_the_call() -> None:
    bench = Bench()
    with pytest.raises(Trap) as trap:
        bench.hardware.uart_read("serial0", 10, 60_000)
    assert trap.value.kind is CrashKind.DEADLINE
    assert bench.clock.monotonic_ns() < 6 * NS_PER_S


def test_a_device_is_opened_once(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench()
    opened: list[int] = []
    original = bench.machine.i2c_bus
    monkeypatch.setattr(bench.machine, "i2c_bus", lambda number: (opened.append(number), original(number))[1])
    for address in (0x77, 0x77, 0x23):
        bench.hardware.i2c_transaction(1, address, [I2cRead(1)])
    assert opened == [1]
