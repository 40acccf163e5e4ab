"""One access at a time on a bus, whoever waits for it, and however it ends."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, NoReturn

import pytest

from hostcore.backends.base import I2cBus, I2cOperation, I2cRead, Pull
from hostcore.buses.call_limit import CallLimit, TimeLimit
from hostcore.clock import NS_PER_S, RealClock, VirtualClock
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
from hostcore.place import BusName, Place
from tests.plugin_bench import ALL, CHIP_ID, Bench, Watched


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
