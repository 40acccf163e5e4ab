"""Signals: if the terminal hangs up or the program is terminated, the screen closes in order."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from types import FrameType

from tui.terminal_app import HUNG_UP, TerminalApp


@contextmanager
def leaving_on_signals(app: TerminalApp) -> Iterator[None]:
    """Within this context, SIGHUP and SIGTERM close `app`. The exit status is `HUNG_UP` or 0."""

    def leave(number: int, _: FrameType | None) -> None:
        app.hurry()
        is_gone = number == signal.SIGHUP
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            sys.exit(HUNG_UP if is_gone else 0)
        loop.call_soon_threadsafe(app.hang_up if is_gone else partial(app.exit, 0))

    before = {number: signal.signal(number, leave) for number in (signal.SIGHUP, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
