"""Deaths whose place a replay cannot or need not find, and replays that are stopped."""

from __future__ import annotations

import dataclasses
import threading

import pytest

from hostcore.errors import PluginCrashedError
from hostcore.hostcall import CrashKind
from hostcore.replay.locating import place_of_death
from hostcore.runtime.contract import NEVER, not_traced
from hostcore.runtime.tracing import is_worth_a_replay
from tests.sandbox import Sandbox
from tests.traces import Traces
from tests.waiting import soon

pytest_plugins = ["tests.traces_fixture"]

HANGS_LATER = """
    calls = 0

    def read():
        global calls
        calls += 1
        while calls == 3: pass
        return {}
    """


def test_a_death_in_a_later_call_is_found_too(traces: Traces) -> None:
    assert traces.line(HANGS_LATER) == "probe.py line 7"


def test_a_death_that_depends_on_the_bus_is_found_without_the_bus(traces: Traces) -> None:
    source = """
        from host import i2c

        def read():
            while i2c.read(0x23, 1): pass
        """
    recording = traces.death(source, permissions=("i2c:1:0x23",))
    before = len(traces.sandbox.events)
    found = place_of_death(traces.sandbox.runtime, recording, threading.Event())
    assert found is not None
    assert found.line == 5
    assert len(traces.sandbox.events) == before


def test_a_replay_of_a_changed_driver_says_that_it_did_something_else(traces: Traces) -> None:
    recording = traces.death(HANGS_LATER)
    header = dataclasses.replace(recording.header, source="def read(): return {}\n")
    found = place_of_death(traces.sandbox.runtime, dataclasses.replace(recording, header=header), threading.Event())
    assert found is not None
    assert (found.place, found.traceback) == ("", "A replay to find the line of the crash ended by itself")


def test_a_recording_that_is_not_whole_is_not_replayed(traces: Traces) -> None:
    recording = dataclasses.replace(traces.death(HANGS_LATER), problem="it is cut")
    assert place_of_death(traces.sandbox.runtime, recording, threading.Event()) is None


def test_a_component_is_not_traced(traces: Traces) -> None:
    recording = traces.death(HANGS_LATER)
    header = dataclasses.replace(recording.header, source=None)
    component = dataclasses.replace(recording, header=header)
    assert place_of_death(traces.sandbox.runtime, component, threading.Event()) is None


@pytest.mark.parametrize("body", ["while True: pass", "sum(itertools.count())"])
def test_a_stop_ends_the_replay_at_once(traces: Traces, body: str) -> None:
    recording = traces.death(f"import itertools\n\ndef read():\n    {body}\n")
    limits = dataclasses.replace(recording.header.limits, call_seconds=60.0)
    recording = dataclasses.replace(recording, header=dataclasses.replace(recording.header, limits=limits))
    stopping = threading.Event()
    with soon(2.0):
        threading.Timer(0.1, stopping.set).start()
        assert place_of_death(traces.sandbox.runtime, recording, stopping) is None


@pytest.mark.parametrize(
    "crash",
    [
        PluginCrashedError("probe", "KeyError", kind=CrashKind.EXCEPTION, traceback="..."),
        PluginCrashedError("probe", "SystemExit", kind=CrashKind.EXIT, traceback='  File "probe.py", line 1, in read'),
        PluginCrashedError("probe", "a host function failed", kind=CrashKind.HOST),
        PluginCrashedError("probe", "told to stop", kind="stopped"),
    ],
    ids=lambda crash: crash.problem,
)
def test_a_crash_that_tells_its_place_or_is_nobodys_doing_is_not_replayed(crash: PluginCrashedError) -> None:
    assert not is_worth_a_replay(crash, "probe.py")


def test_a_plugin_may_use_the_monitoring_itself_when_nobody_traces_it(sandbox: Sandbox) -> None:
    plugin = sandbox.load("""
        import sys

        def read():
            sys.monitoring.use_tool_id(sys.monitoring.DEBUGGER_ID, "mine")
            return {"tool": sys.monitoring.get_tool(sys.monitoring.DEBUGGER_ID)}
        """)
    assert plugin.read() == {"tool": "mine"}


def test_what_a_plugin_tells_that_nobody_traces_is_not_heard(sandbox: Sandbox) -> None:
    plugin = sandbox.load("""
        from wit_world.imports import python_wire

        def read():
            return {"skip": python_wire.stack("probe.py\\t1\\tread", False)}
        """)
    assert plugin.read() == {"skip": NEVER}
    assert not_traced("", True) == NEVER
