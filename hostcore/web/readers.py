"""Readers of events. Each reader has its own bounded queue, and is told how many events it lost. On one event loop."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable

from hostcore import events
from hostcore.events.stream import Numbered
from hostcore.web.frames import DROPPED, NAMES, PROBLEM, USUAL_KINDS, event_frame, frame
from hostcore.web.front_page import front_page, newest_page
from hostcore.web.web_view import WebView

QUEUE_FRAMES = 500
"""Most frames in a reader's queue. Beyond that, the oldest are dropped."""
QUEUE_BYTES = 256 * 1024
"""Most bytes in a reader's queue. A larger frame is dropped, because hundreds of stalled readers would each keep a copy
of it in memory."""
CHANGE_THE_PAGE = frozenset({events.PageRendered, events.StateChanged, events.PluginCrashed, events.CrashLocated})
"""Events that can change the page at `/`, or the reason why there is none."""
CHUNK_BYTES = 64 * 1024
"""Most bytes that are written at once, unless one frame is larger."""


class Reader:
    """One reader's queue of frames. Created by `Readers`."""

    def __init__(self, kinds: frozenset[str]) -> None:
        self.kinds = kinds
        """Names of the events that the reader wants."""
        self.lost = 0
        """Frames dropped since the reader was last informed."""
        self._queue: deque[bytes] = deque()
        self._bytes = 0
        self._ready = asyncio.Event()
        self._is_closed = False

    def offer(self, data: bytes) -> None:
        """Queue a frame. Drops the oldest frames if the queue is full."""
        self._queue.append(data)
        self._bytes += len(data)
        while len(self._queue) > QUEUE_FRAMES or self._bytes > QUEUE_BYTES:
            self._bytes -= len(self._queue.popleft())
            self.lost += 1
        self._ready.set()

    def close(self) -> None:
        """End the queue. `take` returns None from now on."""
        self._is_closed = True
        self._ready.set()

    async def take(self, timeout: float) -> bytes | None:
        """Wait up to `timeout` seconds for frames, and return them.

        If frames were lost, an extra first frame says how many. Returns b"" after the timeout, None after `close`.
        """
        if not self._ready.is_set():
            try:
                async with asyncio.timeout(timeout):
                    await self._ready.wait()
            except TimeoutError:
                return b""
        return None if self._is_closed else self._next()

    def _next(self) -> bytes:
        data = bytearray(frame(DROPPED, {"count": self.lost}) if self.lost else b"")
        self.lost = 0
        while self._queue and (not data or len(data) + len(self._queue[0]) <= CHUNK_BYTES):
            data += self._queue.popleft()
        self._bytes = sum(map(len, self._queue))
        if not self._queue:
            self._ready.clear()
        return bytes(data)


class Readers:
    """All readers. An event is converted to JSON once for all of them, and only if a reader wants it.

    Args:
        view: follows every event before any reader sees it.

    Attributes:
        dropped: number of frames that readers have lost.
    """

    def __init__(self, view: WebView) -> None:
        self.dropped = 0
        self._view = view
        self._readers: list[Reader] = []
        self._problem = front_page(view).problem

    def __len__(self) -> int:
        return len(self._readers)

    def join(self, kinds: frozenset[str] = USUAL_KINDS) -> Reader:
        """Create a reader. It starts with the newest round and page, so a reader that reconnects is up to date."""
        reader = Reader(kinds | {DROPPED})
        for event in (self._view.rounds.newest, newest_page(self._view)):
            if event is not None and NAMES[type(event)] in kinds:
                reader.offer(event_frame(event))
        if PROBLEM in kinds:
            reader.offer(_problem_frame(self._problem))
        self._readers.append(reader)
        return reader

    def leave(self, reader: Reader) -> None:
        """Remove a reader."""
        self._readers.remove(reader)

    def deliver(self, batch: Iterable[Numbered]) -> None:
        """Pass events to the view, and to every reader that wants them."""
        for item in batch:
            self._view.take(item.event)
            name = NAMES.get(type(item.event))
            wanting = [reader for reader in self._readers if name in reader.kinds]
            if wanting:
                self._offer(wanting, event_frame(item.event, item.sequence))
            if type(item.event) in CHANGE_THE_PAGE:
                self._tell_problem()

    def close(self) -> None:
        """Close all readers."""
        for reader in self._readers:
            reader.close()

    def _tell_problem(self) -> None:
        problem = front_page(self._view).problem
        if problem != self._problem:
            self._problem = problem
            self._offer([reader for reader in self._readers if PROBLEM in reader.kinds], _problem_frame(problem))

    def _offer(self, readers: Iterable[Reader], data: bytes) -> None:
        for reader in readers:
            before = reader.lost
            reader.offer(data)
            self.dropped += reader.lost - before


def _problem_frame(problem: str) -> bytes:
    return frame(PROBLEM, {"problem": problem})
