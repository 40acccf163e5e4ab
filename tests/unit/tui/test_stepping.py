"""A person steps through a crash of a driver: forward and back, and to where a wrong value came from."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from hostcore.clock import VirtualClock
from hostcore.errors import HostError, RecordingError
from hostcore.libraries.lock import Lock, lock_text
from hostcore.libraries.store import WheelStore
from hostcore.recording.model import Recording
from hostcore.runtime.loader import WHEELS
from hostcore.stepping import tracer as tracing
from hostcore.stepping.subject import Subject
from hostcore.stepping.tracer import Tracer
from tests.replaying import Recorded
from tests.sandbox import Sandbox
from tests.screen import PATIENCE
from tests.step_screen import StepScreen, drive_steps, subject_of
from tests.stepping import recorded, tracer
from tests.wheels import wheel_content, wheel_file
from tui.stepping.words import source_lines
from tui.terminal import Terminal

FLAKY = """\
from host import i2c
class Meter:
    def __init__(self):
        self.level = 0
        self.calls = 0
    def counts(self):
        high, low = i2c.read(0x23, 2)
        self.calls += 1
        if self.calls == 3:
            self.level = -40
        return high << 8 | low
meter = Meter()
NAMES = ("dark", "dim")
def name_of(counts):
    place = meter.level
    return NAMES[place]
def read():
    counts = meter.counts() + 300
    return {"counts": counts, "light": name_of(counts)}
"""
HOSTILE = """\
def read():
    text = "\\x1b[2Jgone\\u202e[red]x[/red]"
    raise ValueError(text)
"""


LIBRARY = "def scaled(x):\n    return inner(x)\ndef inner(x):\n    return 1 / x\n"
ON_A_LIBRARY = """\
# /// script
# dependencies = ["drv"]
# ///
import drv
def read():
    return {"x": drv.scaled(0)}
"""


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory, cache_folder: Path) -> Iterator[Sandbox]:
    made = Sandbox(tmp_path_factory.mktemp("pi"), cache_folder, VirtualClock())
    yield made
    made.close()


@pytest.fixture(scope="module")
def recording(sandbox: Sandbox) -> Recording:
    """Three calls after the load, a second apart; the third one crashed."""
    recorder, clock = Recorded(sandbox), sandbox.clock
    assert isinstance(clock, VirtualClock)
    plugin = recorder.load(FLAKY, "i2c:1:0x23")
    with contextlib.suppress(HostError):
        for _ in range(3):
            clock.advance(1.0)
            plugin.read()
    return recorder.recording


@pytest.fixture(scope="module")
def made(sandbox: Sandbox, recording: Recording) -> Tracer:
    """Traces it once for all tests."""
    return tracer(sandbox, recording)


@pytest.fixture
def crash(recording: Recording, made: Tracer) -> Subject:
    return subject_of(recording, lambda _tell: made)


def at(subject: Subject, place: str) -> Subject:
    return subject_of(subject.recording, subject.prepare, place)


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


def test_a_wrong_value_is_followed_back_to_the_line_that_made_it(crash: Subject) -> None:
    async def scenario(screen: StepScreen) -> None:
        await screen.press("2", "enter")
        assert screen.place == (4, "name_of", 15)
        assert "place was set by line 15 (call 4)" in screen.text
        await screen.until(lambda: "level = -40" in screen.text)
        screen.app._variables.cursor = next(
            place for place, row in enumerate(screen.app._variables._rows) if row.name == "meter.level"
        )
        await screen.press("enter")
        assert screen.place == (4, "counts", 10)
        assert "meter.level was set by line 10" in screen.text
        await screen.press("backspace", "backspace")
        assert screen.place == (4, "name_of", 16)

    drive_steps(scenario, crash)


def test_a_variable_is_watched_through_time_and_its_values_lead_to_their_lines(crash: Subject) -> None:
    async def scenario(screen: StepScreen) -> None:
        await screen.press("2")
        screen.app._variables.cursor = next(
            place for place, row in enumerate(screen.app._variables._rows) if row.name == "self.calls"
        )
        await screen.press("w")
        assert "self.calls through time, 4 values" in screen.text
        assert "REPLAY" in screen.lines[0]
        assert screen.line("read 3, counts line 8").startswith("║  ")
        assert "> read 2, counts line 8" in screen.text
        await screen.press("down", "enter")
        assert screen.place == (3, "counts", 8)

    async def begun(screen: StepScreen) -> None:
        await screen.press("t", "n", "n")
        await scenario(screen)

    drive_steps(begun, at(crash, "call:2"))


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


def test_the_transfers_up_to_here_are_decoded_and_one_is_run_to(crash: Subject) -> None:
    async def scenario(screen: StepScreen) -> None:
        assert "3 transfers since call 1" in screen.text
        assert "i2c-1 0x23 S" in screen.text
        await screen.press("3", "up", "enter")
        assert screen.place == (3, "counts", 7)
        assert "1 transfer since call 1, 2 later" in screen.text
        assert screen.text.count("║later ") == 2
        await screen.press("i")
        assert "probe, i2c-1 0x23, simulated" in screen.text
        assert "high, low = i2c.read(0x23, 2)" in screen.text
        assert "REPLAY" in screen.lines[-1]

    drive_steps(scenario, crash)


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
    sandbox: Sandbox, recording: Recording, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tracing, "WINDOW_CALLS", 1)
    windows = tracer(sandbox, recording)

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


def test_a_value_that_was_set_in_an_earlier_call_is_followed_there(
    sandbox: Sandbox, recording: Recording, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tracing, "WINDOW_CALLS", 1)
    windows = tracer(sandbox, recording)

    async def scenario(screen: StepScreen) -> None:
        async def follow(name: str) -> None:
            rows = screen.app._variables._rows
            screen.app._variables.cursor = next(place for place, row in enumerate(rows) if row.name == name)
            await screen.press("enter")

        await screen.press("2")
        await follow("NAMES")
        assert screen.place == (1, "<module>", 13)
        assert "NAMES was set by line 13 (call 1)" in screen.text
        await screen.press("backspace", "T", "n")
        assert screen.place == (4, "counts", 8)
        await follow("self.calls")
        assert screen.place == (3, "counts", 8), "the second call made it 2"
        await screen.press("backspace")
        assert screen.place == (4, "counts", 8)

    drive_steps(scenario, subject_of(recording, lambda _tell: windows))


def test_tracing_stops_when_a_person_wants_that(sandbox: Sandbox, recording: Recording) -> None:
    endless = tracer(sandbox, recording)

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


def test_an_exception_that_began_in_a_folded_library_is_followed_into_it(sandbox: Sandbox, cache_folder: Path) -> None:
    files = {"drv/__init__.py": LIBRARY}
    package = WheelStore(cache_folder / WHEELS).add(wheel_file("drv"), wheel_content("drv", files))
    lock = sandbox.folder / "probe.lock"
    lock.write_text(lock_text(Lock(dependencies=("drv",), packages=(package,))), encoding="utf-8")
    failed = recorded(sandbox, ON_A_LIBRARY)
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

    drive_steps(scenario, subject_of(failed, lambda _tell: tracer(sandbox, failed)))


def test_what_a_plugin_says_never_reaches_the_terminal_as_it_is(sandbox: Sandbox) -> None:
    hostile = recorded(sandbox, HOSTILE, calls=1)
    header = replace(hostile.header, plugin="\x1b]0;x\x07evil[bold]")
    forged = tracer(sandbox, hostile)

    async def scenario(screen: StepScreen) -> None:
        assert not any(ord(each) < 32 or each == "\u202e" for line in screen.lines for each in line)
        assert "[red]" in screen.text

    drive_steps(scenario, subject_of(replace(hostile, header=header), lambda _tell: forged))


@pytest.mark.parametrize("time_ns", [-5, 0, 2**62, 2**70])
def test_a_recording_with_forged_times_is_shown_without_them(
    sandbox: Sandbox, recording: Recording, time_ns: int
) -> None:
    calls = tuple(replace(call, began_ns=time_ns) for call in recording.calls)
    forged = replace(recording, calls=calls, header=replace(recording.header, began_ns=time_ns))

    async def scenario(screen: StepScreen) -> None:
        await screen.press("T", "R", "r", "3", "i", "escape", "2", "w", "enter")
        assert "REPLAY" in screen.text

    drive_steps(scenario, subject_of(forged, lambda _tell: tracer(sandbox, forged), "reading:9"), (140, 30))


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
