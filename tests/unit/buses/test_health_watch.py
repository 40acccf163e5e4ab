"""The watch over the health of buses and supply: it tells what changed, and a busy bus is not taken for a stuck one."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

import pytest

from hostcore.backends.base import BackendKind, I2cBus, I2cOperation
from hostcore.backends.i2c import IDLE, I2cSettings, KernelDevice, Levels
from hostcore.buses.health_watch import SAMPLES, HealthWatch
from hostcore.buses.shared import Buses
from hostcore.clock import NS_PER_S, VirtualClock
from hostcore.errors import BusFaultError, UnsupportedError
from hostcore.events import BusHealthMeasured, Event, MachineMeasured, Message, Outcome, TransferCompleted
from hostcore.events.stream import EventStream
from hostcore.place import BusName, Place

I2C_1 = BusName("i2c-1")
SDA_LOW, SCL_LOW = Levels(sda=False, scl=True), Levels(sda=True, scl=False)
PATIENCE = 10.0


class Bus(I2cBus):
    """A bus whose wires a test moves."""

    def __init__(self) -> None:
        self.present: I2cSettings | None = I2cSettings("bcm2835", 400_000, 35)
        self.wires: list[Levels | None] = [IDLE]
        """The levels, one after the other; the last one stays."""
        self.looks = 0

    def transaction(self, address: int, operations: Sequence[I2cOperation]) -> tuple[bytes, ...]:
        raise AssertionError("nothing goes over the wires")

    def settings(self) -> I2cSettings:
        if self.present is None:
            raise BusFaultError("unplugged")
        return self.present

    def levels(self) -> Levels | None:
        self.looks += 1
        return self.wires.pop(0) if len(self.wires) > 1 else self.wires[0]


class OneBus:
    """The hardware, as far as the watch needs it."""

    kind = BackendKind.LINUX

    def __init__(self, bus: Bus) -> None:
        self.bus: Bus | None = bus

    def i2c_bus(self, _number: int) -> I2cBus:
        if self.bus is None:
            raise UnsupportedError("there is no such bus")
        return self.bus


class Desk:
    """A watch over one bus, and what it tells."""

    def __init__(self) -> None:
        self.bus, self.clock = Bus(), VirtualClock()
        self.source: Any = OneBus(self.bus)
        self.buses = Buses({I2C_1: self.source}, self.clock)
        self.stream = EventStream(self.clock)
        self.supply: bool | None = None
        self._events = self.stream.subscribe(BusHealthMeasured, MachineMeasured)
        self.watch = HealthWatch(self.buses, self.stream, lambda: self.supply)

    def told(self) -> list[Event]:
        """The events since the last call."""
        return [each.event for each in self._events.take(0)]

    def health(self) -> BusHealthMeasured:
        """The only event since the last call."""
        (event,) = self.told()
        assert isinstance(event, BusHealthMeasured)
        return event

    def transfer(self, outcome: Outcome = Outcome.OK, *, size: int = 20, clock_hz: float = 100_000) -> None:
        """A plugin writes `size` bytes at this clock."""
        duration_ns = round((9 * (size + 1) + 2) * NS_PER_S / clock_hz)
        messages = (Message(True, bytes(size)),)
        self.stream.publish(TransferCompleted(1, "light", I2C_1, 0x23, messages, outcome, "", duration_ns))


@pytest.fixture
def desk() -> Desk:
    return Desk()


class TestABus:
    def test_everything_that_is_known_is_told_at_first(self, desk: Desk) -> None:
        clock = KernelDevice(0x68, "ds1307", "rtc-ds1307")
        desk.bus.present = I2cSettings("bcm2835", 400_000, 35, (clock,))
        desk.transfer(clock_hz=392_000)
        desk.watch.look()
        assert desk.health() == BusHealthMeasured(
            desk.clock.wall_ns(), I2C_1, 400_000, 390_000, True, True, 35, (clock,), "bcm2835"
        )

    def test_it_is_told_again_only_when_something_changed(self, desk: Desk) -> None:
        desk.watch.look()
        desk.told()
        desk.clock.advance(5)
        desk.watch.look()
        assert desk.told() == []
        desk.bus.wires = [SDA_LOW]
        desk.watch.look()
        assert desk.health().stuck_lines == ("SDA",)
        desk.bus.wires = [IDLE]
        desk.watch.look()
        assert not desk.health().is_stuck

    def test_it_is_told_again_after_half_a_minute_for_screens_that_lost_events(self, desk: Desk) -> None:
        desk.supply = False
        desk.watch.look()
        desk.told()
        desk.clock.advance(29)
        desk.watch.look()
        assert desk.told() == []
        desk.clock.advance(1)
        desk.watch.look()
        assert [type(each) for each in desk.told()] == [BusHealthMeasured, MachineMeasured]

    @pytest.mark.parametrize("low", range(1, SAMPLES))
    def test_a_line_that_is_high_once_is_not_held_low(self, desk: Desk, low: int) -> None:
        desk.bus.wires = [*[SDA_LOW] * low, IDLE]
        desk.watch.look()
        assert not desk.health().is_stuck

    def test_lines_that_are_low_in_turn_belong_to_a_transfer(self, desk: Desk) -> None:
        desk.bus.wires = [SDA_LOW, SCL_LOW]
        desk.watch.look()
        assert not desk.health().is_stuck

    def test_levels_that_cannot_be_read_are_unknown(self, desk: Desk) -> None:
        desk.bus.wires = [None]
        desk.watch.look()
        health = desk.health()
        assert (health.sda, health.scl, health.is_stuck) == (None, None, False)

    def test_a_bus_that_does_not_exist_or_was_unplugged_is_unknown(self, desk: Desk) -> None:
        desk.source.bus = None
        desk.watch.look()
        assert desk.health() == BusHealthMeasured(desk.clock.wall_ns(), I2C_1)
        desk.source.bus = desk.bus
        desk.watch.look()
        assert desk.health().adapter == "bcm2835"
        desk.bus.present = None
        desk.watch.look()
        assert desk.health().adapter == ""

    def test_a_transfer_that_never_ends_does_not_hide_a_stuck_bus(self, desk: Desk) -> None:
        desk.bus.wires = [SCL_LOW]
        ticking = threading.Event()
        with desk.buses.held(Place(I2C_1)):
            looking = threading.Thread(target=desk.watch.look)
            looking.start()
            while looking.is_alive():
                desk.clock.advance(1.0)
                ticking.wait(0.001)
        assert desk.health().stuck_lines == ("SCL",)


class TestAfterAFault:
    @pytest.mark.parametrize(
        "outcome", [Outcome.NO_ACKNOWLEDGE, Outcome.BUS, Outcome.ARBITRATION_LOSS, Outcome.TIMEOUT]
    )
    def test_the_lines_are_looked_at(self, desk: Desk, outcome: Outcome) -> None:
        desk.watch.look()
        desk.told()
        desk.bus.wires = [SDA_LOW]
        desk.transfer(outcome)
        desk.watch.look_at_faults()
        assert desk.health().stuck_lines == ("SDA",)

    @pytest.mark.parametrize("outcome", [Outcome.OK, Outcome.DENIED, Outcome.OTHER])
    def test_other_outcomes_are_no_reason_to_look(self, desk: Desk, outcome: Outcome) -> None:
        desk.watch.look()
        looks = desk.bus.looks
        desk.transfer(outcome)
        desk.watch.look_at_faults()
        assert desk.bus.looks == looks

    def test_a_stuck_bus_is_looked_at_until_it_is_free(self, desk: Desk) -> None:
        desk.bus.wires = [SDA_LOW]
        desk.watch.look()
        desk.told()
        desk.bus.wires = [IDLE]
        desk.watch.look_at_faults()
        assert not desk.health().is_stuck

    def test_the_transfers_of_a_stuck_bus_are_not_counted_against_its_addresses(self, desk: Desk) -> None:
        desk.bus.wires = [SDA_LOW]
        desk.watch.look()
        for outcome in (Outcome.OK, Outcome.TIMEOUT):
            desk.transfer(outcome)
        desk.watch.look()
        assert desk.watch.report()[2] == ()


class TestTheMeasuredClock:
    def test_the_fastest_transfer_counts(self, desk: Desk) -> None:
        for clock_hz in (20_000, 98_000, 55_000):
            desk.transfer(clock_hz=clock_hz)
        desk.watch.look()
        assert desk.health().measured_hz == 98_000

    def test_short_and_failed_transfers_show_nothing(self, desk: Desk) -> None:
        desk.transfer(size=7)
        desk.transfer(Outcome.TIMEOUT)
        desk.watch.look()
        assert desk.health().measured_hz is None

    def test_a_small_change_is_not_told(self, desk: Desk) -> None:
        desk.transfer(clock_hz=90_000)
        desk.watch.look()
        desk.told()
        desk.transfer(clock_hz=95_000)
        desk.watch.look()
        assert desk.told() == []
        desk.transfer(clock_hz=390_000)
        desk.watch.look()
        assert desk.health().measured_hz == 390_000


class TestTheSupply:
    def test_nothing_is_told_where_nothing_is_known(self, desk: Desk) -> None:
        desk.watch.look()
        assert not any(isinstance(each, MachineMeasured) for each in desk.told())

    def test_a_past_undervoltage_is_remembered(self, desk: Desk) -> None:
        seen = []
        for desk.supply in (False, True, True, False):
            desk.watch.look()
            seen += [(e.undervoltage, e.was_undervoltage) for e in desk.told() if isinstance(e, MachineMeasured)]
        assert seen == [(False, False), (True, True), (False, True)]


def test_the_thread_ends_at_once_even_while_a_transfer_holds_the_bus(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hostcore.buses.health_watch.FAULT_SECONDS", 0.001)
    monkeypatch.setattr(desk.bus, "settings", lambda: looking.set() or I2cSettings())
    looking = threading.Event()
    with desk.buses.held(Place(I2C_1)):
        desk.watch.start()
        assert looking.wait(PATIENCE)
        desk.watch.stop()
    assert not any(each.name == "health" for each in threading.enumerate())
