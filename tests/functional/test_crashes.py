"""What ``wasi-host crashes`` prints: the list of crash reports, and one of them."""

from __future__ import annotations

import io
import json
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from hostcore.cli.crashes import crashes
from hostcore.clock import NS_PER_S
from hostcore.errors import CrashStoreError
from hostcore.events import Counters, Level, LogWritten, Message, Outcome, TransferCompleted
from hostcore.events.event_json import to_json
from hostcore.place import BusName
from hostcore.recording.file import Kind, written
from hostcore.supervisor.crash_store import CrashStore
from tests import crash_reports
from tests.crash_reports import NOON_NS

REPORT = replace(
    crash_reports.REPORT,
    traceback='Stack at the end:\n  File "light.py", line 14, in read\n    while True: pass',
    wasm_trace="error while executing at wasm backtrace:\n    0: 0xe9675f - libpython3.14.so!long_add_method",
    transfers=(
        TransferCompleted(
            NOON_NS - 2_500_000_000,
            "light",
            BusName("i2c-1"),
            0x23,
            (Message(True, b"\xfa"), Message(False, bytes(range(12)))),
            Outcome.OK,
            "",
            1_234_567,
        ),
        TransferCompleted(
            NOON_NS - 1_000_000, "light", BusName("uart-serial0"), None, (), Outcome.DENIED, "not \x1b[31mgranted", 0
        ),
    ),
    lines=(LogWritten(NOON_NS - 500_000, "light", Level.WARNING, "half \x1b[2Jdone"),),
    counters=Counters(calls=1234, crashes=(("deadline", 2), ("memory", 1)), call_p50_ns=1_500_000),
)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A settings file that keeps reports beside it."""
    path = tmp_path / "host.toml"
    path.write_text('[crashes]\nfolder = "reports"\n', encoding="utf-8")
    return path


@pytest.fixture
def store(tmp_path: Path) -> CrashStore:
    """The folder that `config` names."""
    return CrashStore(tmp_path / "reports", kept=100, recorded_bytes=1 << 20)


class TestList:
    def test_the_newest_comes_first(
        self, config: Path, store: CrashStore, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("TZ", "Europe/Berlin")
        monkeypatch.setenv("COLUMNS", "80")
        time.tzset()
        store.save(REPORT)
        newer = replace(REPORT, time_ns=NOON_NS + NS_PER_S, plugin="oled", kind="memory", problem="asked for more")
        store.save_recording(store.save(newer), b"recorded")
        assert crashes(config, None) == 0
        assert capsys.readouterr().out.splitlines() == [
            "   TIME                 PLUGIN  KIND      REC  PROBLEM",
            "1  2024-01-01 13:00:01  oled    memory    yes  asked for more",
            "2  2024-01-01 13:00:00  light   deadline  no   still running after 2 s in",
            "                                               light.py line 14",
            "REC: whether there is a recording, which wasi-host replay crash N needs.",
        ]

    def test_crashes_of_a_plugin_with_the_same_problem_share_a_line(
        self, config: Path, store: CrashStore, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("TZ", "UTC")
        monkeypatch.setenv("COLUMNS", "100")
        time.tzset()
        for second in range(12):
            store.save(replace(REPORT, time_ns=NOON_NS + second * NS_PER_S))
        store.save(replace(REPORT, time_ns=NOON_NS + 5 * NS_PER_S, plugin="oled"))
        assert crashes(config, None) == 0
        assert capsys.readouterr().out.splitlines() == [
            "   TIME                 PLUGIN  KIND      REC  PROBLEM",
            "1  2024-01-01 12:00:11  light   deadline  no   still running after 2 s in light.py line 14",
            "                                               12 times since 2024-01-01 12:00:00",
            "7  2024-01-01 12:00:05  oled    deadline  no   still running after 2 s in light.py line 14",
            "wasi-host crashes N shows the newest crash of a line; --all lists each.",
            "REC: whether there is a recording, which wasi-host replay crash N needs.",
        ]
        assert crashes(config, None, lists_each=True) == 0
        assert len(capsys.readouterr().out.splitlines()) == 1 + 13 + 1

    def test_it_fits_its_columns_and_is_safe_whatever_the_files_say(
        self, config: Path, store: CrashStore, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("COLUMNS", "80")
        for text in ("\x1b[2J" * 500, "漢字" * 500, "e\u0301" * 500, "word " * 500, "\u202e" * 10, "\n\r\t", ""):
            store.save(replace(REPORT, plugin=text, kind=text, problem=text))
        assert crashes(config, None) == 0
        lines = capsys.readouterr().out.split("\n")
        assert all(line.isprintable() for line in lines)
        assert max(len(line) for line in lines if line.isascii()) <= 80
        assert all(len(line) + line.count("漢") + line.count("字") <= 80 for line in lines if "漢" in line)

    def test_an_empty_folder_is_said_to_be_empty(self, config: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert crashes(config, None) == 0
        assert capsys.readouterr().out == f"no crash reports in {config.parent / 'reports'}\n"

    def test_as_json_it_is_an_array_for_programs(
        self, config: Path, store: CrashStore, capsys: pytest.CaptureFixture[str]
    ) -> None:
        path = store.save(REPORT)
        recording = store.save_recording(path, b"recorded")
        assert crashes(config, None, as_json=True) == 0
        assert json.loads(capsys.readouterr().out) == [
            {
                "number": 1,
                "time_ns": NOON_NS,
                "plugin": "light",
                "kind": "deadline",
                "problem": "still running after 2 s in light.py line 14",
                "file": str(path),
                "recording": str(recording),
            }
        ]

    def test_a_folder_that_cannot_be_read_is_an_error(self, config: Path, store: CrashStore) -> None:
        store.folder.write_text("a file", encoding="utf-8")
        with pytest.raises(CrashStoreError, match="cannot be read"):
            crashes(config, None)


class TestOneReport:
    def test_it_reads_from_the_headline_to_the_machines_own_words(
        self, config: Path, store: CrashStore, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("TZ", "UTC")
        time.tzset()
        path = store.save(REPORT)
        assert crashes(config, 1) == 0
        assert capsys.readouterr().out == SHOWN.format(path=path)

    def test_it_is_safe_whatever_the_plugin_did(
        self, config: Path, store: CrashStore, capsys: pytest.CaptureFixture[str]
    ) -> None:
        vile = "\x1b]0;owned\x07\x9b2J\u202e\x00\x7f"
        store.save(
            replace(
                REPORT,
                **dict.fromkeys(("plugin", "path", "version", "kind", "problem", "call", "argument"), vile),
                traceback=f"{vile}\n{vile}",
                wasm_trace=f"{vile}\n{vile}",
                transfers=tuple(replace(each, detail=vile) for each in REPORT.transfers),
                lines=(LogWritten(0, vile, Level.INFO, vile),),
                counters=Counters(crashes=((vile, 1),)),
                host_version=vile,
            )
        )
        assert crashes(config, 1) == 0
        assert all(line.isprintable() for line in capsys.readouterr().out.split("\n"))
        assert crashes(config, 1, as_json=True) == 0
        assert all(line.isprintable() for line in capsys.readouterr().out.split("\n"))

    def test_a_report_with_a_bus_that_cannot_exist_is_refused(self, config: Path, store: CrashStore) -> None:
        path = store.save(REPORT)
        path.write_text(path.read_text().replace('"i2c-1"', '"\\u001b]0;owned"'))
        with pytest.raises(CrashStoreError, match="not a bus's name"):
            store.load(path)

    def test_as_json_it_is_all_there(self, config: Path, store: CrashStore, capsys: pytest.CaptureFixture[str]) -> None:
        path = store.save(REPORT)
        assert crashes(config, 1, as_json=True) == 0
        assert json.loads(capsys.readouterr().out) == json.loads(path.read_bytes())

    def test_a_terminal_that_knows_no_unicode_gets_escapes(
        self, config: Path, store: CrashStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        store.save(replace(REPORT, problem="zu heiß"))
        terminal = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
        monkeypatch.setattr(sys, "stdout", terminal)
        assert crashes(config, 1) == 0
        terminal.flush()
        assert rb"zu hei\xdf" in terminal.buffer.getvalue()

    @pytest.mark.parametrize("number", [0, 3])
    def test_a_number_out_of_range_is_an_error_that_names_the_range(
        self, config: Path, store: CrashStore, number: int
    ) -> None:
        store.save(REPORT)
        store.save(REPORT)
        with pytest.raises(CrashStoreError, match=f"no crash report {number}; there are 1 to 2, 1 is the newest"):
            crashes(config, number)

    def test_transfers_show_the_plugin_s_line_where_one_is_known(
        self, config: Path, store: CrashStore, capsys: pytest.CaptureFixture[str]
    ) -> None:
        first, last = REPORT.transfers
        store.save(replace(REPORT, transfers=(replace(first, source_line=14), last)))
        crashes(config, 1)
        shown = capsys.readouterr().out
        assert "OUTCOME  TOOK   LINE\n" in shown
        assert "ok       1.235  14\n" in shown
        assert "denied   0.000\n" in shown

    def test_a_number_where_there_are_none_is_an_error(self, config: Path) -> None:
        with pytest.raises(CrashStoreError, match=r"no crash report 1; there are none in .*reports"):
            crashes(config, 1)

    def test_a_damaged_report_is_an_error_that_names_the_file(self, config: Path, store: CrashStore) -> None:
        path = store.save(REPORT)
        content = json.loads(path.read_bytes())
        content["transfers"] = "none"
        path.write_text(json.dumps(content), encoding="utf-8")
        with pytest.raises(CrashStoreError, match=f"{path} is no crash report, or a damaged one: transfers is 'none'"):
            crashes(config, 1)


SHOWN = """\
Crash 1 of 1: light, deadline
still running after 2 s in light.py line 14

Time    2024-01-01 12:00:00.000 +0000
Plugin  plugins/light.py, version 3fa9c01d2e4b
Host    wasi-host 0.1.0
Call    update({{"lux": 3}})
Report  {path}
Replay  not possible: there is no recording

Traceback:
  Stack at the end:
    File "light.py", line 14, in read
      while True: pass

Last transfers, in ms before the end:
             BUS           ADDRESS  OUT  IN                  OUTCOME  TOOK
  -2500.000  i2c-1         0x23     fa   0001020304050607+4  ok       1.235
     -1.000  uart-serial0                                    denied   0.000
      not \\x1b[31mgranted

Last log lines, in ms before the end:
  -0.500   warning  half \\x1b[2Jdone

Counters:
  calls            1,234
  errors           0
  crashes          deadline 2, memory 1
  restarts         0
  reloads          0
  recycles         0
  denied           0
  call p50         1.500 ms
  call p99         0.000 ms
  call max         0.000 ms
  memory bytes     0
  host bytes       0
  transfers        0
  bus time         0.000 ms
  bytes read       0
  bytes written    0
  lines dropped    0
  throttled        0.000 ms
  errors in a row  0

WebAssembly:
  error while executing at wasm backtrace:
      0: 0xe9675f - libpython3.14.so!long_add_method
"""


def test_a_report_from_another_computer_is_in_the_recording_of_its_crash(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    content = json.dumps(to_json(REPORT)).encode()
    report, recording, other = (tmp_path / name for name in ("a.json", "a.recording", "b.recording"))
    report.write_bytes(content)
    recording.write_bytes(written([(Kind.REPORT, content)]))
    other.write_bytes(written([]))
    assert crashes(config, recording) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("Crash of light, deadline\nstill running after 2 s in light.py line 14\n")
    assert f"wasi-host replay {recording}; line by line" in shown
    assert crashes(config, report) == 0
    assert "with the file of its recording" in capsys.readouterr().out
    for file, problem in (
        (other, "is a recording without a crash"),
        (config, "is no crash report"),
        (tmp_path, "folder|directory"),
    ):
        with pytest.raises(CrashStoreError, match=problem):
            crashes(config, file)
