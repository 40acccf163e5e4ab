"""Faults on demand of a host: those of host.toml, and those that a person sets, which end by themselves."""

from __future__ import annotations

import pytest

from hostcore.buses import fault_switch
from hostcore.buses.fault_switch import LONGEST_S, MOST_FAULTS, FaultSwitch
from hostcore.buses.shared import Buses
from hostcore.clock import VirtualClock
from hostcore.errors import HostError, NoThreadError
from hostcore.events import Event, FaultsSet
from hostcore.faults.model import Fault, FaultKind
from hostcore.place import BusName
from hostcore.threads import HostThread
from tests.sandbox import BUSES, simulated_pi
from tests.waiting import until

NACK = Fault(FaultKind.NACK, BusName("i2c-1"), 0x76)
DELAY = Fault(FaultKind.DELAY, BusName("spi-0"))


class Desk:
    """A host's buses, and what their faults tell."""

    def __init__(self, *settings: Fault) -> None:
        self.clock, self.events, self.lines = VirtualClock(), list[Event](), list[str]()
        self.buses = Buses(dict.fromkeys(BUSES, simulated_pi(self.clock)), self.clock)
        self.switch = FaultSwitch(self.buses, BUSES, settings, publish=self.events.append, warn=self.lines.append)

    @property
    def told(self) -> list[tuple[Fault, ...]]:
        return [each.faults for each in self.events if isinstance(each, FaultsSet)]


def test_a_host_without_faults_says_nothing() -> None:
    desk = Desk()
    desk.switch.start()
    assert desk.told == desk.lines == []


def test_the_faults_of_the_settings_are_named_at_the_start() -> None:
    desk = Desk(NACK)
    desk.switch.start()
    assert desk.told == [(NACK,)]
    assert "i2c-1 0x76 NACK" in desk.lines[0]
    assert desk.buses.injector.faults == (NACK,)


def test_a_persons_faults_end_after_ten_minutes_and_those_of_the_settings_stay() -> None:
    desk = Desk(NACK)
    desk.switch.start()
    desk.switch.set([NACK, DELAY])
    assert desk.told[-1] == (NACK, DELAY.until(LONGEST_S))
    desk.clock.advance(LONGEST_S - 1)
    desk.switch.end_those_over()
    assert len(desk.told) == 2
    desk.clock.advance(1)
    desk.switch.end_those_over()
    assert desk.told[-1] == desk.buses.injector.faults == (NACK,)
    assert "ended: spi-0 delay" in desk.lines[-1]
    desk.switch.stop()


def test_no_fault_is_set_if_nothing_could_end_it(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk()

    def fail(_thread: HostThread) -> None:
        raise NoThreadError("cannot start the thread faults")

    monkeypatch.setattr(HostThread, "start", fail)
    for _ in range(2):
        with pytest.raises(NoThreadError):
            desk.switch.set([NACK])
        assert desk.buses.injector.faults == ()
    assert desk.told == []
    desk.switch.stop()


def test_all_faults_can_be_switched_off() -> None:
    desk = Desk(NACK)
    desk.switch.start()
    desk.switch.set([])
    assert desk.told[-1] == ()
    assert desk.buses.faulty == frozenset()
    assert desk.lines[-1] == "all faults on demand are off"


@pytest.mark.parametrize(
    ("faults", "problem"),
    [
        ([Fault(FaultKind.NACK, BusName("i2c-9"))], "host.toml has no i2c-9"),
        ([Fault(FaultKind.NACK, BusName("gpio"))], "allowed is a bus of the kind i2c"),
        ([NACK] * (MOST_FAULTS + 1), "allowed are 32"),
    ],
)
def test_faults_that_are_not_possible_change_nothing(faults: list[Fault], problem: str) -> None:
    desk = Desk(NACK)
    desk.switch.start()
    with pytest.raises(HostError, match=problem):
        desk.switch.set(faults)
    assert desk.buses.injector.faults == (NACK,)


def test_stopping_ends_the_watch() -> None:
    desk = Desk()
    desk.switch.set([NACK])
    desk.switch.stop()
    assert desk.switch._watch is not None
    assert not desk.switch._watch.is_alive()


def test_while_faults_can_end_they_are_told_again_for_screens_that_lost_events(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fault_switch, "PACE_S", 0.001)
    monkeypatch.setattr(fault_switch, "RESTATE", 2)
    desk = Desk()
    desk.switch.set([NACK])
    until(lambda: len(desk.told) > 2, 10)
    desk.switch.stop()
    assert set(desk.told) == {(NACK.until(LONGEST_S),)}
    assert [each.is_restated for each in desk.events[:3]] == [False, True, True], "only the first one is a change"
