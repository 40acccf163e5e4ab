"""What a plugin did last, and what its report says in plain words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostcore import __version__
from hostcore.backends.base import Edge
from hostcore.errors import PluginCrashedError
from hostcore.events import (
    Counters,
    CrashReport,
    Level,
    LogWritten,
    Message,
    Outcome,
    ReadingFailed,
    TransferCompleted,
)
from hostcore.hostcall import CrashKind
from hostcore.runtime.tracing import TracedPlace
from hostcore.supervisor.flight_recorder import KEPT, MAX_ARGUMENT, MAX_DATA, MAX_EDGES, MAX_TEXT, FlightRecorder

KEY_ERROR = """Traceback (most recent call last):
  File "light.py", line 12, in read
    return {"lux": scaled(raw)}
                   ~~~~~~^^^^^
  File "light.py", line 9, in scaled
    return raw * SETTINGS["gain"]
                 ~~~~~~~~^^^^^^^^
KeyError: 'gain'
"""
CHAINED = """Traceback (most recent call last):
  File "light.py", line 3, in read
    {}["gain"]
KeyError: 'gain'

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "light.py", line 5, in read
    json.loads("")
  File "/python/json/__init__.py", line 352, in loads
    return _default_decoder.decode(s)
ValueError: nothing there
"""


def transfer(number: int = 0, *data: bytes, **values: object) -> TransferCompleted:
    """A write for each of `data`."""
    fields: dict[str, object] = {
        "time_ns": number,
        "plugin": "light",
        "bus": "i2c-1",
        "address": 0x23,
        "messages": tuple(Message(True, each) for each in data),
        "outcome": Outcome.OK,
        "detail": "",
        "duration_ns": 1000,
    }
    return TransferCompleted(**{**fields, **values})


def line(number: int) -> LogWritten:
    """A log line."""
    return LogWritten(number, "light", Level.INFO, f"line {number}")


def report(
    recorder: FlightRecorder | None = None, crash: PluginCrashedError | None = None, traced: TracedPlace | None = None
) -> CrashReport:
    """The report of a crash."""
    return (recorder or FlightRecorder(64)).report(
        crash or PluginCrashedError("light", "still running after 2 s", kind=CrashKind.DEADLINE),
        time_ns=7,
        path="plugins/light.py",
        version="3fa9c01d2e4b",
        counters=Counters(calls=3),
        traced=traced,
    )


def died(kind: CrashKind, problem: str, traceback: str = "") -> PluginCrashedError:
    """A crash."""
    return PluginCrashedError("light", problem, kind=kind, traceback=traceback, wasm_trace="wasm backtrace")


def test_a_report_says_who_died_when_and_of_what() -> None:
    recorder = FlightRecorder(64)
    recorder.call("update", '{"lux": 3}')
    found = report(recorder, died(CrashKind.EXCEPTION, "KeyError: 'gain'", KEY_ERROR))
    assert found == CrashReport(
        time_ns=7,
        plugin="light",
        path="plugins/light.py",
        version="3fa9c01d2e4b",
        kind="exception",
        problem="KeyError: 'gain' in light.py line 9",
        traceback=KEY_ERROR,
        wasm_trace="wasm backtrace",
        call="update",
        argument='{"lux": 3}',
        transfers=(),
        lines=(),
        counters=Counters(calls=3),
        host_version=__version__,
        line=9,
    )


def test_a_plugin_that_was_never_called_died_while_it_loaded() -> None:
    assert (report().call, report().argument) == ("load", "")


@pytest.mark.parametrize(
    ("crash", "problem"),
    [
        (died(CrashKind.EXCEPTION, "ValueError: nothing", CHAINED), "ValueError: nothing in light.py line 5"),
        (died(CrashKind.EXCEPTION, "KeyError: 1", "KeyError: 1"), "KeyError: 1"),
        (died(CrashKind.EXCEPTION, "KeyError: 1", KEY_ERROR.replace("light", "dark")), "KeyError: 1"),
        (died(CrashKind.MEMORY, "asked for more", KEY_ERROR), "asked for more than 64 MiB in light.py line 9"),
        (died(CrashKind.MEMORY, "needs more"), "asked for more than 64 MiB"),
        (died(CrashKind.EXIT, "SystemExit: 3", KEY_ERROR), "SystemExit: 3 in light.py line 9"),
        (died(CrashKind.TRAP, "gave\x1b[2Jup\nhere"), r"gave\x1b[2Jup\nhere"),
    ],
)
def test_the_problem_is_one_line_with_the_place_where_it_is_known(crash: PluginCrashedError, problem: str) -> None:
    assert report(crash=crash).problem == problem


def test_a_number_that_no_file_has_lines_for_is_no_line() -> None:
    endless = KEY_ERROR.replace("line 9", f"line {'9' * 5000}")
    assert report(crash=died(CrashKind.EXCEPTION, "KeyError: 1", endless)).line == 0


def test_a_sealed_plugin_is_still_told_by_the_lines_of_its_source() -> None:
    crash = died(CrashKind.EXCEPTION, "KeyError: 'gain'", KEY_ERROR)
    found = FlightRecorder(64).report(crash, time_ns=7, path="build/light.wasm", version="", counters=Counters())
    assert found.problem == "KeyError: 'gain' in light.py line 9"


def test_the_place_comes_from_the_repeat_where_there_was_one() -> None:
    found = report(traced=TracedPlace("light.py line 14", "Stack at the end", 14))
    assert found.problem == "still running after 2 s, likely in light.py line 14"
    assert found.traceback == "Stack at the end"
    assert found.line == 14


def test_a_repeat_that_showed_no_place_is_told_with_the_traceback() -> None:
    crash = died(CrashKind.MEMORY, "asked for more", "MemoryError")
    found = report(crash=crash, traced=TracedPlace("", "The call was repeated"))
    assert found.problem == "asked for more than 64 MiB"
    assert found.traceback == "MemoryError\nThe call was repeated"


@given(st.integers(0, 3 * KEPT))
def test_the_last_fifty_transfers_and_lines_are_kept_in_order(count: int) -> None:
    recorder = FlightRecorder(64)
    for number in range(count):
        recorder.note(transfer(number))
        recorder.note(line(number))
    found = report(recorder)
    expected = list(range(max(0, count - 50), count))
    assert [each.time_ns for each in found.transfers] == expected
    assert [each.time_ns for each in found.lines] == expected


def test_other_events_push_nothing_out() -> None:
    recorder = FlightRecorder(64)
    recorder.note(transfer(1))
    for _ in range(KEPT):
        recorder.note(ReadingFailed(2, "light", "no answer"))
    assert report(recorder).transfers == (transfer(1),)


def test_a_transfer_of_ordinary_size_is_kept_as_it_is() -> None:
    recorder = FlightRecorder(64)
    ordinary = transfer(1, b"\x10", bytes(MAX_DATA), detail="no answer")
    recorder.note(ordinary)
    assert report(recorder).transfers[0] is ordinary


def test_of_a_large_message_the_beginning_is_kept_and_how_much_there_was_more() -> None:
    recorder = FlightRecorder(64)
    recorder.note(transfer(1, b"\x40" + bytes(1024), b"\x10", detail="no acknowledge", outcome=Outcome.NO_ACKNOWLEDGE))
    (kept,) = report(recorder).transfers
    assert kept.messages == (Message(True, b"\x40" + bytes(255)), Message(True, b"\x10"))
    assert kept.detail == "no acknowledge; 769 bytes more are not kept"


def edges(count: int) -> tuple[Edge, ...]:
    """What a capture recorded."""
    return tuple(Edge(number, number % 2 == 0) for number in range(count))


def test_all_edges_of_a_frame_of_a_dht22_are_kept() -> None:
    recorder = FlightRecorder(64)
    frame = transfer(1, edges=edges(84))
    recorder.note(frame)
    assert report(recorder).transfers[0] is frame


def test_of_a_long_capture_the_first_edges_are_kept_and_how_many_there_were_more() -> None:
    recorder = FlightRecorder(64)
    recorder.note(transfer(1, edges=edges(1024)))
    (kept,) = report(recorder).transfers
    assert kept.edges == edges(1024)[:MAX_EDGES]
    assert kept.detail == f"{1024 - MAX_EDGES} edges more are not kept"


def test_bytes_and_edges_that_are_not_kept_are_both_counted() -> None:
    recorder = FlightRecorder(64)
    recorder.note(transfer(1, bytes(MAX_DATA + 2), edges=edges(MAX_EDGES + 3), detail="late"))
    (kept,) = report(recorder).transfers
    assert kept.detail == "late; 2 bytes more are not kept; 3 edges more are not kept"


@given(
    st.lists(st.binary(max_size=3 * MAX_DATA), max_size=5),
    st.text(max_size=3 * MAX_TEXT),
    st.text(max_size=3 * MAX_TEXT),
)
def test_what_is_kept_of_a_transfer_is_bounded(data: list[bytes], bus: str, detail: str) -> None:
    recorder = FlightRecorder(64)
    recorder.note(transfer(1, *data, bus=bus, detail=detail))
    (kept,) = report(recorder).transfers
    assert [message.data for message in kept.messages] == [each[:MAX_DATA] for each in data]
    assert len(kept.bus) <= MAX_TEXT + 40
    assert len(kept.detail) <= MAX_TEXT + 80


def test_of_a_long_argument_the_beginning_is_reported_but_a_repeat_gets_all_of_it() -> None:
    recorder = FlightRecorder(64)
    argument = "x" * (MAX_ARGUMENT + 5)
    recorder.call("update", argument)
    assert report(recorder).argument == "x" * MAX_ARGUMENT + " [5 characters more]"
    assert (recorder.called, recorder.argument) == ("update", argument)


def test_a_report_does_not_change_with_what_comes_after() -> None:
    recorder = FlightRecorder(64)
    recorder.note(transfer(1))
    found = report(recorder)
    recorder.note(transfer(2))
    recorder.call("render", "{}")
    assert (found.transfers, found.call) == ((transfer(1),), "load")
