"""A person follows a wrong value, or a transfer, to the line that it came from."""

from __future__ import annotations

import pytest

from hostcore.recording.model import Recording
from hostcore.stepping import tracer as tracing
from hostcore.stepping.subject import Subject
from tests.sandbox import Sandbox
from tests.step_screen import StepScreen, at, drive_steps, subject_of
from tests.stepping import tracer

pytest_plugins = ["tests.step_screen_fixture"]


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


def test_a_value_that_was_set_in_an_earlier_call_is_followed_there(
    traced_pi: Sandbox, recording: Recording, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tracing, "WINDOW_CALLS", 1)
    windows = tracer(traced_pi, recording)

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
