"""What goes wrong in a host function ends one guest's call, and nothing else."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import NoReturn

import pytest

from hostcore.buses.call_limit import TimeLimit
from hostcore.clock import RealClock
from hostcore.errors import HostError, NoAcknowledgeError, PluginCrashedError, PluginFileError
from hostcore.hostcall import CrashKind, Trap
from hostcore.runtime.boundary import GUESTS
from hostcore.runtime.engine import GuestEngine
from hostcore.runtime.instance import Instance
from tests.guests import CALLER, TEST, linked, started

PROBLEMS = [
    SystemExit(3),
    KeyboardInterrupt(),
    GeneratorExit(),
    asyncio.CancelledError(),
    BaseException("bare"),
    MemoryError(),
    RecursionError("deep"),
    StopIteration(1),
    KeyError("key"),
    HostError("on purpose"),
    NoAcknowledgeError("a bus error that nobody made a WIT error of"),
    UnicodeDecodeError("utf-8", b"\xff", 0, 1, "bad"),
]


def crash_of(guest: Instance, function: str = "run") -> PluginCrashedError:
    """How the guest dies of a call."""
    with pytest.raises(PluginCrashedError) as crash:
        guest.call(f"driver#{function}")
    return crash.value


@pytest.mark.parametrize("problem", PROBLEMS, ids=lambda problem: type(problem).__name__)
def test_any_exception_in_a_host_function_ends_that_instance_only(engine: GuestEngine, problem: BaseException) -> None:
    component = linked(engine, CALLER)
    calls: list[str] = []

    def fail() -> NoReturn:
        raise problem

    with (
        started(engine, component, {"call": fail}) as broken,
        started(engine, component, {"call": lambda: calls.append("healthy")}) as healthy,
    ):
        crash = crash_of(broken)
        assert crash.kind == CrashKind.HOST
        assert crash.__cause__ is problem
        assert type(problem).__name__ in crash.problem
        healthy.call("driver#run")
        assert calls == ["healthy"]


@pytest.mark.parametrize("kind", CrashKind)
def test_a_host_function_can_say_how_the_guest_dies(engine: GuestEngine, kind: CrashKind) -> None:
    def end() -> NoReturn:
        raise Trap(kind, "for this reason", "its traceback")

    with started(engine, linked(engine, CALLER), {"call": end}) as guest:
        crash = crash_of(guest)
    assert (crash.plugin, crash.kind, crash.problem, crash.traceback) == (
        "guest",
        kind,
        "for this reason",
        "its traceback",
    )


@pytest.mark.parametrize(
    ("function", "kind", "words"),
    [
        ("spin", CrashKind.DEADLINE, "still running after 0.05 s"),
        ("dive", CrashKind.STACK, "call stack is exhausted"),
        ("give-up", CrashKind.TRAP, "gave up"),
        ("divide", CrashKind.TRAP, "divided by zero"),
    ],
)
def test_a_guest_that_dies_by_itself_is_told_apart(
    engine: GuestEngine, function: str, kind: CrashKind, words: str
) -> None:
    limit = TimeLimit(RealClock(), 0.05)
    with started(engine, linked(engine, CALLER), {"call": lambda: None}, limit=limit) as guest:
        crash = crash_of(guest, function)
    assert crash.kind == kind
    assert words in crash.problem


def test_a_function_that_the_host_does_not_have_ends_whoever_calls_it(engine: GuestEngine) -> None:
    with started(engine, linked(engine, CALLER), {}) as guest:
        crash = crash_of(guest)
    assert (crash.kind, crash.problem) == (CrashKind.TRAP, f"called {TEST}#call, which no plugin may call")


def test_a_dead_instance_stays_dead(engine: GuestEngine) -> None:
    with started(engine, linked(engine, CALLER), {"call": lambda: None}) as guest:
        crash_of(guest, "give-up")
        assert crash_of(guest, "run").kind == CrashKind.TRAP


def test_instances_that_crash_at_the_same_time_each_get_their_own_cause(engine: GuestEngine) -> None:
    component = linked(engine, CALLER)
    together = threading.Barrier(6, timeout=10)

    def die_with_the_others(name: int) -> None:
        def fail() -> NoReturn:
            together.wait()
            raise ValueError(f"{name} in this round")

        for _ in range(40):
            with started(engine, component, {"call": fail}) as guest:
                crash = crash_of(guest)
                assert crash.problem == f"a host function failed: ValueError: {name} in this round"

    with ThreadPoolExecutor(together.parties) as pool:
        for outcome in [pool.submit(die_with_the_others, name) for name in range(together.parties)]:
            outcome.result()


def test_a_neighbours_crashes_never_surface_in_a_healthy_instance(engine: GuestEngine) -> None:
    component = linked(engine, CALLER)
    stop = threading.Event()

    def crash_on_and_on() -> int:
        def fail() -> NoReturn:
            raise SystemExit("neighbour")

        crashes = 0
        while not stop.is_set():
            with started(engine, component, {"call": fail}) as guest:
                crash_of(guest)
                crashes += 1
        return crashes

    calls: list[None] = []
    with ThreadPoolExecutor(2) as pool:
        neighbours = [pool.submit(crash_on_and_on) for _ in range(2)]
        try:
            with started(engine, component, {"call": lambda: calls.append(None)}) as guest:
                for _ in range(2000):
                    guest.call("driver#run")
        finally:
            stop.set()
        assert len(calls) == 2000
        assert all(neighbour.result() > 0 for neighbour in neighbours)


STARTS_BADLY = """
(component
  (core module $main (func $start unreachable) (start $start) (func (export "run")))
  (core instance $main (instantiate $main))
  (func $run (canon lift (core func $main "run")))
  (instance $driver (export "run" (func $run)))
  (export "wasi-host:plugin/driver@0.1.0" (instance $driver)))
"""
NEEDS_MUCH = STARTS_BADLY.replace("(func $start unreachable) (start $start)", "(memory 1600)")


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [(STARTS_BADLY, CrashKind.TRAP, "gave up"), (NEEDS_MUCH, CrashKind.MEMORY, "more memory than it may have")],
)
def test_an_instance_that_dies_while_it_starts_leaves_nothing_behind(
    engine: GuestEngine, text: str, kind: CrashKind, words: str
) -> None:
    living = dict(GUESTS)
    with pytest.raises(PluginCrashedError, match=words) as crash, started(engine, linked(engine, text), {}):
        pass
    assert crash.value.kind == kind
    assert living == GUESTS


def test_memory_within_the_limit_is_granted(engine: GuestEngine) -> None:
    with started(engine, linked(engine, NEEDS_MUCH), {}, memory_mib=100) as guest:
        guest.call("driver#run")


def test_a_closed_instance_says_so_and_can_be_closed_again(engine: GuestEngine) -> None:
    with started(engine, linked(engine, CALLER), {"call": lambda: None}) as guest:
        guest.call("driver#run")
        guest.close()
        guest.close()
        with pytest.raises(HostError, match="guest: the instance is closed"):
            guest.call("driver#run")


def test_a_function_that_is_not_exported_is_named(engine: GuestEngine) -> None:
    with (
        started(engine, linked(engine, CALLER), {"call": lambda: None}) as guest,
        pytest.raises(PluginFileError, match=r"guest: exports no driver\.read"),
    ):
        guest.call("driver#read")
