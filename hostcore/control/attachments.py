"""The front ends in other processes that are attached to a host: each has a connection for the whole session."""

from __future__ import annotations

import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import Protocol

from hostcore.clock import Clock
from hostcore.control.folder import process_of
from hostcore.control.lines_in import LinesIn
from hostcore.control.lines_out import LinesOut
from hostcore.control.message_lines import LONGEST_LINE, answer_line
from hostcore.control.messages import Failure
from hostcore.control.recording_pieces import RecordingPieces
from hostcore.control.session_answers import done
from hostcore.control.session_lines import KINDS, event_line, fitting, parse_ask, plugins_line, reply_line
from hostcore.control.session_messages import (
    PROTOCOL,
    AttachRequest,
    Greeting,
    RecordingQuestion,
    SessionAnswer,
    SessionRequest,
)
from hostcore.errors import HostError, NoThreadError
from hostcore.events import EventsDropped, PluginsChanged
from hostcore.events.backlog import Earlier
from hostcore.events.stream import Numbered, Subscription
from hostcore.session import Session
from hostcore.threads import HostThread

MOST_ATTACHED = 8
"""The most front ends at a time."""
QUEUED = 5_000
"""The most events that wait for a slow front end. Older ones are lost, and it is told how many."""
QUEUED_BYTES = 32 << 20
"""The most bytes of large ones among them."""
PACE = 0.1
"""The least seconds between two deliveries. Many small ones take more time than one."""
QUIET_SECONDS = 0.5
"""Seconds without an event after which the thread looks whether it should end."""
BATCH_BYTES = 1 << 18
"""Bytes of lines at which they are sent. A line can have megabytes, and many of them must not fill the memory."""
END_SECONDS = 0.3
"""Seconds for which the end of the thread that sends is awaited."""


class EarlierEvents(Protocol):
    """Has the events that someone needs who begins late, as `hostcore.events.backlog.Backlog` does."""

    def since(self, number: int) -> Earlier:
        """Return those after this number; all if it is 0."""


def end_process() -> None:
    """End this process in order, as `kill PID` does."""
    os.kill(os.getpid(), signal.SIGTERM)


class Attachments:
    """Makes the attachments of a host, and bounds their number. Thread-safe.

    Args:
        session: the host.
        backlog: its earlier events.
        clock: its clock.
        warn: takes one line for a person.
        stop: ends the host. Returns at once.
        run: names this run of the host; "" for a new name. Those who attach again with it get what they missed.
    """

    def __init__(
        self,
        session: Session,
        backlog: EarlierEvents,
        *,
        clock: Clock,
        warn: Callable[[str], None],
        stop: Callable[[], None] = end_process,
        run: str = "",
    ) -> None:
        self.session, self.backlog, self.clock = session, backlog, clock
        self.stop_host, self.warn = stop, warn
        self.run = run or os.urandom(8).hex()
        self._lock = threading.Lock()
        self._attached: list[Attachment] = []
        self._stopped = False

    def attach(self, request: AttachRequest) -> Attachment:
        """Make an attachment.

        Raises:
            HostError: there are too many, or the host stops.
        """
        with self._lock:
            if self._stopped:
                raise HostError("the running host is stopping")
            self._attached = [each for each in self._attached if not each.is_closed]
            if len(self._attached) >= MOST_ATTACHED:
                raise HostError(f"{MOST_ATTACHED} screens are attached to the running host; close one of them first")
            made = Attachment(self, request)
            self._attached.append(made)
            return made

    def stop(self) -> None:
        """Refuse further attachments, and end those that there are. Returns at once."""
        with self._lock:
            self._stopped = True
            for each in self._attached:
                each.close()


class Attachment:
    """One attached front end. Its requests are answered one after the other, in their order.

    Args:
        host: what it is attached to.
        request: what it asked for.
    """

    def __init__(self, host: Attachments, request: AttachRequest) -> None:
        self._host, self._request = host, request
        wanted = tuple(kind for name, kind in KINDS.items() if name not in request.without)
        self._kinds = wanted or (EventsDropped,)  # a subscription to no kinds would be one to all
        self._subscription: Subscription = host.session.subscribe(*self._kinds, capacity=QUEUED)
        """It is there before the look into the backlog, so that there is no gap."""
        self._subscription.bound_large(QUEUED_BYTES)
        self._closing = threading.Event()
        self._pieces = RecordingPieces(host.session)

    @property
    def is_closed(self) -> bool:
        """Whether `close` was called."""
        return self._closing.is_set()

    def close(self) -> None:
        """Collect no further events, and end. Returns at once."""
        self._closing.set()
        self._subscription.close()

    def serve(self, connection: socket.socket) -> None:
        """Serve the front end until it leaves, or stalls, or the host stops. Blocks until then."""
        out = LinesOut(connection, self._host.clock)
        sender = HostThread(self._send, "attached screen", connection, out)
        try:
            sender.start()
            self._answer_all(LinesIn(connection, LONGEST_LINE), out)
        except NoThreadError as error:
            with suppress(OSError):
                out.send(answer_line(Failure("HostError", f"the running host cannot serve a screen: {error}")))
        except (OSError, ValueError):
            pass  # it has gone, or it speaks another language
        finally:
            self.close()
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            sender.join(END_SECONDS)

    def _send(self, connection: socket.socket, out: LinesOut) -> None:
        try:
            for lines in self._lines():
                out.send(lines)
        except TimeoutError as error:
            self._host.warn(f"a screen (PID {process_of(connection)}) was disconnected: {error}")
        except OSError:
            pass  # it has gone
        finally:
            self.close()
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)  # this ends the wait for its next request

    def _lines(self) -> Iterator[bytes]:
        """Yield the greeting, the earlier events and the live ones."""
        host, request = self._host, self._request
        earlier = host.backlog.since(request.after if request.run == host.run else 0)
        wanted = [item for item in earlier.items if isinstance(item.event, self._kinds)]
        yield answer_line(self._greeting(wanted[-1].sequence if wanted else 0, earlier.lost))
        yield from self._encoded(wanted)
        while not self.is_closed:
            live = self._subscription.take(QUIET_SECONDS)
            yield from self._encoded([item for item in live if item.sequence > earlier.last])
            self._closing.wait(PACE)

    def _greeting(self, last: int, lost: int) -> Greeting:
        host = self._host
        return Greeting(
            protocol=PROTOCOL,
            process=os.getpid(),
            run=host.run,
            facts=host.session.facts,
            plugins=fitting(host.session.plugins()),
            last=last,
            lost=lost,
        )

    def _encoded(self, items: Sequence[Numbered]) -> Iterator[bytes]:
        lines = bytearray()
        for item in items:
            for line in self._lines_of(item):
                lines += line
            if len(lines) >= BATCH_BYTES:
                yield bytes(lines)
                lines.clear()
        if lines:
            yield bytes(lines)

    def _lines_of(self, item: Numbered) -> Iterator[bytes]:
        if isinstance(item.event, PluginsChanged):
            yield plugins_line(self._host.session.plugins())
        yield event_line(item)

    def _answer_all(self, arriving: LinesIn, out: LinesOut) -> None:
        while not self.is_closed and (lines := arriving.take(None)) is not None:
            for line in lines:
                asked = parse_ask(line)
                out.send(reply_line(asked.number, self._answer(asked.request, asked.problem)))

    def _answer(self, request: SessionRequest | None, problem: str) -> SessionAnswer | Failure:
        if request is None:
            return Failure("HostError", problem)
        try:
            if isinstance(request, RecordingQuestion):
                return self._pieces.piece(request)
            return done(self._host.session, request, self._host.stop_host)
        except (HostError, OSError) as error:
            return Failure(type(error).__name__, str(error))
