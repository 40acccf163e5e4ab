"""Waits until a screen has nothing left to do, which is much sooner than its process looks idle."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

import pytest
from textual.app import App
from textual.pilot import Pilot
from textual.screen import Screen

QUIET_TURNS = 3
"""Turns of the event loop without work for anybody, until nothing is left: timers that are due, and input, need one."""
TIMER_SECONDS = 0.02
"""How long a screen without work is left alone for its timers and threads. Textual's pilot waits as long."""
LATEST_FRAME_SECONDS = 0.1
"""When a screen is drawn at the latest, even if it still works."""


@contextmanager
def exact_waits(app: App[Any], *, every_frame: bool = False) -> Iterator[None]:
    """Let the pilot of `app` wait as long as the screen works, and no longer.

    On its own it sleeps for 40 ms and more after each key, and then sends a message to every widget. That is half of
    the processor time of a test, and most of its duration. What is drawn several times meanwhile is drawn once, as on a
    computer that is too busy for every frame, unless a test looks at `every_frame`: keys that are pressed one after the
    other are all handled before the screen is drawn, which takes a quarter of the time of such a test.
    """
    frames = _Frames()

    async def idle(_min_sleep: float = 0.0, _max_sleep: float = 0.0) -> None:
        await _drain(app)

    async def settled(_pilot: Pilot[Any], _timeout: float = 0.0) -> bool:
        await _drain(app, frames)
        await asyncio.sleep(TIMER_SECONDS)
        await _drain(app, frames)
        return app._exception is None

    def draw_later(screen: Screen[Any]) -> None:
        frames.want(screen)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("textual.app.wait_for_idle", idle)
        patch.setattr("textual.pilot.wait_for_idle", idle)
        patch.setattr(Pilot, "_wait_for_screen", settled)
        if not every_frame:
            patch.setattr(Screen, "_compositor_refresh", draw_later)
        yield
        frames.draw()


class _Frames:
    """Draws a screen when it has nothing else to do."""

    def __init__(self) -> None:
        self._draw = Screen._compositor_refresh
        self._wanting: Screen[Any] | None = None

    def want(self, screen: Screen[Any]) -> None:
        """Draw a screen in the next frame if it is the one in front. The others only pass on what they have to draw."""
        if screen is screen.app.screen:
            self._wanting = screen
            asyncio.get_running_loop().call_later(LATEST_FRAME_SECONDS, self.draw)
        else:
            self._draw(screen)

    def draw(self) -> bool:
        """Draw what wants to be drawn. Returns whether anything did."""
        screen, self._wanting = self._wanting, None
        if screen is None:
            return False
        self._draw(screen)
        return True


async def _drain(app: App[Any], frames: _Frames | None = None) -> None:
    """Return when every message of `app` is handled, and everything in `frames` is drawn."""
    loop: Any = asyncio.get_running_loop()
    ready = cast("deque[object]", loop._ready)
    quiet = 0
    while quiet < QUIET_TURNS:
        await asyncio.sleep(0)
        quiet = 0 if ready or _updates(app) or (frames and frames.draw()) else quiet + 1


def _updates(app: App[Any]) -> bool:
    """Update now what else would wait for the next frame, up to 16 ms. Returns whether anything did."""
    if not app._screen_stack or not app.screen._update_timer._active.is_set():
        return False
    app.screen._on_timer_update()
    return True
