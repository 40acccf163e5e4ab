"""Where a call died that leaves no traceback: told by a replay of it in a traced instance."""

from __future__ import annotations

import pytest

from hostcore.runtime import tracing
from tests.traces import Traces

pytest_plugins = ["tests.traces_fixture"]

LONG = 60.0
"""The limit of a traced call that ends by itself."""


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
        "Stack at the end of a replay of the call (most recent call last):",
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
        pytest.param("-1 in itertools.count()", marks=pytest.mark.thorough),
        pytest.param("max(itertools.count())", marks=pytest.mark.thorough),
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
    assert traces.line("import os\n\ndef read():\n    os._exit(3)\n") == "probe.py line 4"


@pytest.mark.usefixtures("impatient")
def test_memory_that_leaves_none_for_a_traceback_is_found(traces: Traces) -> None:
    source = """
        def read():
            kept = {}
            while True:
                kept[len(kept)] = [len(kept)]
        """
    found = traces.line(source, seconds=LONG, memory_mib=32)
    assert found.startswith(("probe.py line 4", "probe.py line 5")), "a busy machine is not told every step"


def test_a_stack_that_code_of_c_exhausts_is_found(traces: Traces) -> None:
    source = """
        def read():
            nested = []
            for _ in range(20_000): nested = [nested]
            repr(nested)
        """
    assert traces.line(source, seconds=LONG) == "probe.py line 5"


def test_a_reading_that_takes_for_ever_to_write_down_is_found_where_it_was_returned(traces: Traces) -> None:
    source = """
        def read():
            return {"numbers": [0.1] * 4_000_000}
        """
    assert traces.place(source, seconds=1.0) == "probe.py line 3 or soon after"


def test_a_plugin_that_switches_tracing_off_keeps_its_last_place(traces: Traces) -> None:
    source = """
        import sys

        def read():
            for tool in range(6):
                if sys.monitoring.get_tool(tool): sys.monitoring.set_events(tool, 0)
            while True:
                pass
        """
    assert traces.line(source) == "probe.py line 6"
