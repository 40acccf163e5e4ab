"""The entries of the journal: fields that one can search for, which no text of a plugin can forge."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostcore import shipped
from hostcore.clock import VirtualClock
from hostcore.events import (
    HOST,
    Alarm,
    AlarmCleared,
    AlarmRaised,
    Confidence,
    Counters,
    CrashReport,
    Finding,
    FindingCleared,
    FindingRaised,
    Level,
    LogWritten,
    PluginCrashed,
    RoundCompleted,
    State,
    StateChanged,
)
from hostcore.service.journal import LONGEST, Journal, datagram, journal_of
from hostcore.service.journal_entries import ALARM_ID, CRASH_ID, FINDING_ID, STATE_ID, entry_of

FINDING = Finding("wrong-address", "Nothing answers at 0x77.", "Use 0x76.", Confidence.LIKELY, plugin="light")


def fields_of(entry: bytes) -> list[tuple[str, bytes]]:
    """Read an entry as the journal does."""
    found = list[tuple[str, bytes]]()
    while entry:
        line, _, rest = entry.partition(b"\n")
        name, is_text, value = line.partition(b"=")
        if is_text:
            entry = rest
        else:
            size = int.from_bytes(rest[:8], "little")
            value, entry = rest[8 : 8 + size], rest[8 + size + 1 :]
            assert rest[8 + size : 9 + size] == b"\n"
        found.append((name.decode(), value))
    return found


def entry(event: object, known: set[object] | None = None) -> dict[str, str]:
    return dict(entry_of(event, set() if known is None else known))  # type: ignore[arg-type]


def crashed(traceback: str = "", problem: str = "KeyError: 'gain' in light.py line 9") -> PluginCrashed:
    report = CrashReport(
        1, "light", "light.py", "0123456789ab", "exception", problem, traceback, "", "read", "", (), (), Counters(), "1"
    )
    return PluginCrashed(1, "light", report, "/crashes/1")


def test_a_log_line_has_its_plugin_and_severity() -> None:
    assert entry(LogWritten(1, "light", Level.WARNING, "no light")) == {
        "MESSAGE": "light: no light",
        "PRIORITY": "4",
        "SYSLOG_IDENTIFIER": "wasi-host",
        "PLUGIN": "light",
    }
    own = entry(LogWritten(1, HOST, Level.ERROR, "no memory", by_host=True))
    assert (own["MESSAGE"], own["PRIORITY"], "PLUGIN" in own) == ("*host: no memory", "3", False)


def test_a_crash_has_its_kind_its_traceback_and_an_identity() -> None:
    found = entry(crashed("Traceback:\n  \x1b[31mline"))
    assert (
        found["MESSAGE"]
        == "light crashed (exception): KeyError: 'gain' in light.py line 9\nTraceback:\n  \\x1b[31mline"
    )
    assert (found["MESSAGE_ID"], found["CRASH_KIND"], found["PRIORITY"]) == (CRASH_ID, "exception", "3")
    assert (found["PLUGIN"], found["CRASH_REPORT"]) == ("light", "/crashes/1")


def test_a_finding_that_is_raised_again_has_one_entry_until_it_is_cleared() -> None:
    known: set[object] = set()
    first = entry(FindingRaised(1, FINDING, 1), known)
    assert first["MESSAGE"] == "found: Nothing answers at 0x77. Use 0x76."
    assert (first["MESSAGE_ID"], first["FINDING"], first["CONFIDENCE"]) == (FINDING_ID, "wrong-address", "likely")
    assert entry(FindingRaised(2, FINDING, 1), known) == {}
    assert entry(FindingCleared(3, FINDING), known)["MESSAGE"] == "no longer found: Nothing answers at 0x77."
    assert entry(FindingRaised(4, FINDING, 4), known) == first


def test_an_alarm_has_an_entry_when_it_is_raised_and_when_it_is_cleared() -> None:
    alarm = Alarm("too-warm", "air.t is above 30 °C", "Open the window", "air", "t", "°C")
    found = entry(AlarmRaised(1, alarm, 1, 31.0, is_simulated=True))
    assert found["MESSAGE"] == "alarm too-warm: air.t is above 30 °C (31 °C, simulated): Open the window"
    assert (found["MESSAGE_ID"], found["ALARM"], found["PLUGIN"]) == (ALARM_ID, "too-warm", "air")
    assert (found["PRIORITY"], found["SIMULATED"]) == ("3", "1")
    assert entry(AlarmRaised(2, alarm, 1, 32.0)) == {}
    assert entry(AlarmCleared(3, alarm))["MESSAGE"] == "alarm too-warm is over: air.t is above 30 °C"


def test_a_new_state_has_an_entry_and_a_new_cause_of_the_same_has_none() -> None:
    found = entry(StateChanged(1, "light", State.RUNNING, State.QUARANTINED, "crashed too often"))
    assert found["MESSAGE"] == "light is quarantined: crashed too often"
    assert (found["MESSAGE_ID"], found["PLUGIN_STATE"], found["PRIORITY"]) == (STATE_ID, "quarantined", "3")
    assert entry(StateChanged(1, "light", State.BACKOFF, State.BACKOFF, "why")) == {}
    assert entry(RoundCompleted(1, 1, {}, ())) == {}


@given(st.text(), st.text(), st.text())
def test_no_text_can_forge_a_field(line: str, traceback: str, problem: str) -> None:
    for event in (LogWritten(1, "light", Level.INFO, line), crashed(traceback, problem)):
        sent = entry_of(event, set())
        read = fields_of(datagram(sent))
        assert [name for name, _ in read] == [name for name, _ in sent]
        assert all(len(value) <= LONGEST for _, value in read)
        assert dict(read)["PLUGIN"] == b"light"


def test_a_longest_entry_fits_into_one_datagram() -> None:
    assert len(datagram(entry_of(crashed("x\n" * 1_000_000), set()))) < 100_000


def test_what_the_journal_does_not_take_is_counted(tmp_path: Path) -> None:
    address = tmp_path / "journal"
    journal = Journal(VirtualClock(), str(address))
    for _ in range(3):
        journal.write(LogWritten(1, "light", Level.INFO, "lost"))
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(str(address))
        journal.write(LogWritten(1, "light", Level.INFO, "there"))
        told = [dict(fields_of(listener.recv(100_000)))["MESSAGE"].decode() for _ in range(2)]
    assert told == ["*host: entries missing before this one: 3 (the journal did not take them)", "light: there"]


def test_the_journal_is_used_only_if_it_is_at_the_other_end(tmp_path: Path) -> None:
    with (tmp_path / "stderr").open("w") as file:
        found = os.fstat(file.fileno())
        stream = f"{found.st_dev}:{found.st_ino}"
        assert journal_of({"JOURNAL_STREAM": stream}, VirtualClock(), file.fileno()) is not None
        for wrong in ({"JOURNAL_STREAM": f"{found.st_dev}:{found.st_ino + 1}"}, {"JOURNAL_STREAM": ""}, {}):
            assert journal_of(wrong, VirtualClock(), file.fileno()) is None
    with pytest.raises(OSError):
        os.fstat(-1)
    assert journal_of({"JOURNAL_STREAM": stream}, VirtualClock(), -1) is None


def test_the_page_about_the_service_has_each_identity() -> None:
    page = (shipped.folder() / "docs" / "service.md").read_text(encoding="utf-8")
    assert all(each in page for each in (ALARM_ID, CRASH_ID, FINDING_ID, STATE_ID))
