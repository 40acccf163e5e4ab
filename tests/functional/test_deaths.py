"""The death of a plugin in the sandbox, as its crash report tells it."""

from __future__ import annotations

import re
import threading
from dataclasses import replace
from pathlib import Path
from textwrap import dedent

import pytest

from hostcore.access.decisions import Access
from hostcore.buses.share import BusShare
from hostcore.config.model import Limits
from hostcore.errors import PluginCrashedError
from hostcore.events import Counters, Level, LogWritten, Message
from hostcore.hostcall import CrashKind
from hostcore.log.plugin_log import PluginLog
from hostcore.permissions import parse_permission
from hostcore.plugin.kit import Kit
from hostcore.replay.locating import place_of_death
from hostcore.runtime.plugin import PluginSpec
from hostcore.runtime.prepared import Prepared
from hostcore.runtime.tracing import is_worth_a_replay
from hostcore.supervisor.crash_store import CrashStore
from hostcore.supervisor.flight_recorder import FlightRecorder
from tests.replaying import Recorded
from tests.sandbox import Sandbox

MEMORY_MIB = 40


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
        recorded = Recorded(self.sandbox)
        with pytest.raises(PluginCrashedError) as crash:
            self._run(prepared, recorded, call, argument)
        traced = None
        if is_worth_a_replay(crash.value, path.name):
            traced = place_of_death(self.sandbox.runtime, recorded.recording, threading.Event())
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

    def _run(self, prepared: Prepared, recorded: Recorded, call: str, argument: str) -> None:
        kit = replace(self._kit(prepared), record=recorded.begin)
        plugin = self.sandbox.runtime.start(prepared, kit, self._log())
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
def black_box(sandbox: Sandbox, tmp_path: Path) -> BlackBox:
    """On a virtual clock."""
    return BlackBox(sandbox, CrashStore(tmp_path / "reports", kept=100))


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


def test_a_death_on_the_third_call_is_found(black_box: BlackBox) -> None:
    source = """
        calls = []
        def read():
            calls.append(1)
            while len(calls) == 3: pass
            return {}
        """
    report = black_box.store.load(black_box.crash(source, call_seconds=0.3))
    assert report.problem == "still running after 0.3 s, likely in probe.py line 4"


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
