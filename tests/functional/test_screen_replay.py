"""The screen of a recorded session: it plays, pauses, jumps and searches, and never looks live."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from hostcore.clock import VirtualClock
from hostcore.events import Level, Outcome, State, StateChanged
from hostcore.session_file import writer
from hostcore.session_file.played import PlayedSession
from hostcore.session_file.reading import SessionFile
from tests.screen import Screen
from tests.session_files import at, content_of, log, reading, transfer
from tests.settling import exact_waits
from tests.shared_styles import shared_styles
from tests.terminal_process import TerminalProcess
from tui import played
from tui.help import RECORDED_TITLE, help_lines
from tui.look import COLOURLESS
from tui.played import PlayedApp
from tui.terminal import Terminal

STARTED = StateChanged(at(-5), "light", State.LOADING, State.RUNNING, "loaded")
HAPPENED = [
    *(reading(each, each) for each in range(0, 100, 2)),
    log(30, "the lamp is on"),
    transfer(50, Outcome.NO_ACKNOWLEDGE),
    log(70, "the lamp is off", Level.ERROR),
]


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(writer, "KEYFRAME_ENTRIES", 10)
    monkeypatch.setattr(writer, "KEYFRAME_US", 0)
    path = tmp_path / "night.session"
    path.write_bytes(
        content_of(sorted(HAPPENED, key=lambda event: event.time_ns), earlier=[STARTED, reading(-2, 7)], seconds=100)
    )
    return path


class PlayedScreen(Screen):
    """A screen of a recorded session, on a clock that the test moves."""

    def __init__(self, path: Path) -> None:
        self.clock = VirtualClock()
        self.app: PlayedApp = PlayedApp(PlayedSession(SessionFile(path), self.clock), terminal=Terminal())

    async def pass_by(self, seconds: float) -> None:
        """Let time pass."""
        self.clock.advance(seconds)
        self.app._step()
        await self.pilot.pause()


def drive(path: Path, scenario: Callable[[PlayedScreen], Awaitable[None]], size: tuple[int, int] = (80, 24)) -> None:
    async def run() -> None:
        screen = PlayedScreen(path)
        async with screen.app.run_test(size=size, notifications=True) as screen.pilot:
            with exact_waits(screen.app):
                await screen.pilot.pause()
                await scenario(screen)

    with shared_styles():
        asyncio.run(run())


def test_it_plays_and_says_all_the_time_that_it_is_a_recording(file: Path) -> None:
    async def scenario(screen: PlayedScreen) -> None:
        assert "REPLAY" in screen.lines[0]
        assert screen.line("PLAYING", "0:00 of 1:40", "x1", "recorded on raspi, 2024-01-01")
        assert "lux" in screen.line("lux", " 0")
        assert screen.lines[-1].split()[-6:] == [":", "Actions", "?", "Help", "q", "Leave"]
        await screen.pass_by(10.5)
        assert screen.line("PLAYING", "0:10 of 1:40")
        assert "10" in screen.line("lux")
        await screen.press("space")
        await screen.pass_by(30)
        assert screen.line("PAUSED", "0:10 of 1:40")
        await screen.press("greater_than_sign", "greater_than_sign", "space")
        await screen.pass_by(5)
        assert screen.line("PLAYING", "0:30 of 1:40", "x4")
        await screen.pass_by(500)
        assert screen.line("AT THE END", "1:40 of 1:40")

    drive(file, scenario)


def test_going_back_shows_what_was_shown_then(file: Path) -> None:
    async def scenario(screen: PlayedScreen) -> None:
        await screen.press("right_parenthesis")
        assert "98" in screen.line("lux")
        await screen.press("3")
        assert "the lamp is off" in screen.text
        await screen.press("left_curly_bracket")
        assert screen.line("0:40 of 1:40")
        assert "the lamp is off" not in screen.text
        assert "the lamp is on" in screen.text
        await screen.press("1")
        assert "40" in screen.line("lux")
        await screen.press("comma", "comma", "full_stop")
        assert "30" in screen.line("lux")
        await screen.press("left_parenthesis")
        assert screen.line("0:00 of 1:40")

    drive(file, scenario)


def test_a_filter_stays_after_a_jump(file: Path) -> None:
    async def scenario(screen: PlayedScreen) -> None:
        await screen.press("right_parenthesis", "3", "slash")
        await screen.type("off")
        await screen.press("enter", "comma")
        assert "the lamp is on" not in screen.text
        assert "the lamp is off" in screen.text

    drive(file, scenario)


def test_errors_and_texts_are_found(file: Path) -> None:
    async def scenario(screen: PlayedScreen) -> None:
        await screen.press("E")
        assert screen.line("PAUSED", "0:50 of 1:40")
        assert "fault: light: no device acknowledged" in screen.words
        await screen.press("E")
        assert "Nothing went wrong after this" in screen.words
        await screen.press("left_parenthesis", "ctrl+f")
        await screen.type("lamp is")
        await screen.press("enter")
        await screen.until(lambda: "0:30 of 1:40" in screen.text)
        await screen.until(lambda: len(screen.app._found) == 2)
        await screen.press("n")
        assert screen.line("1:10 of 1:40")
        await screen.press("N")
        assert screen.line("0:30 of 1:40")
        await screen.press("N")
        assert "No place with lamp is before this" in screen.words

    drive(file, scenario)


def test_of_many_places_the_nearest_are_remembered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(played, "SEARCHED", 2)
    file = tmp_path / "night.session"
    file.write_bytes(content_of([log(each, f"lamp {each}") for each in range(10, 71, 10)]))

    async def scenario(screen: PlayedScreen) -> None:
        screen.app._jump(35_000_000)
        await screen.press("ctrl+f")
        await screen.type("lamp")
        await screen.press("enter")
        await screen.until(lambda: "0:40 of" in screen.text)
        await screen.until(lambda: len(screen.app._found) == 4)
        for key, place in (("N", "0:30"), ("N", "0:20"), ("n", "0:30"), ("n", "0:40"), ("n", "0:50")):
            await screen.press(key)
            assert screen.line(f"{place} of")
        await screen.press("n")
        assert "No place with lamp after this; there may be more: Ctrl+F" in screen.words

    drive(file, scenario)


def test_the_help_names_no_key_that_a_recording_has_not() -> None:
    lines = help_lines(COLOURLESS, 78, RECORDED_TITLE)
    everywhere = "\n".join("".join(each.text for each in line) for line in lines).partition("Everywhere")[2]
    own = everywhere.partition("1 Readings")[0]
    assert "zoom: this pane" in own
    assert "freeze" not in own
    assert "record all that the host says" not in own


def test_nothing_can_be_changed(file: Path) -> None:
    async def scenario(screen: PlayedScreen) -> None:
        await screen.press("space", "2")
        for key in ("r", "x", "e", "a", "ctrl+r"):
            await screen.press(key)
        assert "This is a recording" in screen.words
        await screen.press("y")
        assert "no host that a command would reach" in screen.words
        await screen.press("5")
        assert "not scanned" in screen.text
        assert "press s" not in screen.text

    drive(file, scenario)


def test_a_graph_over_the_panes_says_that_it_is_a_recording(file: Path) -> None:
    async def scenario(screen: PlayedScreen) -> None:
        await screen.press("right_parenthesis", "down", "enter")
        await screen.until(lambda: "a recording has no stored history" in screen.words)
        assert "REPLAY" in screen.lines[-1]
        await screen.press("comma")
        assert "REPLAY" in screen.lines[0], "the sheet belonged to another place"

    drive(file, scenario)


def test_the_shown_lines_can_be_saved(file: Path, tmp_path: Path) -> None:
    async def scenario(screen: PlayedScreen) -> None:
        await screen.press("right_parenthesis", "3", "w")
        await screen.paste(str(tmp_path / "log.txt"))
        await screen.press("enter")

    drive(file, scenario)
    assert "the lamp is off" in (tmp_path / "log.txt").read_text()


def test_space_in_a_field_is_text(file: Path) -> None:
    async def scenario(screen: PlayedScreen) -> None:
        await screen.press("3", "slash")
        await screen.type("lamp is")
        assert screen.line("PLAYING")
        assert "lamp is" in screen.lines[-2]

    drive(file, scenario)


def test_a_terminal_shows_it_and_a_pipe_gets_what_is_in_it(file: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tui", "replay", str(file)]
    with TerminalProcess(command, folder=tmp_path) as process:
        process.read_until(b"REPLAY", b"PLAYING", b"raspi")
        process.type(b"q")
        assert process.end() == 0
    told = subprocess.run(command, check=True, capture_output=True, text=True, cwd=tmp_path).stdout
    assert "a session of raspi, recorded 2024-01-01" in told
    assert "fault    light: no device acknowledged" in told
    lines = subprocess.run([*command, "--json"], check=True, capture_output=True, text=True, cwd=tmp_path).stdout
    first, *events = map(json.loads, lines.splitlines())
    assert (first["session"]["seconds"], first["session"]["problem"]) == (100.0, "")
    assert [each["with"]["text"] for each in events if each["event"] == "LogWritten"] == [
        "the lamp is on", "the lamp is off"
    ]  # fmt: skip
