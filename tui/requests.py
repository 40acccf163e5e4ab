"""Puts the requests of a screen to a host in another process, in the background: it may answer late, or never."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from functools import partial
from itertools import count
from typing import TypeVar

from hostcore.errors import HostError
from tui.background import Background, Deliver

MOST_WAITING = 16
"""Requests that may wait for a host that does not answer. Each is given up after seconds."""

T = TypeVar("T")


class Requests:
    """Puts one request after the other, in their order. For the screen's own thread; no method blocks but `stop`.

    Args:
        complain: tells the person why a request failed.
        deliver: calls a function on the screen's thread, later.
        clock: any clock that counts seconds.
    """

    def __init__(
        self, complain: Callable[[str], None], deliver: Deliver, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._complain, self._clock = complain, clock
        self._background = Background("screen-requests", deliver)
        self._numbers = count()
        self._began: deque[float] = deque()
        """When each request was made that has no answer yet, oldest first."""

    @property
    def waiting_seconds(self) -> float:
        """For how long the oldest request has waited for its answer; 0 if none waits."""
        return self._clock() - self._began[0] if self._began else 0.0

    def put(self, request: Callable[[], T], done: Callable[[T], object]) -> None:
        """Make a request.

        Args:
            request: blocks until the host has answered, or raises `HostError`. It is called on another thread.
            done: takes the answer.
        """
        if len(self._began) >= MOST_WAITING:
            self._complain(f"the host has not answered the last {MOST_WAITING} requests; this one was not sent")
            return
        try:
            self._background.put(next(self._numbers), lambda: self._answer(request, done))
        except HostError as error:
            self._complain(str(error))
        else:
            self._began.append(self._clock())

    def stop(self) -> None:
        """Make no more requests. Blocks for a second at most."""
        self._background.stop()

    def _answer(self, request: Callable[[], T], done: Callable[[T], object]) -> Callable[[], None]:
        try:
            then: Callable[[], object] = partial(done, request())
        except HostError as error:
            then = partial(self._complain, str(error))
        return partial(self._end, then)

    def _end(self, then: Callable[[], object]) -> None:
        self._began.popleft()
        then()
