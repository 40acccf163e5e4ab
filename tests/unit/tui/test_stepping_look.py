"""The screen of the steps fits any terminal, changes nothing, and shows what is hostile or forged without harm."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hostcore.errors import HostError
from hostcore.recording.model import Recording
from hostcore.stepping.subject import Subject
from tests.sandbox import Sandbox
from tests.step_screen import StepScreen, drive_steps, subject_of
from tests.stepping import recorded, tracer
from tui.stepping.words import source_lines
from tui.terminal import Terminal

pytest_plugins = ["tests.step_screen_fixture"]

HOSTILE = """\
def read():
    text = "\\x1b[2Jgone\\u202e[red]x[/red]"
    raise ValueError(text)
"""


def test_what_a_plugin_says_never_reaches_the_terminal_as_it_is(traced_pi: Sandbox) -> None:
    hostile = recorded(traced_pi, HOSTILE, calls=1)
    header = replace(hostile.header, plugin="\x1b]0;x\x07evil[bold]")
    forged = tracer(traced_pi, hostile)

    async def scenario(screen: StepScreen) -> None:
        assert not any(ord(each) < 32 or each == "\u202e" for line in screen.lines for each in line)
        assert "[red]" in screen.text

    drive_steps(scenario, subject_of(replace(hostile, header=header), lambda _tell: forged))


@pytest.mark.parametrize("time_ns", [-5, 0, 2**62, 2**70])
def test_a_recording_with_forged_times_is_shown_without_them(
    traced_pi: Sandbox, recording: Recording, time_ns: int
) -> None:
    calls = tuple(replace(call, began_ns=time_ns) for call in recording.calls)
    forged = replace(recording, calls=calls, header=replace(recording.header, began_ns=time_ns))

    async def scenario(screen: StepScreen) -> None:
        await screen.press("T", "R", "r", "3", "i", "escape", "2", "w", "enter")
        assert "REPLAY" in screen.text

    drive_steps(scenario, subject_of(forged, lambda _tell: tracer(traced_pi, forged), "reading:9"), (140, 30))


@pytest.mark.parametrize(
    "size",
    [(80, 24), (20, 6), *(pytest.param(each, marks=pytest.mark.thorough) for each in ((120, 40), (40, 12), (200, 60)))],
)
def test_it_fits_any_terminal(crash: Subject, size: tuple[int, int]) -> None:
    async def scenario(screen: StepScreen) -> None:
        await screen.press("S", "z", "tab", "z", "question_mark")
        assert "capital" in screen.words or size[0] < 60

    drive_steps(scenario, crash, size, Terminal(is_console=size == (80, 24)))


def test_a_part_has_the_whole_screen_until_the_zoom_ends(crash: Subject) -> None:
    async def scenario(screen: StepScreen) -> None:
        await screen.press("z")
        await screen.until(lambda: "Variables" not in screen.text)
        await screen.press("3")
        await screen.until(lambda: "probe.py" not in screen.text)
        assert screen.lines[4].startswith("╔═ 3 transfers since call 1")
        assert screen.lines[22].startswith("╚")
        await screen.press("escape")
        await screen.until(lambda: "Variables" in screen.text and "> 16" in " ".join(screen.text.split()))

    drive_steps(scenario, crash)


def test_nothing_can_be_changed_in_a_replay(crash: Subject) -> None:
    async def scenario(screen: StepScreen) -> None:
        assert not screen.app.may_change()
        with pytest.raises(HostError):
            screen.app.session.recording("probe")

    drive_steps(scenario, crash)


def test_a_line_of_source_is_what_python_counts() -> None:
    assert source_lines("") == []
    assert source_lines("a\r\nb\rc\n\x0cd\u2028e") == ["a", "b", "c", "\x0cd\u2028e"]
