"""A person steps through a crash of a driver, forward and back, through its lines, calls and functions."""

from __future__ import annotations

from pathlib import Path

import pytest

from hostcore.libraries.lock import Lock, lock_text
from hostcore.libraries.store import WheelStore
from hostcore.recording.model import Recording
from hostcore.runtime.loader import WHEELS
from hostcore.stepping import tracer as tracing
from hostcore.stepping.subject import Subject
from tests.sandbox import Sandbox
from tests.step_screen import StepScreen, at, drive_steps, subject_of
from tests.stepping import recorded, tracer
from tests.wheels import wheel_content, wheel_file

pytest_plugins = ["tests.step_screen_fixture"]

LIBRARY = "def scaled(x):\n    return inner(x)\ndef inner(x):\n    return 1 / x\n"
ON_A_LIBRARY = """\
# /// script
# dependencies = ["drv"]
# ///
import drv
def read():
    return {"x": drv.scaled(0)}
"""


def test_keys_step_forward_and_capitals_step_back(crash: Subject) -> None:
    async def scenario(screen: StepScreen) -> None:
        assert screen.place == (2, "read", 18)
        await screen.press("s")
        assert screen.place == (2, "counts", 7)
        await screen.press("n")
        assert screen.place == (2, "counts", 8)
        await screen.press("o")
        assert screen.place[1] == "read"
        await screen.press("O", "n")
        await screen.press("r")
        assert screen.place == (3, "read", 18)
        await screen.press("t")
        assert screen.place == (3, "counts", 7)
        await screen.press("T")
        assert screen.place == (2, "counts", 7)
        await screen.press("right")
        assert screen.place == (2, "counts", 8)
        await screen.press("S")
        assert screen.place == (2, "counts", 7)
        await screen.press("R", "R")
        assert screen.place[0] == 1
        await screen.press("R")
        assert "No call before this" in screen.text
        await screen.press("x")
        assert screen.place == (4, "name_of", 16)

    drive_steps(scenario, at(crash, "call:2"))


def test_breakpoints_stop_a_run_in_both_directions(crash: Subject) -> None:
    async def scenario(screen: StepScreen) -> None:
        await screen.press("c")
        assert "There is no breakpoint" in screen.text
        await screen.press("t", "n", "b", "c")
        assert screen.place == (3, "counts", 8)
        assert "●" in screen.line("self.calls += 1")
        await screen.press("C")
        assert screen.place == (2, "counts", 8)
        await screen.press("C")
        assert "No breakpoint before this" in screen.text
        await screen.press("b")
        assert "stops nothing any more" in screen.text

    drive_steps(scenario, at(crash, "call:2"))


def test_enter_runs_to_the_line_under_the_cursor_or_says_that_it_does_not_run(crash: Subject) -> None:
    async def scenario(screen: StepScreen) -> None:
        await screen.press("up", "up", "up", "enter")
        assert screen.place == (2, "name_of", 15)
        await screen.press("slash")
        await screen.type("def __init__")
        await screen.press("enter", "down", "enter")
        assert screen.place == (1, "__init__", 4)
        assert "this is the time before" in screen.text
        await screen.press("slash")
        await screen.type("nowhere")
        await screen.press("enter")
        assert "No line has nowhere" in screen.text

    drive_steps(scenario, at(crash, "call:2"))


def test_the_caller_is_looked_at_without_moving_in_time(crash: Subject) -> None:
    async def scenario(screen: StepScreen) -> None:
        await screen.press("u")
        assert screen.lines[1].strip() == "[read:19] > name_of:16"
        assert screen.line("19", "light")[1] == "^"
        assert "Variables of read (1 up)" in screen.text
        await screen.press("u")
        assert "this is the outermost function" in screen.text
        await screen.press("d")
        assert screen.lines[1].strip() == "read:19 > [name_of:16]"

    drive_steps(scenario, crash)


def test_other_calls_are_traced_when_a_person_goes_there(
    traced_pi: Sandbox, recording: Recording, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tracing, "WINDOW_CALLS", 1)
    windows = tracer(traced_pi, recording)

    async def scenario(screen: StepScreen) -> None:
        await screen.press("T")
        assert screen.place == (4, "counts", 7)
        await screen.press("T")
        assert screen.place == (3, "counts", 7)
        await screen.press("r")
        assert screen.place == (4, "read", 18)
        await screen.press("S")
        assert screen.place == (3, "read", 19)
        await screen.press("backspace", "backspace")
        assert screen.place == (4, "counts", 7)
        await screen.press("1", "n", "b", "C")
        assert screen.place == (3, "counts", 8)
        await screen.press("C", "C")
        assert "No breakpoint before this" in screen.text

    drive_steps(scenario, subject_of(recording, lambda _tell: windows))


def test_an_exception_that_began_in_a_folded_library_is_followed_into_it(
    traced_pi: Sandbox, cache_folder: Path
) -> None:
    files = {"drv/__init__.py": LIBRARY}
    package = WheelStore(cache_folder / WHEELS).add(wheel_file("drv"), wheel_content("drv", files))
    lock = traced_pi.folder / "probe.lock"
    lock.write_text(lock_text(Lock(dependencies=("drv",), packages=(package,))), encoding="utf-8")
    failed = recorded(traced_pi, ON_A_LIBRARY)
    lock.unlink()

    async def scenario(screen: StepScreen) -> None:
        assert screen.place == (2, "read", 6)
        assert "+ raised in __init__.py line 4" in screen.text
        await screen.press("f")
        assert "Opened __init__.py: S steps back into it" in screen.text
        await screen.press("S")
        assert screen.place == (2, "scaled", 2)
        assert "folded" not in screen.text
        await screen.press("S")
        assert screen.place == (2, "inner", 4)
        assert "^ raised ZeroDivisionError" in screen.text

    drive_steps(scenario, subject_of(failed, lambda _tell: tracer(traced_pi, failed)))
