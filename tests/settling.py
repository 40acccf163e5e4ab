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

QUIET_TURNS = 3
"""Turns of the event loop without work for anybody, until nothing is left: timers that are due, and input, need one."""
TIMER_SECONDS = 0.02
"""How long a screen without work is left alone for its timers and threads. Textual's pilot waits as long."""


@contextmanager
def exact_waits(app: App[Any]) -> Iterator[None]:
    """Let the pilot of `app` wait as long as the screen works, and no longer.

    On its own it sleeps for 40 ms and more after each key, and then sends a message to every widget. That is half of
    the processor time of a test, and most of its duration.
    """

    async def idle(_min_sleep: float = 0.0, _max_sleep: float = 0.0) -> None:
        await _drain(app)

    async def settled(_pilot: Pilot[Any], _timeout: float = 0.0) -> bool:
        await _drain(app)
        await asyncio.sleep(TIMER_SECONDS)
        await _drain(app)
        return app._exception is None

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("textual.app.wait_for_idle", idle)
        patch.setattr("textual.pilot.wait_for_idle", idle)
        patch.setattr(Pilot, "_wait_for_screen", settled)
        yield


async def _drain(app: App[Any]) -> None:
    """Return when every message of `app` is handled, and everything is drawn."""
    loop: Any = asyncio.get_running_loop()
    ready = cast("deque[object]", loop._ready)
    quiet = 0
    while quiet < QUIET_TURNS:
        await asyncio.sleep(0)
        quiet = 0 if ready or _draws(app) else quiet + 1


def _draws(app: App[Any]) -> bool:
    """Draw now what else would wait for the next frame, up to 16 ms. Returns whether anything did."""
    if not app._screen_stack or not app.screen._update_timer._active.is_set():
        return False
    app.screen._on_timer_update()
    return True
