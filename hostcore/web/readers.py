"""Who reads events: each reader has a bounded queue of its own and is told what it lost. All on one event loop."""

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
"""Frames that wait for one reader; the oldest are lost beyond that."""
QUEUE_BYTES = 256 * 1024
"""Bytes that wait for one reader. A frame that is larger alone is lost: hundreds of readers that stall would each keep
a copy of it in memory."""
CHANGE_THE_PAGE = frozenset({events.PageRendered, events.StateChanged, events.PluginCrashed, events.CrashLocated})
"""The events that can change the page that `/` shows, or the reason why there is none."""
CHUNK_BYTES = 64 * 1024
"""Bytes that are written at once, or one frame."""


class Reader:
    """One reader's frames. Made by `Readers`."""

    def __init__(self, kinds: frozenset[str]) -> None:
        self.kinds = kinds
        """The names of the events that it wants."""
        self.lost = 0
        """Frames that were dropped since it was last told."""
        self._queue: deque[bytes] = deque()
        self._bytes = 0
        self._ready = asyncio.Event()
        self._is_closed = False

    def offer(self, data: bytes) -> None:
        """Queue a frame, dropping the oldest where there is no room."""
        self._queue.append(data)
        self._bytes += len(data)
        while len(self._queue) > QUEUE_FRAMES or self._bytes > QUEUE_BYTES:
            self._bytes -= len(self._queue.popleft())
            self.lost += 1
        self._ready.set()

    def close(self) -> None:
        """Nothing more comes."""
        self._is_closed = True
        self._ready.set()

    async def take(self, timeout: float) -> bytes | None:
        """The next frames, after up to `timeout` seconds for the first.

        What was lost is told in a frame before them. b"" after the timeout, None once it is closed.
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
    """All readers. Each event is written as JSON once, however many want it, and not at all where nobody does.

    Args:
        view: follows every event, before any reader sees it.

    Attributes:
        dropped: frames that any reader ever lost.
    """

    def __init__(self, view: WebView) -> None:
        self.dropped = 0
        self._view = view
        self._readers: list[Reader] = []
        self._problem = front_page(view).problem

    def __len__(self) -> int:
        return len(self._readers)

    def join(self, kinds: frozenset[str] = USUAL_KINDS) -> Reader:
        """A new reader. It starts with the newest round and page, so that one that comes back is up to date."""
        reader = Reader(kinds | {DROPPED})
        for event in (self._view.rounds.newest, newest_page(self._view)):
            if event is not None and NAMES[type(event)] in kinds:
                reader.offer(event_frame(event))
        if PROBLEM in kinds:
            reader.offer(_problem_frame(self._problem))
        self._readers.append(reader)
        return reader

    def leave(self, reader: Reader) -> None:
        """It wants nothing more."""
        self._readers.remove(reader)

    def deliver(self, batch: Iterable[Numbered]) -> None:
        """Hand events to the view, and to every reader that wants them."""
        for item in batch:
            self._view.take(item.event)
            name = NAMES.get(type(item.event))
            wanting = [reader for reader in self._readers if name in reader.kinds]
            if wanting:
                self._offer(wanting, event_frame(item.event, item.sequence))
            if type(item.event) in CHANGE_THE_PAGE:
                self._tell_problem()

    def close(self) -> None:
        """End all readers."""
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
