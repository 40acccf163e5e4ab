"""The screen of the steps begins at the crash, or where a person wants it, and says why it cannot."""

from __future__ import annotations

import asyncio
import gc
import threading
from collections.abc import Callable

import pytest

from hostcore.errors import RecordingError
from hostcore.recording.model import Recording
from hostcore.stepping.subject import Subject
from hostcore.stepping.tracer import Tracer
from tests.sandbox import Sandbox
from tests.screen import PATIENCE
from tests.step_screen import StepScreen, at, drive_steps, subject_of
from tests.stepping import tracer

pytest_plugins = ["tests.step_screen_fixture"]


def test_garbage_is_collected_once_the_screen_is_there(crash: Subject) -> None:
    async def scenario(screen: StepScreen) -> None:
        await screen.until(gc.isenabled)

    gc.disable()  # as the start of the program does
    try:
        drive_steps(scenario, crash)
    finally:
        gc.enable()


def test_it_begins_at_the_crash_and_shows_where_it_was_raised(crash: Subject) -> None:
    async def scenario(screen: StepScreen) -> None:
        assert screen.place == (4, "name_of", 16)
        assert "REPLAY" in screen.lines[0]
        assert "call 4 of 4 read" in screen.lines[0]
        assert screen.lines[1].strip() == "read:19 > [name_of:16]"
        assert "line 16 raised IndexError: tuple index out of range" in screen.text
        assert screen.line("16", "return NAMES[place]").startswith("║>")
        assert "^ raised IndexError" in screen.text
        assert "place = -40 -0x28" in screen.text
        assert "counts = 300 0x12c" in screen.text
        await screen.press("o")
        assert "line 19 raised IndexError: tuple index out of range; the call crashed" in screen.text
        assert "crashed: IndexError" not in screen.text, "the exception is told once"

    drive_steps(scenario, crash)


@pytest.mark.parametrize(
    ("place", "line"),
    [("crash", 16), ("end", 19), ("call:2", 18), ("call:99", 18)],
)
def test_a_person_chooses_where_to_begin(crash: Subject, place: str, line: int) -> None:
    async def scenario(screen: StepScreen) -> None:
        assert screen.place[2] == line
        if place == "call:99":
            assert "Call 99 cannot be traced: calls 1 to 4 can" in screen.text

    drive_steps(scenario, at(crash, place))


def test_a_reading_and_a_transfer_are_found_by_their_times(crash: Subject, made: Tracer) -> None:
    trace = made.window()
    assert trace is not None
    second = trace.transfers[1].transfer.time_ns

    async def transfer(screen: StepScreen) -> None:
        assert screen.place == (3, "counts", 7)

    async def reading(screen: StepScreen) -> None:
        assert screen.place == (3, "read", 19)
        assert "line 19 has run: read returns {'counts': 300, 'light': 'dark'}" in screen.text

    drive_steps(transfer, at(crash, f"transfer:{second + 900}"))
    drive_steps(reading, at(crash, f"reading:{second + 5000}"))


def test_keys_that_come_before_the_first_place_move_from_it(recording: Recording, made: Tracer) -> None:
    may_trace = threading.Event()

    def late(_tell: object) -> Tracer:
        assert may_trace.wait(PATIENCE)
        return made

    async def run() -> None:
        screen = StepScreen(subject_of(recording, late))
        async with screen.app.run_test() as screen.pilot:
            await screen.pilot.press("o", "question_mark")
            assert "Help" in screen.text
            await screen.pilot.press("escape")
            may_trace.set()
            await screen.settled()
            await screen.until(lambda: not screen.app._kept.are_kept)
            assert screen.place == (4, "read", 19), "out of the function that it begins in"

    asyncio.run(run())


def test_tracing_stops_when_a_person_wants_that(traced_pi: Sandbox, recording: Recording) -> None:
    endless = tracer(traced_pi, recording)

    def window(_call: int | None, *, stopping: object, progress: object) -> None:
        assert hasattr(stopping, "wait")
        stopping.wait()

    endless.window = window  # type: ignore[method-assign,assignment]

    async def scenario(screen: StepScreen) -> None:
        assert "Stopped" in screen.text

    async def stopped() -> None:
        screen = StepScreen(subject_of(recording, lambda _tell: endless))
        async with screen.app.run_test(size=(80, 24)) as screen.pilot:
            await screen.until(lambda: screen.app._tracing.is_busy)
            await screen.pilot.press("escape")
            await screen.settled()
            await scenario(screen)

    asyncio.run(stopped())


def test_what_cannot_be_traced_is_told_in_place_of_the_source(recording: Recording) -> None:
    def refuse(_tell: Callable[[str], None]) -> Tracer:
        raise RecordingError("it is a component, and only Python can be stepped through")

    async def scenario(screen: StepScreen) -> None:
        assert "only Python can be stepped through" in screen.words
        assert any(line.startswith("║") and "through" in line for line in screen.lines), "the pane has all of it"
        await screen.press("n", "s", "T", "x", "u", "b", "enter", "2", "enter", "w", "3", "enter", "i", "f", "z")

    drive_steps(scenario, subject_of(recording, refuse))
