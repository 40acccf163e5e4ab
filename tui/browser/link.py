"""What one screen sends to its browser. The screen has a thread of its own, and the browser is served on another."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from itertools import groupby

MOST_UNSENT = 4 << 20
"""The most bytes that wait for a browser. Each says what changes on the screen, so none can be left out: a browser that
does not take them loses its screen, and can open another one."""


class Link:
    """A bounded queue from the screen's thread to the event loop of the web.

    Args:
        loop: the event loop of the web. `take`, `started` and `ended` belong to it.

    Attributes:
        started: done once the screen runs.
        ended: done once the screen has ended, or the browser was too slow.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._lock = threading.Lock()
        self._unsent: list[bytes | str] = []
        self._bytes = 0
        self._news = asyncio.Event()
        self.started: asyncio.Future[None] = loop.create_future()
        self.ended: asyncio.Future[None] = loop.create_future()

    def write(self, piece: bytes | str) -> None:
        """Send bytes for the terminal, or a message for the page. Never blocks. Can be called on any thread."""
        with self._lock:
            self._unsent.append(piece)
            self._bytes += len(piece)
            is_full = self._bytes > MOST_UNSENT
        self._call(self.end_here if is_full else self._news.set)

    def start(self) -> None:
        """Tell that the screen runs. Can be called on any thread."""
        self.settle(self.started)

    def end(self) -> None:
        """Tell that the screen has ended. Can be called on any thread."""
        self._call(self.end_here)

    def end_here(self) -> None:
        """Tell that the screen has ended. For the event loop of the web."""
        _settle(self.ended)
        self._news.set()

    def settle(self, future: asyncio.Future[None]) -> None:
        """Tell that something is done. Can be called on any thread."""
        self._call(partial(_settle, future))

    def _call(self, action: Callable[[], object]) -> None:
        """Call something on the event loop of the web, unless it has ended."""
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(action)

    async def take(self) -> list[bytes | str]:
        """Wait for something to send. Returns an empty list after the end."""
        while True:
            await self._news.wait()
            if not self.ended.done():
                self._news.clear()
            with self._lock:
                unsent, self._unsent, self._bytes = self._unsent, [], 0
            if unsent or self.ended.done():
                return [piece for kind, group in groupby(unsent, type) for piece in _joined(kind, list(group))]


def _settle(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)


def _joined(kind: type, pieces: list[bytes | str]) -> list[bytes | str]:
    return [b"".join(each for each in pieces if isinstance(each, bytes))] if kind is bytes else pieces
