"""What a plugin finds of an operating system: clocks, chance, output to its log, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from hostcore.clock import NS_PER_S, VirtualClock
from hostcore.errors import PluginCrashedError
from hostcore.events import Level
from hostcore.hostcall import CrashKind
from tests.sandbox import Sandbox

NOON = 1_704_110_400
"""Where a virtual clock starts: 2024-01-01T12:00:00Z in seconds since the Unix epoch."""


def reading(sandbox: Sandbox, source: str, **options: object) -> Any:
    """What a driver reads whose `read` returns the dict that `source` leaves in `found`."""
    body = "".join(f"    {line}\n" for line in source.strip().splitlines())
    return sandbox.load(f"def read():\n    found = {{}}\n{body}    return found\n", **options).read()


def crash(sandbox: Sandbox, source: str) -> PluginCrashedError:
    with pytest.raises(PluginCrashedError) as crashed:
        reading(sandbox, source)
    return crashed.value


# Clocks


def test_the_clocks_are_the_hosts(sandbox: Sandbox) -> None:
    source = """
import time, datetime
found["time"] = time.time()
found["monotonic_ns"] = time.monotonic_ns()
found["today"] = datetime.datetime.now(datetime.UTC).isoformat()
"""
    assert isinstance(sandbox.clock, VirtualClock)
    sandbox.clock.advance(250)
    assert reading(sandbox, source) == {
        "time": NOON + 250,
        "monotonic_ns": 250 * NS_PER_S,
        "today": "2024-01-01T12:04:10+00:00",
    }


@pytest.mark.parametrize("seconds", [1e-9, 0.18, 4.9])
def test_sleeping_takes_exactly_as_long_as_asked_for_on_the_hosts_clock(sandbox: Sandbox, seconds: float) -> None:
    before = sandbox.clock.monotonic_ns()
    reading(sandbox, f"import time\ntime.sleep({seconds})")
    assert sandbox.clock.monotonic_ns() - before == pytest.approx(seconds * NS_PER_S, abs=1)


def test_time_stands_still_while_a_plugin_computes_on_a_virtual_clock(sandbox: Sandbox) -> None:
    source = "import time\nbegan = time.perf_counter()\nsum(range(10000))\nfound['took'] = time.perf_counter() - began"
    assert reading(sandbox, source) == {"took": 0.0}


# Chance


@pytest.mark.parametrize(
    "expression",
    [
        "__import__('os').urandom(16).hex()",
        "__import__('secrets').token_hex()",
        "str(__import__('uuid').uuid4())",
        "__import__('random').SystemRandom().random()",
        "__import__('random').random()",
    ],
)
def test_no_two_instances_draw_the_same(sandbox: Sandbox, expression: str) -> None:
    draws = [reading(sandbox, f"found['drawn'] = [{expression} for _ in range(3)]")["drawn"] for _ in range(2)]
    assert len({*draws[0], *draws[1]}) == 6


def test_randomness_comes_in_any_amount(sandbox: Sandbox) -> None:
    assert reading(sandbox, "import os\nfound['length'] = len(os.urandom(300000))") == {"length": 300_000}


# Standard streams


def test_what_a_plugin_prints_becomes_its_log(sandbox: Sandbox) -> None:
    source = """
import sys
print("to", "stdout")
print("to stderr", file=sys.stderr)
sys.stdout.write("no newline at the end")
"""
    reading(sandbox, source)
    assert sandbox.logged == [
        (Level.INFO, "to stdout"),
        (Level.WARNING, "to stderr"),
        (Level.INFO, "no newline at the end"),
    ]


def test_what_it_prints_cannot_move_the_cursor(sandbox: Sandbox) -> None:
    reading(sandbox, r"print('\x1b[2J\x07 \u202e \r erased', flush=True)")
    assert sandbox.lines() == [r"\x1b[2J\x07 \u202e ", " erased"]


def test_a_flood_of_output_comes_in_lines_of_bounded_length(sandbox: Sandbox) -> None:
    reading(sandbox, "for _ in range(5): print('x' * 100000)\nprint('the end')")
    assert max(map(len, sandbox.lines())) < 2100
    assert sandbox.lines()[-1] == "the end"


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_a_single_print_of_any_length_loses_nothing(sandbox: Sandbox, stream: str) -> None:
    reading(sandbox, f"import sys\nprint('°' * 200000 + '\\nthe end', file=sys.{stream})")
    assert sandbox.lines() == ["°" * 2000 + " [198000 characters more]", "the end"]


def test_bytes_can_be_printed_too(sandbox: Sandbox) -> None:
    reading(sandbox, "import sys\nfound['taken'] = sys.stdout.buffer.write(b'raw' * 100000 + b'\\n')")
    assert sandbox.lines() == ["raw" * 666 + "ra [298000 characters more]"]


def test_warnings_and_records_of_the_logging_module_reach_the_log_with_their_levels(sandbox: Sandbox) -> None:
    reading(sandbox, "import logging\nfor level in (10, 20, 30, 40): logging.getLogger('a').log(level, 'at %d', level)")
    assert sandbox.logged == [
        (Level.DEBUG, "at 10"),
        (Level.INFO, "at 20"),
        (Level.WARNING, "at 30"),
        (Level.ERROR, "at 40"),
    ]


def test_standard_input_is_at_its_end(sandbox: Sandbox) -> None:
    source = "import sys\nfound['read'] = sys.stdin.read()\ntry: input()\nexcept EOFError: found['input'] = 'ended'"
    assert reading(sandbox, source) == {"read": "", "input": "ended"}


# The process


@pytest.mark.parametrize("source", ["import sys; sys.exit(3)", "raise SystemExit(3)", "exit(3)"])
def test_an_exit_ends_the_plugin_only(sandbox: Sandbox, source: str) -> None:
    found = crash(sandbox, source)
    assert (found.kind, found.problem) == (CrashKind.EXIT, "SystemExit: 3")


def test_an_exit_without_python_ends_the_plugin_only(sandbox: Sandbox) -> None:
    found = crash(sandbox, "import os; os._exit(3)")
    assert found.kind == CrashKind.EXIT
    assert found.problem.startswith("asked to end the process with status ")


def test_an_abort_ends_the_plugin_only(sandbox: Sandbox) -> None:
    assert crash(sandbox, "import os; os.abort()").kind == CrashKind.TRAP


def test_there_are_no_variables_and_no_arguments(sandbox: Sandbox) -> None:
    source = "import os, sys\nfound['environ'] = dict(os.environ)\nfound['argv'] = sys.argv[1:]"
    assert reading(sandbox, source) == {"environ": {}, "argv": []}


# What there is not


@pytest.mark.parametrize(
    "source",
    [
        "open('/etc/passwd')",
        "open('secrets.txt', 'w')",
        "import os; os.listdir('/')",
        "import os; os.stat('/')",
        "import os; os.mkdir('folder')",
        "import pathlib; pathlib.Path('/proc/self/environ').read_text()",
        "import tempfile; tempfile.TemporaryFile()",
    ],
)
def test_there_are_no_files(sandbox: Sandbox, source: str) -> None:
    sandbox.load(f"def read():\n    try:\n        {source}\n    except (OSError, ImportError): return {{}}").read()


@pytest.mark.parametrize("module", ["ctypes.util", "mmap", "multiprocessing", "ssl", "urllib.request"])
def test_modules_that_need_more_cannot_be_imported(sandbox: Sandbox, module: str) -> None:
    found = crash(sandbox, f"import {module}")
    assert found.problem.startswith("ModuleNotFoundError: ")
    assert f"probe.py line 3 imports {module}" in found.problem or f"'{module}': probe.py line 3" in found.problem


@pytest.mark.parametrize(
    "source",
    [
        "import _socket; _socket.socket(2, 1).connect(('127.0.0.1', 80))",
        "import _socket; _socket.socket(2, 2).sendto(b'x', ('127.0.0.1', 53))",
        "import _socket; _socket.getaddrinfo('localhost', 80)",
        "import _thread; _thread.start_new_thread(print, ())",
        "import os; os.system('true')",
        "import os; os.fork()",
    ],
)
def test_there_is_no_network_no_thread_and_no_other_process(sandbox: Sandbox, source: str) -> None:
    found = crash(sandbox, source)
    assert any(words in found.problem for words in ("Error: ", "which no plugin may call")), found.problem
