"""A script may run for days. It hangs if it shows no sign of life for `call_seconds`."""

from __future__ import annotations

import threading

import pytest

from hostcore.buses.call_limit import NoWait, TimeLimit, WithinCall
from hostcore.clock import NS_PER_S, RealClock, VirtualClock
from hostcore.hostcall import CrashKind, Trap

DAY_NS = 86_400 * NS_PER_S
NEVER = 1 << 62


class Witness:
    """An attendant that notes what it is told.

    Attributes:
        told: that, in order.
        again_ns: when it wants to be told again that the script sleeps, one for each time; after these never.
        rests: set when the script sleeps.
    """

    def __init__(self) -> None:
        self.told: list[str] = []
        self.again_ns: list[int] = []
        self.rests = threading.Event()

    def printed(self) -> None:
        self.told.append("printed")

    def waits(self) -> int:
        self.told.append("waits")
        self.rests.set()
        return self.again_ns.pop(0) if self.again_ns else NEVER

    def goes_on(self) -> None:
        self.told.append("goes on")


class Run:
    """A script's run with a limit of two seconds."""

    def __init__(self) -> None:
        self.clock, self.witness = VirtualClock(), Witness()
        self.stood_still_ns = 0
        self.limit = TimeLimit(self.clock, 2.0, stood_still=lambda: self.stood_still_ns, now_ns=self.clock.monotonic_ns)
        self.limit.begin(self.witness)

    def works(self, seconds: float) -> None:
        self.clock.advance(seconds)
        self.limit.check()

    def hangs(self) -> str:
        with pytest.raises(Trap) as trap:
            self.works(2.001)
        assert trap.value.kind is CrashKind.DEADLINE
        return trap.value.problem


@pytest.fixture
def run() -> Run:
    return Run()


def test_a_script_that_shows_no_sign_of_life_hangs_and_is_told_the_rule(run: Run) -> None:
    run.works(2.0)
    assert run.hangs() == (
        "it hangs: for 2 s (call_seconds), the script did not sleep, print a line, or wait for a serial port or for "
        "edges"
    )


def test_a_sleep_may_last_for_a_day_and_does_not_count(run: Run) -> None:
    run.works(1.5)
    run.limit.sleep_until(run.clock.monotonic_ns() + DAY_NS)
    assert run.clock.monotonic_ns() == DAY_NS + 1.5 * NS_PER_S
    run.works(2.0)
    run.hangs()
    assert run.witness.told == ["waits", "goes on"]


def test_a_sleep_of_no_length_is_no_sign_of_life(run: Run) -> None:
    run.works(1.5)
    run.limit.sleep_until(run.clock.monotonic_ns())
    run.hangs()
    assert not run.witness.told


@pytest.mark.parametrize("sign", ["alive", "pause"])
def test_a_printed_line_and_a_wait_start_the_time_again(run: Run, sign: str) -> None:
    for _ in range(10):
        run.works(1.5)
        getattr(run.limit, sign)()
    run.hangs()


def test_a_wait_for_the_bus_is_no_sign_of_life(run: Run) -> None:
    """A loop that polls a bus has to wait for its share of it all the time."""
    run.works(1.5)
    run.limit.wait_until(run.clock.monotonic_ns() + NS_PER_S // 4)
    run.works(0.2)
    with pytest.raises(Trap, match="it hangs: for 2 s"):
        run.limit.wait_until(run.clock.monotonic_ns() + NS_PER_S)


def test_the_attendant_chooses_when_it_is_told_again_that_the_script_sleeps(run: Run) -> None:
    run.witness.again_ns = [NS_PER_S]
    run.limit.sleep_until(DAY_NS)
    assert run.witness.told == ["waits", "waits", "goes on"]
    assert run.clock.monotonic_ns() == DAY_NS


def test_time_in_which_the_process_stood_still_counts_once(run: Run) -> None:
    run.clock.advance(60)
    run.stood_still_ns = 60 * NS_PER_S
    run.limit.alive()
    run.works(2.0)
    run.hangs()


def test_an_excuse_is_kept_while_an_effect_is_measured(run: Run) -> None:
    """The gate subtracts the excuse at the start of an effect from that at its end, so no sign of life resets it."""
    run.stood_still_ns = NS_PER_S
    before = run.limit.excused_ns
    run.limit.alive()
    assert run.limit.excused_ns == before == NS_PER_S


def test_an_ordinary_call_knows_no_signs_of_life(run: Run) -> None:
    run.limit.begin()
    run.works(1.5)
    run.limit.alive()
    run.limit.pause()
    with pytest.raises(Trap, match="still asleep after 2 s"):
        run.limit.sleep_until(run.clock.monotonic_ns() + DAY_NS)
    assert not run.witness.told


@pytest.mark.parametrize("way", ["stop", "stops itself"])
def test_a_script_that_sleeps_for_a_day_can_be_stopped(way: str) -> None:
    witness = Witness()
    limit = TimeLimit(RealClock(), 2.0)
    limit.begin(witness)
    if way == "stop":
        stopper = threading.Thread(target=lambda: (witness.rests.wait(10), limit.stop()))
        stopper.start()
    else:
        witness.rests.set = limit.stop  # type: ignore[method-assign]
    with pytest.raises(Trap, match="told to stop") as trap:
        limit.sleep_until(RealClock().monotonic_ns() + DAY_NS)
    assert trap.value.kind is None
    assert "goes on" not in witness.told


def test_a_script_that_sleeps_is_woken_to_look_for_orders_and_sleeps_on() -> None:
    clock = RealClock()
    limit = TimeLimit(clock, 2.0)
    looked = threading.Semaphore(0)

    class Looks(Witness):
        def waits(self) -> int:
            looked.release()
            if len(self.told) == 2:
                limit.stop()
            return super().waits()

    witness = Looks()
    limit.begin(witness)

    def wake_twice() -> None:
        for _ in range(2):
            looked.acquire(timeout=10)
            limit.wake()

    waker = threading.Thread(target=wake_twice)
    waker.start()
    with pytest.raises(Trap, match="told to stop"):
        limit.sleep_until(clock.monotonic_ns() + DAY_NS)
    waker.join()
    assert witness.told == ["waits", "waits", "waits"]


def test_a_nested_call_is_no_script(run: Run) -> None:
    nested = WithinCall(run.limit)
    nested.begin()
    nested.alive()
    nested.pause()
    with pytest.raises(Trap, match="it hangs"):
        nested.sleep_until(run.clock.monotonic_ns() + DAY_NS)


def test_nothing_waits_outside_a_call() -> None:
    with pytest.raises(Trap):
        NoWait().sleep_until(1)
    with pytest.raises(Trap):
        NoWait().pause()
