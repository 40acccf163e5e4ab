"""Drives the screen of the steps in tests."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from textual.pilot import Pilot

from hostcore.recording.model import Recording
from hostcore.stepping.beginning import parse_beginning
from hostcore.stepping.subject import Subject
from hostcore.stepping.tracer import Tracer
from tests.screen import Screen
from tests.settling import exact_waits
from tests.shared_styles import shared_styles
from tui.stepping.app import StepApp
from tui.terminal import Terminal


class StepScreen(Screen):
    """A running screen of a replay."""

    app: StepApp  # type: ignore[assignment]

    def __init__(self, subject: Subject, terminal: Terminal | None = None) -> None:
        self.app = StepApp(subject, terminal or Terminal())
        self.pilot: Pilot[Any]

    async def settled(self) -> None:
        """Wait until nothing is traced any more."""
        await self.until(lambda: not self.app._tracing.is_busy)

    async def press(self, *keys: str) -> None:
        """Press keys, one after the other, each when the one before has led somewhere."""
        for key in keys:
            await super().press(key)
            await self.settled()

    @property
    def place(self) -> tuple[int, str, int]:
        """The call, the function and the line where the person is."""
        step = self.app.travel.here
        return step.call, step.frame.code.function.rpartition(".")[2], step.line


def subject_of(recording: Recording, tracer: Callable[..., Tracer], at: str = "crash") -> Subject:
    """What a person steps through."""
    return Subject(recording, parse_beginning(at), tracer)


def at(subject: Subject, place: str) -> Subject:
    """The same, begun at another place."""
    return subject_of(subject.recording, subject.prepare, place)


def drive_steps(
    scenario: Callable[[StepScreen], Awaitable[None]],
    subject: Subject,
    size: tuple[int, int] = (80, 24),
    terminal: Terminal | None = None,
) -> None:
    """Run a screen of this size through `scenario`, which begins when the first window is there."""

    async def run() -> None:
        screen = StepScreen(subject, terminal)
        async with screen.app.run_test(size=size, notifications=True) as screen.pilot:
            with exact_waits(screen.app):
                await screen.settled()
                await scenario(screen)

    with shared_styles():
        asyncio.run(run())
