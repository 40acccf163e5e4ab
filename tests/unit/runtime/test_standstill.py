"""A process that stands still costs no plugin the time of its call; a process that computes costs it as before."""

from __future__ import annotations

import pytest

from hostcore.buses.call_limit import TimeLimit
from hostcore.clock import NS_PER_S, VirtualClock
from hostcore.hostcall import CrashKind, Trap
from hostcore.runtime.engine import EPOCH_TICK
from hostcore.runtime.standstill import Standstill

TICK = round(EPOCH_TICK * NS_PER_S)


class Machine:
    """A computer on which a guest runs, and the limit of the guest's call."""

    def __init__(self, seconds: float = 1.0) -> None:
        self.clock = VirtualClock()
        self.used_ns = 0
        self.standstill = Standstill(EPOCH_TICK, self.clock.monotonic_ns, lambda: self.used_ns)
        self.limit = TimeLimit(
            self.clock,
            seconds,
            (self.standstill.end, self.standstill.begin),
            stood_still=self.standstill.total_ns,
            now_ns=self.clock.monotonic_ns,
        )
        self.standstill.begin()
        self.limit.begin()

    def computes(self, seconds: float) -> None:
        """The guest computes, and the ticks come in time."""
        for _ in range(round(seconds / EPOCH_TICK)):
            self.clock.advance(EPOCH_TICK)
            self.used_ns += TICK
            self.standstill.tick()
            self.limit.check()

    def is_stopped(self, seconds: float) -> None:
        """SIGSTOP, and SIGCONT later. No tick comes meanwhile."""
        self.clock.advance(seconds)


@pytest.fixture
def machine() -> Machine:
    return Machine()


def test_a_tick_counts_for_one_tick_however_late_it_comes(machine: Machine) -> None:
    machine.is_stopped(3)
    machine.standstill.tick()
    assert machine.standstill.total_ns() == 3 * NS_PER_S - TICK


def test_a_stopped_process_costs_no_call_its_time(machine: Machine) -> None:
    machine.computes(0.5)
    machine.is_stopped(3)
    machine.limit.check()  # the guest may look before the tick comes
    machine.computes(0.45)
    machine.is_stopped(3)
    machine.limit.check()


def test_a_call_that_goes_on_is_ended_after_its_own_time(machine: Machine) -> None:
    machine.computes(0.5)
    machine.is_stopped(3)
    machine.standstill.tick()
    with pytest.raises(Trap, match="still running after 1 s") as trap:
        machine.computes(0.6)
    assert trap.value.kind is CrashKind.DEADLINE


def test_the_next_call_has_its_own_time(machine: Machine) -> None:
    machine.is_stopped(3)
    machine.standstill.tick()
    machine.limit.begin()
    with pytest.raises(Trap, match="still running"):
        machine.computes(1.1)


def test_late_ticks_count_if_the_process_computes(machine: Machine) -> None:
    """Otherwise a plugin that keeps the host busy could run for longer than it may."""
    machine.clock.advance(1.1)
    machine.used_ns += round(1.1 * NS_PER_S)
    machine.standstill.tick()
    assert machine.standstill.total_ns() == 0
    with pytest.raises(Trap, match="still running"):
        machine.limit.check()


def test_nothing_counts_while_no_guest_runs(machine: Machine) -> None:
    machine.standstill.end()
    machine.is_stopped(3600)
    machine.standstill.begin()
    assert machine.standstill.total_ns() == 0


class LateClock(VirtualClock):
    """A clock on which each sleep ends `late` seconds after its moment."""

    late = 0.0

    def wait_until(self, deadline_ns: int, wake: object) -> bool:
        return super().wait_until(deadline_ns + round(self.late * NS_PER_S), wake)  # type: ignore[arg-type]


@pytest.mark.parametrize(("late", "dies"), [(3.0, False), (0.009, True)], ids=["stopped", "busy"])
def test_a_sleep_counts_as_long_as_the_guest_asked_for(late: float, dies: bool) -> None:
    clock = LateClock()
    limit = TimeLimit(clock, 1.0)
    limit.begin()
    clock.late = late
    limit.wait_until(round(0.995 * NS_PER_S))
    if not dies:
        limit.check()
        limit.wait_until(clock.monotonic_ns() + NS_PER_S // 1000)
        with pytest.raises(Trap, match="still asleep"):
            limit.wait_until(clock.monotonic_ns() + NS_PER_S)
        return
    with pytest.raises(Trap, match="still running"):
        limit.check()
