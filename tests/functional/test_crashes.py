"""From the death of a plugin in the sandbox to what ``wasi-host crashes`` prints."""

from __future__ import annotations

import io
import json
import re
import sys
import time
from dataclasses import replace
from pathlib import Path
from textwrap import dedent

import pytest

from hostcore.access.decisions import Access
from hostcore.buses.share import BusShare
from hostcore.cli.crashes import crashes
from hostcore.clock import NS_PER_S
from hostcore.config.model import Limits
from hostcore.errors import CrashStoreError, PluginCrashedError
from hostcore.events import Counters, CrashReport, Level, LogWritten, Message, Outcome, TransferCompleted
from hostcore.hostcall import CrashKind
from hostcore.log.plugin_log import PluginLog
from hostcore.permissions import parse_permission
from hostcore.place import BusName
from hostcore.plugin.kit import Kit
from hostcore.runtime.plugin import PluginSpec
from hostcore.runtime.prepared import Prepared
from hostcore.supervisor.crash_store import CrashStore
from hostcore.supervisor.flight_recorder import FlightRecorder
from tests.sandbox import Sandbox

MEMORY_MIB = 40
END_NS = 1_704_110_400 * NS_PER_S
"""2024-01-01T12:00:00Z."""
REPORT = CrashReport(
    time_ns=END_NS,
    plugin="light",
    path="plugins/light.py",
    version="3fa9c01d2e4b",
    kind="deadline",
    problem="still running after 2 s in light.py line 14",
    traceback='Stack at the end:\n  File "light.py", line 14, in read\n    while True: pass',
    wasm_trace="error while executing at wasm backtrace:\n    0: 0xe9675f - libpython3.14.so!long_add_method",
    call="update",
    argument='{"lux": 3}',
    transfers=(
        TransferCompleted(
            END_NS - 2_500_000_000,
            "light",
            BusName("i2c-1"),
            0x23,
            (Message(True, b"\xfa"), Message(False, bytes(range(12)))),
            Outcome.OK,
            "",
            1_234_567,
        ),
        TransferCompleted(
            END_NS - 1_000_000, "light", BusName("uart-serial0"), None, (), Outcome.DENIED, "not \x1b[31mgranted", 0
        ),
    ),
    lines=(LogWritten(END_NS - 500_000, "light", Level.WARNING, "half \x1b[2Jdone"),),
    counters=Counters(calls=1234, crashes=(("deadline", 2), ("memory", 1)), call_p50_ns=1_500_000),
    host_version="0.1.0",
)


class BlackBox:
    """One plugin with a recorder, and the store for its reports."""

    def __init__(self, sandbox: Sandbox, store: CrashStore) -> None:
        self.sandbox, self.store = sandbox, store
        self.recorder = FlightRecorder(MEMORY_MIB)

    def crash(
        self,
        source: str,
        call: str = "read",
        argument: str = "{}",
        *,
        permissions: tuple[str, ...] = (),
        call_seconds: float = 5.0,
    ) -> Path:
        """Run the plugin until it dies; returns its report's file."""
        path = self.sandbox.folder / "probe.py"
        path.write_text(dedent(source).lstrip("\n"), encoding="utf-8")
        granted = tuple(map(parse_permission, permissions))
        spec = PluginSpec("probe", path, granted, limits=Limits(memory_mib=MEMORY_MIB, call_seconds=call_seconds))
        prepared = self.sandbox.runtime.prepare(spec)
        with pytest.raises(PluginCrashedError) as crash:
            self._run(prepared, call, argument)
        traced = self.sandbox.runtime.trace(
            prepared,
            self._kit(prepared),
            self._log(),
            crash.value,
            call=self.recorder.called,
            argument=self.recorder.argument,
        )
        return self.store.save(
            self.recorder.report(
                crash.value,
                time_ns=self.sandbox.clock.wall_ns(),
                path=str(path),
                version=prepared.version(),
                counters=Counters(),
                traced=traced,
            )
        )

    def _run(self, prepared: Prepared, call: str, argument: str) -> None:
        plugin = self.sandbox.runtime.start(prepared, self._kit(prepared), self._log())
        try:
            while True:
                self.recorder.call(call, "" if call == "read" else argument)
                if call == "read":
                    plugin.read()
                else:
                    plugin.update(argument)
        finally:
            plugin.close()

    def _log(self) -> PluginLog:
        def log(level: Level, text: str) -> None:
            self.recorder.note(LogWritten(self.sandbox.clock.wall_ns(), "probe", level, text))

        return PluginLog(log)

    def _kit(self, prepared: Prepared) -> Kit:
        return Kit(
            access=Access("probe", prepared.spec.permissions),
            share=BusShare(1.0, 0),
            limit=self.sandbox.runtime.limit(prepared.spec),
            publish=self.recorder.note,
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
    return CrashStore(tmp_path / "reports", kept=100)


@pytest.fixture
def black_box(sandbox: Sandbox, store: CrashStore) -> BlackBox:
    """On a virtual clock."""
    return BlackBox(sandbox, store)


@pytest.mark.parametrize(
    ("problem", "source"),
    [
        ("KeyError: 'gain' in probe.py line 2", "def read():\n    return {}['gain']\n"),
        ("ZeroDivisionError: division by zero in probe.py line 1", "1 / 0\ndef read(): return {}\n"),
        ("asked for more than 40 MiB in probe.py line 2", "def read():\n    return {'x': 'x' * (100 << 20)}\n"),
        ("asked for more than 40 MiB in probe.py line 2", "kept = []\nwhile 1: kept.append(bytes(9999))\n"),
        ("SystemExit: 3 in probe.py line 2", "def read():\n    import sys; sys.exit(3)\n"),
        (
            "asked to end the process with status 1, likely in probe.py line 3",
            "import os\ndef read():\n    os._exit(3)\n",
        ),
        ("RecursionError: maximum recursion depth exceeded in probe.py line 2", "def read():\n    read()\n"),
        (r"ValueError: first\nsecond in probe.py line 2", "def read():\n    raise ValueError('first\\nsecond')\n"),
        ("ValueError: bad in probe.py line 3", "try: 1 / 0\nexcept Exception as error:\n    raise ValueError('bad')\n"),
        ("ValueError: bad in probe.py line 3", "e = ValueError('bad')\ne.add_note('a note')\nraise e\n"),
        ("SyntaxError: invalid syntax in probe.py line 2", "def read():\n    compile('a b', 'other', 'exec')\n"),
    ],
)
def test_every_death_is_told_in_one_plain_line(black_box: BlackBox, problem: str, source: str) -> None:
    report = black_box.store.load(black_box.crash(source))
    assert report.problem == problem


@pytest.mark.parametrize(
    ("problem", "source"),
    [
        ("still running after 0.3 s, likely in probe.py line 2", "def read():\n    while True: pass\n"),
        ("still running after 0.3 s, likely in probe.py line 1", "while True: pass\ndef read(): return {}\n"),
        ("still asleep after 0.3 s, likely in probe.py line 3", "import time\ndef read():\n    time.sleep(3600)\n"),
    ],
)
def test_every_overrun_is_told_with_its_line(black_box: BlackBox, problem: str, source: str) -> None:
    report = black_box.store.load(black_box.crash(source, call_seconds=0.3))
    assert report.problem == problem


def test_a_death_on_the_third_call_that_does_not_repeat_says_so(black_box: BlackBox) -> None:
    source = """
        calls = []
        def read():
            calls.append(1)
            while len(calls) == 3: pass
            return {}
        """
    report = black_box.store.load(black_box.crash(source, call_seconds=0.3))
    assert report.problem == "still running after 0.3 s"
    assert report.traceback == "The call was repeated to find the line of the crash, but it ended by itself"


def test_a_report_holds_what_led_to_the_death(black_box: BlackBox) -> None:
    source = """
        from host import i2c, log

        def update(readings):
            log.info("begins")
            i2c.write(0x23, "10")
            print("half done")
            return readings["lux"] / 0
        """
    path = black_box.crash(source, "update", '{"lux": 3}', permissions=("i2c:1:0x23",))
    report = black_box.store.load(path)
    assert (report.kind, report.call, report.argument) == (CrashKind.EXCEPTION, "update", '{"lux": 3}')
    assert report.traceback.splitlines()[1:3] == [
        '  File "probe.py", line 7, in update',
        '    return readings["lux"] / 0',
    ]
    assert "wasm backtrace" in report.wasm_trace
    assert [line.text for line in report.lines] == ["begins", "half done"]
    assert [(each.bus, each.address, each.messages) for each in report.transfers] == [
        ("i2c-1", 0x23, (Message(True, b"\x10"),))
    ]
    assert re.fullmatch("[0-9a-f]{12}", report.version)


def test_what_code_of_c_was_doing_is_in_the_machines_own_words(black_box: BlackBox) -> None:
    path = black_box.crash("import itertools\ndef read():\n    sum(itertools.count())\n", call_seconds=0.3)
    report = black_box.store.load(path)
    assert "builtin_sum" in report.wasm_trace


def test_a_plugins_last_words_are_kept_even_if_they_end_without_a_newline(black_box: BlackBox) -> None:
    report = black_box.store.load(
        black_box.crash("def read():\n    print('last words', end='', flush=True)\n    1 / 0\n")
    )
    assert [line.text for line in report.lines] == ["last words"]


class TestList:
    def test_the_newest_comes_first(
        self, config: Path, store: CrashStore, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("TZ", "Europe/Berlin")
        monkeypatch.setenv("COLUMNS", "80")
        time.tzset()
        store.save(REPORT)
        store.save(replace(REPORT, time_ns=END_NS + NS_PER_S, plugin="oled", kind="memory", problem="asked for more"))
        assert crashes(config, None) == 0
        assert capsys.readouterr().out.splitlines() == [
            "   TIME                 PLUGIN  KIND      PROBLEM",
            "1  2024-01-01 13:00:01  oled    memory    asked for more",
            "2  2024-01-01 13:00:00  light   deadline  still running after 2 s in light.py",
            "                                          line 14",
        ]

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
        assert crashes(config, None, as_json=True) == 0
        assert json.loads(capsys.readouterr().out) == [
            {
                "number": 1,
                "time_ns": END_NS,
                "plugin": "light",
                "kind": "deadline",
                "problem": "still running after 2 s in light.py line 14",
                "file": str(path),
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
  calls          1,234
  errors         0
  crashes        deadline 2, memory 1
  restarts       0
  reloads        0
  denied         0
  call p50       1.500 ms
  call p99       0.000 ms
  call max       0.000 ms
  memory bytes   0
  host bytes     0
  transfers      0
  bus time       0.000 ms
  bytes read     0
  bytes written  0
  lines dropped  0
  throttled      0.000 ms

WebAssembly:
  error while executing at wasm backtrace:
      0: 0xe9675f - libpython3.14.so!long_add_method
"""
