"""Repeats of a call that do not show where it died, and calls that are not repeated."""

from __future__ import annotations

import threading

import pytest

from hostcore.errors import PluginCrashedError
from hostcore.hostcall import CrashKind
from hostcore.runtime.contract import NEVER, not_traced
from hostcore.runtime.prepared import Prepared
from hostcore.runtime.tracing import TracedPlace
from tests.sandbox import Sandbox
from tests.traces import DEADLINE, UNHEARD, Traces
from tests.waiting import soon

pytest_plugins = ["tests.traces_fixture"]

LONG = 60.0
"""The limit of a traced call that ends by itself."""


def test_a_repeat_that_ends_by_itself_says_so(traces: Traces) -> None:
    source = """
        calls = 0

        def read():
            global calls
            calls += 1
            while calls == 3: pass
            return {}
        """
    traced = traces.trace(source, seconds=LONG)
    assert traced == TracedPlace("", "The call was repeated to find the line of the crash, but it ended by itself")


def test_a_repeat_that_reports_an_error_says_so(traces: Traces) -> None:
    traced = traces.trace("import host\n\ndef read():\n    raise host.SensorError('no answer')\n", seconds=LONG)
    assert traced is not None
    assert traced.place == ""
    assert traced.traceback.endswith("it ended by itself with an error: no answer")


def test_a_repeat_that_dies_in_another_way_says_so(traces: Traces) -> None:
    traced = traces.trace("def read():\n    raise KeyError('gain')\n", seconds=LONG)
    assert traced is not None
    assert traced.place == ""
    assert traced.traceback.endswith("it crashed in another way: KeyError: 'gain' in probe.py line 2")


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
def test_a_crash_that_tells_its_place_or_is_nobodys_doing_is_not_repeated(
    traces: Traces, crash: PluginCrashedError
) -> None:
    assert traces.trace("def read(): 1 / 0\n", crash=crash) is None


def test_a_component_that_is_not_python_source_is_not_traced(traces: Traces) -> None:
    prepared = traces.prepare("def read(): return {}\n")
    component = Prepared(prepared.spec, prepared.linked, None, prepared.compiled)
    assert traces.sandbox.runtime.trace(component, traces.kit(prepared), UNHEARD, DEADLINE, call="read") is None


@pytest.mark.parametrize("body", ["while True: pass", "time.sleep(3600)", "sum(itertools.count())"])
def test_a_stop_ends_the_repeat_at_once(live_traces: Traces, body: str) -> None:
    prepared = live_traces.prepare(f"import time, itertools\n\ndef read():\n    {body}\n", seconds=60)
    kit = live_traces.kit(prepared)
    stopper = threading.Timer(0.1, kit.limit.stop)
    with soon(2.0):
        stopper.start()
        assert live_traces.sandbox.runtime.trace(prepared, kit, UNHEARD, DEADLINE, call="read") is None


def test_a_stop_before_the_repeat_keeps_it_from_beginning(traces: Traces) -> None:
    prepared = traces.prepare("def read():\n    while True: pass\n")
    kit = traces.kit(prepared)
    kit.limit.stop()
    assert traces.sandbox.runtime.trace(prepared, kit, UNHEARD, DEADLINE, call="read") is None
