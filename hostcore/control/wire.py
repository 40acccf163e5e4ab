"""One connection of a front end to a host: its requests go out, and answers and events come in."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import suppress
from typing import Any, TypeVar

from hostcore import __version__
from hostcore.control.far_values import facts_problem
from hostcore.control.lines_in import LinesIn
from hostcore.control.message_lines import parse_answer, request_line
from hostcore.control.messages import Failure
from hostcore.control.session_lines import LONGEST_LINE, Answered, Arrived, ask_line, parse_arrived
from hostcore.control.session_messages import PROTOCOL, AttachRequest, Greeting, SessionRequest
from hostcore.errors import HostError
from hostcore.events.event_json import from_json
from hostcore.quick_dataclass import dataclass, field

GREETING_SECONDS = 5.0
"""Seconds that the host may take for its greeting. It reads its backlog for it."""
ANSWER_SECONDS = 5.0
"""Seconds that the host may take for an answer. A person waits for it in front of a screen."""
LOST = "the connection to the host was lost; it may have done it"

T = TypeVar("T")


@dataclass(slots=True)
class _Question:
    """A request that waits for its answer."""

    is_answered: threading.Event = field(default_factory=threading.Event)
    found: Any = None
    failure: Failure | None = None


class Wire:
    """A connection on which a host has greeted. `ask` and `close` are thread-safe; call `receive` on one thread only.

    Args:
        connection: the connection to the host. The object closes it, also if it cannot be made.
        run: `Greeting.run` of the connection before; "" for the first one.
        after: the number of the last event that arrived on it.
        without: the names of the kinds of events that are not wanted.

    Attributes:
        greeting: what the host said first.

    Raises:
        HostError: the host refuses, or says of itself what cannot be.
        ValueError: it does not answer properly.
        OSError: the connection broke.
    """

    def __init__(self, connection: socket.socket, run: str = "", after: int = 0, without: tuple[str, ...] = ()) -> None:
        self._connection = connection
        self._arriving = LinesIn(connection, LONGEST_LINE)
        self._sending, self._lock = threading.Lock(), threading.Lock()
        self._asked = 0
        self._questions: dict[int, _Question] = {}
        self._is_closed = False
        try:
            connection.settimeout(ANSWER_SECONDS)
            connection.sendall(request_line(AttachRequest(PROTOCOL, __version__, run, after, without)))
            first, *self._first = self._first_lines()
            self.greeting = parse_answer(first, Greeting)
            if problem := facts_problem(self.greeting.facts):
                raise HostError(f"this is no host that can be shown: {problem}")
        except BaseException:
            connection.close()
            raise

    def receive(self, seconds: float) -> list[Arrived] | None:
        """Return what has arrived, apart from answers. Blocks for at most `seconds` for the first of it.

        Returns:
            Events and plugins, in their order; none after `seconds`; None if the connection has ended.

        Raises:
            ValueError: the host sent something else.
        """
        try:
            lines, self._first = self._first or self._arriving.take(seconds), []
        except OSError:
            return None
        if lines is None:
            return None
        arrived = [parse_arrived(line) for line in lines]
        for each in arrived:
            if isinstance(each, Answered):
                self._settle(each)
        return [each for each in arrived if not isinstance(each, Answered)]

    def ask(self, request: SessionRequest, kind: type[T], seconds: float = ANSWER_SECONDS) -> T:
        """Send a request and return its answer. Blocks for at most `seconds`, and as long to send it.

        Raises:
            HostError: the host refused, or it did not answer in time, or the connection was lost.
        """
        question = _Question()
        with self._lock:
            if self._is_closed:
                raise HostError("there is no connection to the host now; it is tried again and again")
            self._asked += 1
            number = self._asked
            self._questions[number] = question
        try:
            with self._sending:
                self._connection.sendall(ask_line(number, request))
            if not question.is_answered.wait(seconds):
                raise HostError(f"the host did not answer within {seconds:g} s; it may still do it")
        except OSError:
            raise HostError(LOST) from None
        finally:
            with self._lock:
                self._questions.pop(number, None)
        if question.failure:
            raise question.failure.error()
        try:
            return from_json(kind, question.found)
        except ValueError as error:
            raise HostError(f"the host answered something else: {error}") from None

    def close(self) -> None:
        """End the connection. Requests that wait fail."""
        with self._lock:
            self._is_closed = True
            waiting = list(self._questions.values())
        for each in waiting:
            each.failure = Failure("HostError", LOST)
            each.is_answered.set()
        with suppress(OSError):
            self._connection.shutdown(socket.SHUT_RDWR)  # ends a wait in `receive`

    def release(self) -> None:
        """Give the connection back, after `close`, when no thread uses it any more."""
        self._connection.close()

    def _first_lines(self) -> list[bytes]:
        deadline = time.monotonic() + GREETING_SECONDS
        while (left := deadline - time.monotonic()) > 0:
            lines = self._arriving.take(left)
            if lines is None:
                raise ValueError("it has hung up; it may have too many clients")
            if lines:
                return lines
        raise ValueError(f"no whole line within {GREETING_SECONDS:g} s")

    def _settle(self, answer: Answered) -> None:
        with self._lock:
            question = self._questions.get(answer.number)
        if question:
            question.found, question.failure = answer.found, answer.failure
            question.is_answered.set()
