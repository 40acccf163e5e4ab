"""However a plugin spends its time or its memory, its call ends; and it can be stopped at any moment."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from hostcore.buses.call_limit import TimeLimit
from hostcore.clock import NS_PER_S, RealClock, VirtualClock
from hostcore.errors import PluginCrashedError
from hostcore.events import Level
from hostcore.hostcall import CrashKind, Trap
from hostcore.place import BusName, Place
from tests.sandbox import Sandbox
from tests.waiting import soon


def read_crash(sandbox: Sandbox, source: str, *permissions: str, **options: object) -> PluginCrashedError:
    """How a driver with this source dies of its first call."""
    plugin = sandbox.load(source, *permissions, **options)
    with pytest.raises(PluginCrashedError) as crash:
        plugin.read()
    return crash.value


class TestLimit:
    def test_it_counts_from_the_beginning_of_each_call(self) -> None:
        clock = VirtualClock()
        limit = TimeLimit(clock, 2.0)
        limit.begin()
        clock.advance(2.0)
        limit.check()
        limit.begin()
        clock.advance(2.0)
        limit.check()

    def test_a_call_that_is_over_its_time_is_ended(self) -> None:
        clock = VirtualClock()
        limit = TimeLimit(clock, 2.0)
        limit.begin()
        clock.advance(2.001)
        with pytest.raises(Trap, match="still running after 2 s") as trap:
            limit.check()
        assert trap.value.kind is CrashKind.DEADLINE

    def test_sleeping_ends_at_the_moment_asked_for(self) -> None:
        clock = VirtualClock()
        limit = TimeLimit(clock, 2.0)
        limit.begin()
        limit.wait_until(clock.monotonic_ns() + 2 * NS_PER_S)
        assert clock.monotonic_ns() == 2 * NS_PER_S

    def test_sleeping_beyond_the_calls_time_ends_with_it(self) -> None:
        clock = VirtualClock()
        limit = TimeLimit(clock, 2.0)
        limit.begin()
        with pytest.raises(Trap, match="still asleep after 2 s") as trap:
            limit.wait_until(clock.monotonic_ns() + 3600 * NS_PER_S)
        assert trap.value.kind is CrashKind.DEADLINE
        assert clock.monotonic_ns() <= 2 * NS_PER_S + 1

    def test_a_moment_that_has_passed_takes_no_time(self) -> None:
        clock = VirtualClock(start_ns=NS_PER_S)
        limit = TimeLimit(clock, 2.0)
        limit.begin()
        limit.wait_until(0)
        assert clock.monotonic_ns() == NS_PER_S

    def test_whoever_is_stopped_may_not_go_on(self) -> None:
        limit = TimeLimit(VirtualClock(), 2.0)
        limit.begin()
        limit.stop()
        assert limit.stopped
        for go_on in (limit.check, lambda: limit.wait_until(NS_PER_S)):
            with pytest.raises(Trap, match="told to stop") as trap:
                go_on()
            assert trap.value.kind is None

    def test_nothing_ticks_for_a_guest_that_sleeps(self) -> None:
        clock, calls = VirtualClock(), []
        limit = TimeLimit(clock, 2.0, (lambda: calls.append("asleep"), lambda: calls.append("awake")))
        limit.begin()
        limit.wait_until(NS_PER_S)
        assert calls == ["asleep", "awake"]
        with pytest.raises(Trap):
            limit.wait_until(3600 * NS_PER_S)
        assert calls == ["asleep", "awake"] * 2


@pytest.mark.parametrize(
    "body",
    [
        "while True: pass",
        """
        while True:
            try:
                while True: pass
            except BaseException: pass
        """,
        "import time\n        while True: time.sleep(0)",
        "import re\n        re.match(r'(a+)+$', 'a' * 40 + 'b')",
        "sum(range(1 << 40))",
        "import host\n        while True: host.log.debug('again')",
    ],
    ids=["a loop", "a loop that catches everything", "empty sleeps", "a regular expression", "in C", "host calls"],
)
def test_a_call_without_end_is_ended(live_sandbox: Sandbox, body: str) -> None:
    live_sandbox.load("def read(): return {}")  # with an empty cache, this builds the Python runtime
    with soon():
        crash = read_crash(
            live_sandbox, f"def read():\n        {body}", call_seconds=0.2, log=lambda _level, _text: None
        )
        assert crash.kind == CrashKind.DEADLINE


def test_loading_without_end_is_ended(live_sandbox: Sandbox) -> None:
    with pytest.raises(PluginCrashedError, match=r"still running after 0\.2 s") as crash:
        live_sandbox.load("def hang():\n    while True: pass\nhang()\ndef read(): ...", call_seconds=0.2)
    assert crash.value.kind == CrashKind.DEADLINE


def test_an_hours_sleep_is_ended(live_sandbox: Sandbox) -> None:
    crash = read_crash(live_sandbox, "import time\ndef read(): time.sleep(3600)", call_seconds=0.2)
    assert (crash.kind, crash.problem) == (CrashKind.DEADLINE, "still asleep after 0.2 s")


def test_an_hours_sleep_on_a_virtual_clock_ends_at_the_calls_limit(sandbox: Sandbox) -> None:
    began = sandbox.clock.monotonic_ns()
    assert read_crash(sandbox, "import time\ndef read(): time.sleep(3600)").kind == CrashKind.DEADLINE
    assert sandbox.clock.monotonic_ns() - began == pytest.approx(5 * NS_PER_S, abs=1000)


def test_a_loop_is_ended_though_the_virtual_clock_stands_still(sandbox: Sandbox) -> None:
    assert read_crash(sandbox, "def read():\n    while True: pass", call_seconds=0.2).kind == CrashKind.DEADLINE


def test_a_silent_serial_port_cannot_be_waited_for_beyond_the_limit(live_sandbox: Sandbox) -> None:
    source = "from host import uart\ndef read(): uart.read(1, timeout=60)"
    assert read_crash(live_sandbox, source, "uart:serial0", call_seconds=0.2).kind == CrashKind.DEADLINE


@pytest.mark.parametrize(
    "body",
    ["bytes(1 << 30)", "[0] * (1 << 27)", "'x' * (1 << 28)", "x = b'x'\n    while True: x += x"],
    ids=["at once", "a list", "a text", "bit by bit"],
)
def test_memory_beyond_the_limit_ends_the_plugin(sandbox: Sandbox, body: str) -> None:
    crash = read_crash(sandbox, f"def read():\n    {body}")
    assert (crash.kind, crash.problem) == (CrashKind.MEMORY, "asked for more memory than it may have")


def test_a_plugin_that_survives_a_memory_error_keeps_its_memory(sandbox: Sandbox) -> None:
    plugin = sandbox.load("""
        def read():
            try:
                bytes(1 << 30)
            except MemoryError:
                return {"survived": True}
    """)
    assert plugin.read() == {"survived": True}
    assert plugin.read() == {"survived": True}


@pytest.mark.parametrize("mebibytes", [24, 64])
def test_the_limit_of_memory_is_the_plugins_own(sandbox: Sandbox, mebibytes: int) -> None:
    plugin = sandbox.load("def read(): return {'length': len(bytes(30 << 20))}", memory_mib=mebibytes)
    if mebibytes == 64:
        assert plugin.read() == {"length": 30 << 20}
    else:
        with pytest.raises(PluginCrashedError) as crash:
            plugin.read()
        assert crash.value.kind == CrashKind.MEMORY


@pytest.mark.parametrize("body", ["return read()", "x = []\n    for _ in range(100000): x = [x]\n    return {'x': x}"])
def test_recursion_without_end_ends_the_plugin(sandbox: Sandbox, body: str) -> None:
    assert read_crash(sandbox, f"def read():\n    {body}").kind == CrashKind.STACK


class WatchedLimit(TimeLimit):
    """Tells when the host looks whether the plugin may go on."""

    def __init__(self) -> None:
        super().__init__(RealClock(), 60.0)
        self.looked = threading.Event()

    def check(self) -> None:
        self.looked.set()
        super().check()


class Running:
    """A driver in a call on another thread.

    Attributes:
        limit: what stops it.
        outcome: of its call.
    """

    def __init__(self, sandbox: Sandbox, source: str, *permissions: str) -> None:
        self.limit = WatchedLimit()
        self.started = threading.Event()
        self._pool = ThreadPoolExecutor(1)
        self.outcome: Future[object] = self._pool.submit(self._read, sandbox, source, permissions)

    def _read(self, sandbox: Sandbox, source: str, permissions: tuple[str, ...]) -> object:
        plugin = sandbox.load(source, *permissions, limit=self.limit, log=self._log)
        try:
            return plugin.read()
        finally:
            plugin.close()

    def _log(self, _level: Level, _text: str) -> None:
        self.limit.looked.clear()
        self.started.set()

    def stop(self) -> PluginCrashedError:
        """How it ended."""
        self.limit.stop()
        with soon(), pytest.raises(PluginCrashedError) as crash:
            self.outcome.result(timeout=10)
        self._pool.shutdown()
        return crash.value


def in_a_loop(sandbox: Sandbox) -> Running:
    running = Running(sandbox, "import host\ndef read():\n    host.log.info('now')\n    while True: pass")
    assert running.started.wait(10)
    assert running.limit.looked.wait(10)
    return running


def asleep(sandbox: Sandbox) -> Running:
    running = Running(sandbox, "import host, time\ndef read():\n    host.log.info('now')\n    time.sleep(50)")
    assert running.started.wait(10)
    return running


def waiting_for_a_serial_port(sandbox: Sandbox) -> Running:
    source = "import host\ndef read():\n    host.log.info('now')\n    host.uart.read(1, timeout=50)"
    running = Running(sandbox, source, "uart:serial0")
    assert running.started.wait(10)
    assert running.limit.looked.wait(10)
    return running


@pytest.mark.parametrize("begin", [in_a_loop, asleep, waiting_for_a_serial_port])
def test_a_plugin_is_stopped_from_another_thread(live_sandbox: Sandbox, begin: Callable[[Sandbox], Running]) -> None:
    crash = begin(live_sandbox).stop()
    assert (crash.kind, crash.problem) == ("stopped", "told to stop")


def test_a_plugin_is_stopped_while_it_waits_for_a_bus(live_sandbox: Sandbox) -> None:
    source = "import host\ndef read():\n    host.log.info('now')\n    return {'x': list(host.i2c.read(0x23, 2))}"
    with live_sandbox.buses.held(Place(BusName("i2c-1")), TimeLimit(RealClock(), 60.0)):
        running = Running(live_sandbox, source, "i2c:1:0x23")
        assert running.started.wait(10)
        assert running.limit.looked.wait(10)
        assert not running.outcome.done()
        crash = running.stop()
    assert (crash.kind, crash.problem) == ("stopped", "told to stop")


def test_a_stopped_plugin_does_not_begin_another_call(sandbox: Sandbox) -> None:
    limit = TimeLimit(sandbox.clock, 5.0)
    plugin = sandbox.load("import time\ndef read():\n    time.sleep(0.1)\n    return {}", limit=limit)
    assert plugin.read() == {}
    limit.stop()
    with pytest.raises(PluginCrashedError, match="told to stop"):
        plugin.read()
