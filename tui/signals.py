"""Signals: if the terminal hangs up or the program is terminated, the screen closes as if `q` were pressed."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from textual.app import App


@contextmanager
def leaving_on_signals(app: App[Any]) -> Iterator[None]:
    """Within this context, SIGHUP and SIGTERM close `app`."""

    def leave(number: int, _: FrameType | None) -> None:
        if number == signal.SIGHUP:
            _let_go_of_terminal()
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            sys.exit(0)
        loop.call_soon_threadsafe(app.exit, 0)

    before = {number: signal.signal(number, leave) for number in (signal.SIGHUP, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _let_go_of_terminal() -> None:
    """Send output nowhere: nobody reads it any more, and it must neither fail nor block."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (1, 2):
        os.dup2(nowhere, descriptor)
    os.close(nowhere)
