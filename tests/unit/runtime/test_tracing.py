"""Where a call died that leaves no traceback: told by a repeat of it in a traced instance."""

from __future__ import annotations

import threading
import time
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostcore.access.decisions import Access
from hostcore.buses.call_limit import TimeLimit
from hostcore.buses.share import BusShare
from hostcore.clock import VirtualClock
from hostcore.config.model import Limits
from hostcore.errors import PluginCrashedError
from hostcore.hostcall import CrashKind
from hostcore.log.plugin_log import PluginLog
from hostcore.permissions import parse_permission
from hostcore.plugin.kit import Kit
from hostcore.runtime import tracing
from hostcore.runtime.contract import NEVER, not_traced
from hostcore.runtime.plugin import PluginSpec
from hostcore.runtime.prepared import Prepared
from hostcore.runtime.tracing import SKIP, Observer, TracedPlace
from tests.sandbox import Sandbox

SECONDS = 0.4
"""How long a traced call takes that does not end by itself."""
LONG = 60.0
"""The limit of one that does."""
DEADLINE = PluginCrashedError("probe", "still running", kind=CrashKind.DEADLINE)

UNHEARD = PluginLog(lambda _level, _line: None)
"""The log of an instance that nobody listens to."""


class Traces:
    """Repeats calls of plugins given as source text."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox

    def prepare(self, source: str, seconds: float = SECONDS, memory_mib: int = 64) -> Prepared:
        """The plugin `probe` with this source."""
        path = self.sandbox.folder / "probe.py"
        path.write_text(dedent(source), encoding="utf-8")
        limits = Limits(call_seconds=seconds, memory_mib=memory_mib)
        return self.sandbox.runtime.prepare(PluginSpec("probe", path, limits=limits))

    def kit(self, prepared: Prepared, *permissions: str) -> Kit:
        """What a traced instance of the plugin gets."""
        return Kit(
            access=Access("probe", tuple(map(parse_permission, permissions))),
            share=BusShare(1.0, 0),
            limit=self.sandbox.runtime.limit(prepared.spec),
            publish=self.sandbox.events.append,
        )

    def trace(
        self,
        source: str,
        call: str = "read",
        argument: str = "",
        *,
        crash: PluginCrashedError = DEADLINE,
        permissions: tuple[str, ...] = (),
        **limits: float,
    ) -> TracedPlace | None:
        """What a repeat of `call` shows."""
        prepared = self.prepare(source, **limits)
        return self.sandbox.runtime.trace(
            prepared, self.kit(prepared, *permissions), UNHEARD, crash, call=call, argument=argument
        )

    def place(self, source: str, call: str = "read", **options: object) -> str:
        """Where it died, as told."""
        traced = self.trace(source, call, **options)
        assert traced is not None
        return traced.place

    def line(self, source: str, call: str = "read", **options: object) -> str:
        """Where it died; on a busy machine the host may have to say that it was there or soon after."""
        return self.place(source, call, **options).removesuffix(" or soon after")


@pytest.fixture
def traces(sandbox: Sandbox) -> Traces:
    """On a virtual clock: sleeping takes no time."""
    return Traces(sandbox)


@pytest.fixture
def live_traces(live_sandbox: Sandbox) -> Traces:
    """On the machine's own clock."""
    return Traces(live_sandbox)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the first steps are told one by one."""
    monkeypatch.setattr(tracing, "ALL_STEPS", 0.0001)


def test_an_endless_loop_is_found_in_the_line_it_runs(traces: Traces) -> None:
    place = traces.line("""
        def read():
            count = 0
            while True:
                count += 1
        """)
    assert place in {"probe.py line 4", "probe.py line 5"}


def test_the_stack_shows_who_called_the_endless_loop(traces: Traces) -> None:
    traced = traces.trace("""
        def wait_for(bit):
            while not bit:
                pass

        def read():
            wait_for(0)
        """)
    assert traced is not None
    assert traced.place in {"probe.py line 3", "probe.py line 4"}
    lines = traced.traceback.splitlines()
    assert lines[:3] == [
        "Stack at the end of a repeat of the call, which may differ from the first (most recent call last):",
        '  File "probe.py", line 7, in read',
        "    wait_for(0)",
    ]
    assert lines[3] in {'  File "probe.py", line 3, in wait_for', '  File "probe.py", line 4, in wait_for'}


@pytest.mark.parametrize(
    ("line", "body"),
    [
        (3, "while True: pass"),
        (3, "sum(1 for _ in itertools.count() if not _ % 2)"),
        (3, "[number for number in itertools.count() if number < 0]"),
        (4, "import math\n    while math.pi: math.sin(1)"),
    ],
    ids=["while", "generator", "comprehension", "calls"],
)
def test_a_loop_of_one_line_is_found(traces: Traces, line: int, body: str) -> None:
    assert traces.line(f"import itertools\ndef read():\n    {body}\n") == f"probe.py line {line}"


def test_a_loop_that_catches_everything_is_found(traces: Traces) -> None:
    place = traces.line("""
        def read():
            while True:
                try:
                    raise ValueError
                except BaseException:
                    pass
        """)
    assert place in {f"probe.py line {line}" for line in (4, 5, 6, 7)}


def test_an_endless_loop_in_setup_is_found(traces: Traces) -> None:
    assert traces.line("def setup():\n    while True: pass\n\ndef read(): return {}\n") == "probe.py line 2"


def test_an_endless_loop_at_import_is_found(traces: Traces) -> None:
    source = "def forever():\n    while True: pass\n\nforever()\ndef read(): return {}\n"
    assert traces.line(source, "load") == "probe.py line 2"


def test_an_endless_loop_that_the_argument_leads_to_is_found(traces: Traces) -> None:
    source = """
        def update(readings):
            while readings["light"]["on"]: pass
        """
    assert traces.line(source, "update", argument='{"light": {"on": true}}') == "probe.py line 3"


def test_a_long_sleep_is_found(traces: Traces) -> None:
    assert traces.line("from time import sleep\n\ndef read():\n    sleep(3600)\n") == "probe.py line 4"


@pytest.mark.usefixtures("impatient")
def test_a_long_sleep_after_many_steps_is_found(traces: Traces) -> None:
    source = """
        import time

        def read():
            for _ in range(3_000):
                pass
            time.sleep(3600)
        """
    assert traces.line(source, seconds=LONG) == "probe.py line 7"


def test_a_loop_of_short_sleeps_is_found(live_traces: Traces) -> None:
    source = """
        import time

        def read():
            while True:
                time.sleep(0.02)
        """
    assert live_traces.line(source) == "probe.py line 6"


def test_a_loop_of_transfers_is_found_in_the_plugin_not_in_the_hosts_own_module(traces: Traces) -> None:
    traced = traces.trace(
        """
        from host import i2c

        def read():
            while True:
                i2c.write(0x23, "10")
        """,
        permissions=("i2c:1:0x23",),
    )
    assert traced is not None
    assert traced.place == "probe.py line 6"
    assert traced.line == 6


@pytest.mark.parametrize(
    "call",
    [
        "sum(itertools.count())",
        "re.match('(a+)+$', 'a' * 40 + 'b')",
        "-1 in itertools.count()",
        "max(itertools.count())",
    ],
)
def test_code_of_c_that_does_not_return_is_found_by_the_line_that_called_it(traces: Traces, call: str) -> None:
    source = f"import itertools, re\n\ndef read():\n    return {{'answer': {call}}}\n"
    assert traces.line(source, seconds=0.6) == "probe.py line 4"


@pytest.mark.usefixtures("impatient")
def test_code_of_c_after_too_many_steps_to_tell_is_found_nearby(traces: Traces) -> None:
    source = """
        import itertools

        def read():
            for _ in range(3_000):
                pass
            sum(itertools.count())
        """
    assert traces.place(source, seconds=1.0) in {"probe.py line 5 or soon after", "probe.py line 6 or soon after"}


def test_an_end_of_the_process_is_found(traces: Traces) -> None:
    exited = PluginCrashedError("probe", "asked to end the process", kind=CrashKind.EXIT)
    assert traces.line("import os\n\ndef read():\n    os._exit(3)\n", crash=exited) == "probe.py line 4"


@pytest.mark.usefixtures("impatient")
def test_memory_that_leaves_none_for_a_traceback_is_found(traces: Traces) -> None:
    source = """
        def read():
            kept = {}
            while True:
                kept[len(kept)] = [len(kept)]
        """
    exhausted = PluginCrashedError("probe", "asked for more memory", kind=CrashKind.MEMORY, traceback="MemoryError")
    found = traces.line(source, crash=exhausted, seconds=LONG, memory_mib=32)
    assert found.startswith(("probe.py line 4", "probe.py line 5")), "a busy machine is not told every step"


def test_a_stack_that_code_of_c_exhausts_is_found(traces: Traces) -> None:
    source = """
        def read():
            nested = []
            for _ in range(20_000): nested = [nested]
            repr(nested)
        """
    exhausted = PluginCrashedError("probe", "its call stack is exhausted", kind=CrashKind.STACK)
    assert traces.line(source, crash=exhausted, seconds=LONG) == "probe.py line 5"


def test_a_reading_that_takes_for_ever_to_write_down_is_found_where_it_was_returned(traces: Traces) -> None:
    source = """
        def read():
            return {"numbers": [0.1] * 4_000_000}
        """
    assert traces.place(source, seconds=1.0) == "probe.py line 3 or soon after"


def test_a_crash_and_its_repeat_agree(traces: Traces) -> None:
    prepared = traces.prepare("def read():\n    while True: pass\n")
    plugin = traces.sandbox.runtime.start(prepared, traces.kit(prepared), UNHEARD)
    with pytest.raises(PluginCrashedError) as crash:
        plugin.read()
    plugin.close()
    traced = traces.sandbox.runtime.trace(prepared, traces.kit(prepared), UNHEARD, crash.value, call="read")
    assert traced is not None
    assert traced.place == "probe.py line 2"


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


def test_a_plugin_that_switches_tracing_off_keeps_its_last_place(traces: Traces) -> None:
    source = """
        import sys

        def read():
            sys.monitoring.set_events(sys.monitoring.DEBUGGER_ID, 0)
            while True:
                pass
        """
    assert traces.line(source) == "probe.py line 5"


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
    began = time.monotonic()
    stopper.start()
    assert live_traces.sandbox.runtime.trace(prepared, kit, UNHEARD, DEADLINE, call="read") is None
    assert time.monotonic() - began < 2


def test_a_stop_before_the_repeat_keeps_it_from_beginning(traces: Traces) -> None:
    prepared = traces.prepare("def read():\n    while True: pass\n")
    kit = traces.kit(prepared)
    kit.limit.stop()
    assert traces.sandbox.runtime.trace(prepared, kit, UNHEARD, DEADLINE, call="read") is None


class TestObserver:
    """The host's side, without an instance."""

    def test_every_step_is_told_until_that_took_its_part_of_the_time(self) -> None:
        generous, strict = Observer("x.py", "", 1000.0), Observer("x.py", "", 0.0)
        assert generous.stack("x.py\t1\tread", False) == 0
        assert strict.stack("x.py\t1\tread", False) == SKIP

    @given(st.text(), st.booleans())
    def test_whatever_is_told_as_a_stack_is_taken(self, frames: str, waits: bool) -> None:
        observer = Observer("x.py", "a\nb", 1.0)
        observer.stack(frames, waits)
        traced = observer.watch(_Dying(), DEADLINE, "load", "")
        assert traced is not None

    @given(st.lists(st.integers(-5, 5) | st.integers() | st.text(), min_size=1))
    def test_a_line_that_the_source_does_not_have_is_shown_without_it(self, numbers: list[object]) -> None:
        observer = Observer("x.py", "a\nb", 1.0)
        observer.stack("\n".join(f"x.py\t{number}\tread" for number in numbers), True)
        traced = observer.watch(_Dying(), DEADLINE, "load", "")
        assert traced is not None

    def test_a_deep_stack_is_shown_from_its_inner_end(self) -> None:
        observer = Observer("x.py", "dive()", 1.0)
        observer.stack("\n".join(["x.py\t1\tdive"] * 100), False)
        traced = observer.watch(_Dying(), DEADLINE, "load", "")
        assert traced is not None
        assert "[70 frames before these]" in traced.traceback
        assert traced.traceback.count("in dive") == 30


class _Dying:
    """An instance that dies of its limit in every call."""

    def __init__(self) -> None:
        self.limit = TimeLimit(VirtualClock(), 1.0)

    def call(self, _function: str, *_arguments: object) -> None:
        raise DEADLINE
