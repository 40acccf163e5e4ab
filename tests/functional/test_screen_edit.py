"""``e`` on a plugin: its file in the person's editor, at the line of its trouble."""

from __future__ import annotations

import os
import re
import signal
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from hostcore.events import (
    HOST,
    Confidence,
    Counters,
    CrashReport,
    Evidence,
    Finding,
    FindingRaised,
    Level,
    LogWritten,
    Message,
    Outcome,
    PluginCrashed,
    PluginReloaded,
    ReadingPublished,
    State,
    StateChanged,
    TransferCompleted,
)
from hostcore.place import BusName
from tests.screen import NOW, Screen, drive
from tests.screen_process import ScreenProcess
from tests.scripted_session import ScriptedSession, plugin_facts
from tests.supervised import toml
from tests.tmux import ENDED, IS_INSTALLED, Tmux
from tui.terminal_app import HUNG_UP

VERSION = "0123456789ab"
BROKEN = "def read():\n    table = {}\n    return {'gain': table['gain']}\n"
SCRIPT = """#!/bin/sh
echo "editing $1 of $(basename "$2")"
sed -i 's/table = {}/table = {"gain": 7}/' "$2"
read -r _
"""


def session(path: Path) -> ScriptedSession:
    return ScriptedSession(known=[replace(plugin_facts("light"), path=path), plugin_facts("other")])


def crash(line: int, at_ns: int = NOW) -> PluginCrashed:
    report = CrashReport(
        at_ns,
        "light",
        "light.py",
        VERSION,
        "exception",
        "KeyError",
        "",
        "",
        "read",
        "",
        (),
        (),
        Counters(),
        "1.0",
        line,
    )
    return PluginCrashed(at_ns, "light", report, "light-1.json")


def finding(*lines: int, plugin: str = "light") -> FindingRaised:
    evidence = tuple(Evidence("seen", NOW + line, plugin, line) for line in lines)
    return FindingRaised(NOW, Finding("wrong-address", "It is wrong.", "", Confidence.LIKELY, evidence, plugin), NOW)


def edited(screen: Screen, monkeypatch: pytest.MonkeyPatch) -> list[tuple[Path, int]]:
    """What the screen opens in an editor from now on."""
    opened: list[tuple[Path, int]] = []
    monkeypatch.setattr(screen.app, "edit", lambda file, line=0: opened.append((file, line)))
    return opened


def test_e_begins_at_the_line_of_the_crash_that_is_described(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "light.py"

    async def scenario(screen: Screen) -> None:
        opened = edited(screen, monkeypatch)
        await screen.publish(crash(3), crash(9, NOW + 1))
        await screen.press("2", "e", "enter", "e", "left", "e")
        assert opened == [(file, 9), (file, 9), (file, 3)]

    drive(scenario, session(file))


def test_a_crash_of_an_earlier_version_has_no_line_in_this_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario(screen: Screen) -> None:
        opened = edited(screen, monkeypatch)
        await screen.publish(crash(9), PluginReloaded(NOW + 1, "light", "ba9876543210"), finding(4, 5))
        await screen.press("2", "e")
        assert opened == [(tmp_path / "light.py", 5)], "the newest observation of a finding has one"

    drive(scenario, session(tmp_path / "light.py"))


def test_e_begins_at_the_line_for_which_the_file_cannot_be_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "light.py"

    async def scenario(screen: Screen) -> None:
        opened = edited(screen, monkeypatch)
        problem = "light.py line 7: invalid syntax"
        await screen.publish(
            crash(3), StateChanged(NOW, "light", State.LOADING, State.QUARANTINED, problem, broken_line=7)
        )
        await screen.press("2", "e")
        await screen.publish(StateChanged(NOW, "light", State.LOADING, State.RUNNING, "loaded", version=VERSION))
        await screen.press("e")
        assert opened == [(file, 7), (file, 3)]

    drive(scenario, session(file))


def test_e_opens_the_driver_of_a_row_in_every_pane(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "light.py"
    sent = TransferCompleted(
        NOW,
        "light",
        BusName("i2c-1"),
        0x23,
        (Message(True, b"\x10\x01"),),
        Outcome.OK,
        "",
        1,
        source_line=6,
        sequence=1,
    )

    async def scenario(screen: Screen) -> None:
        opened = edited(screen, monkeypatch)
        await screen.publish(
            sent, ReadingPublished(NOW + 1, "light", {"lux": 3}), LogWritten(NOW, "light", Level.ERROR, "dark")
        )
        await screen.press("4", "e")
        await screen.press("enter", "e", "escape")
        assert opened == [(file, 6), (file, 6)], "the line that made the transfer"
        opened.clear()
        await screen.publish(crash(9))
        await screen.press("1", "down", "e", "3", "up", "e")
        assert opened == [(file, 9), (file, 9)], "a value and a log line know no line, so it is that of the crash"
        await screen.press("1", "enter", "e")
        assert opened[2:] == [(file, 6)], "the transfers of a reading"

    drive(scenario, session(file))


def test_where_no_driver_is_chosen_e_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario(screen: Screen) -> None:
        opened = edited(screen, monkeypatch)
        await screen.publish(LogWritten(NOW, HOST, Level.INFO, "ready", by_host=True))
        await screen.press("3", "e")
        await screen.until(lambda: "This row is about no driver" in screen.text)
        assert not opened

    drive(scenario, session(tmp_path / "light.py"))


def test_without_trouble_the_editor_begins_where_it_likes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario(screen: Screen) -> None:
        opened = edited(screen, monkeypatch)
        await screen.publish(finding(4, plugin="other"))
        await screen.press("2", "e")
        assert opened == [(tmp_path / "light.py", 0)]

    drive(scenario, session(tmp_path / "light.py"))


def test_a_component_has_no_source_to_edit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario(screen: Screen) -> None:
        opened = edited(screen, monkeypatch)
        await screen.press("2", "e")
        assert not opened and " e Edit" not in screen.text

    drive(scenario, session(tmp_path / "light.wasm"), (118, 40))


def test_the_person_reads_why_no_editor_opens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "light.py"

    async def scenario(screen: Screen) -> None:
        await screen.press("2", "e")
        assert "there is no " in screen.text
        file.touch()
        monkeypatch.setenv("VISUAL", "no-such-editor")
        await screen.press("e")
        await screen.until(lambda: "installed" in screen.text and "VISUAL" in screen.text)
        monkeypatch.setenv("VISUAL", "true")
        await screen.press("e")
        await screen.until(lambda: "take its place" in screen.text)

    drive(scenario, session(file), (118, 40))


@pytest.mark.skipif(not IS_INSTALLED, reason="tmux is not installed")
def test_the_screen_makes_way_for_the_editor_and_the_saved_driver_runs(tmp_path: Path, cache_folder: Path) -> None:
    (tmp_path / "plugins").mkdir()
    (tmp_path / "plugins" / "light.py").write_text(BROKEN, encoding="utf-8")
    editor = tmp_path / "vi"
    editor.write_text(SCRIPT, encoding="utf-8")
    editor.chmod(0o755)
    settings = {"host": {"interval": 0.5, "cache_folder": str(cache_folder)}, "crashes": {"folder": "crashes"}}
    (tmp_path / "host.toml").write_text(toml(settings), encoding="utf-8")
    wasi_host = str(Path(sys.executable).with_name("wasi-host"))
    with Tmux([wasi_host], tmp_path, EDITOR=str(editor)) as terminal:
        terminal.keys("2")
        terminal.until(re.compile("light +(! BACKOFF|X QUARANTINED)"))
        terminal.keys("e")
        terminal.until(re.compile(r"editing\s+\+3\s+of\s+light\.py"))
        assert "[2 Plugins]" not in terminal.text
        terminal.keys("Enter")
        terminal.until(re.compile(r"light +\+ running"))
        terminal.until_framed(1)
        terminal.keys("1")
        terminal.until(re.compile(r"gain +7\b"))
        terminal.keys("q")
        terminal.until(f"{ENDED} 0")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_the_program_can_be_ended_while_the_editor_is_open(tmp_path: Path, number: signal.Signals) -> None:
    editor = tmp_path / "vi"
    editor.write_text("#!/bin/sh\necho 'the editor is open'\nread -r _\n", encoding="utf-8")
    editor.chmod(0o755)
    with ScreenProcess(VISUAL=str(editor)) as process:
        process.read_until(b"Readings", b"Quit")
        process.type(b"2e")
        process.read_until(b"the editor is open")
        os.kill(process.pid, number)
        assert process.end() == (0 if number is signal.SIGTERM else HUNG_UP)
