"""The thread of one end of a byte stream over two topics: it passes bytes between a socket and the broker."""

from __future__ import annotations

import select
import socket
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress

from hostcore.broker.allowance import Allowance
from hostcore.broker.interface import Publisher
from hostcore.broker.live.channel import MOST_AT_ONCE, WINDOW, Channel
from hostcore.broker.live.chunks import Ended, Part, decoded, encoded
from hostcore.broker.message import Message
from hostcore.clock import Clock
from hostcore.errors import BrokerBusyError, DefectError, HostError
from hostcore.threads import HostThread

BURST_BYTES = 1 << 18
"""Bytes that may be sent at once where the rate is limited: a screen that attaches gets what happened before."""
FULL_SECONDS = 0.1
"""Seconds until a message is tried again for which the connection had no room."""
MOST_QUEUED = 2 * WINDOW
"""The most bytes of payloads that wait for the thread: chunks of one window, and small messages."""
LOOK_SECONDS = 1.0
"""The most seconds between two looks at the clock."""
END_SECONDS = 0.9
"""Seconds for which `stop` waits for the end of the thread."""
MS_PER_S = 1_000
"""Milliseconds in a second: poll(2) counts them."""


class ChannelPump:
    """Carries a stream. `take` and `close` are thread-safe and return at once.

    Args:
        broker: sends the messages.
        topic: the topic of what this end sends.
        channel: the stream. It belongs to the thread from `start` on.
        near: the socket that is carried. The object closes it.
        clock: tells when the other end counts as gone.
        bytes_per_second: the most bytes that are sent in a second, on average; 0 for no limit.
        look: is called about once a second, and after each message, on the thread. A HostError of it ends the stream.
        ended: takes the reason when the stream has ended, on the thread; "" if one side simply left.
    """

    def __init__(
        self,
        broker: Publisher,
        topic: str,
        channel: Channel,
        near: socket.socket,
        *,
        clock: Clock,
        bytes_per_second: int = 0,
        look: Callable[[], None] = lambda: None,
        ended: Callable[[str], None] = lambda _reason: None,
    ) -> None:
        self._broker, self._topic, self._channel, self._near = broker, topic, channel, near
        self._clock, self._look, self._ended = clock, look, ended
        self._allowance = Allowance(clock, bytes_per_second, BURST_BYTES)
        self._lock = threading.Lock()
        self._queue = deque[bytes]()
        self._queued = 0
        self._closing: str | None = None
        self._waking, self._woken = socket.socketpair()
        self._unsent: Part | None = None
        """A part for which the connection had no room yet."""
        self._thread = HostThread(self._run, "broker stream")

    def start(self) -> None:
        """Begin. Returns at once.

        Raises:
            NoThreadError: the thread cannot be started. The socket is closed.
        """
        for each in (self._near, self._waking, self._woken):
            each.setblocking(False)
        try:
            self._thread.start()
        except HostError:
            self._close_sockets()
            raise

    def take(self, payload: bytes) -> None:
        """Take a message of the other end. It may be anything."""
        with self._lock:
            if self._queued + len(payload) > MOST_QUEUED:
                self._closing = self._closing or "the other end sent more than it may"
            else:
                self._queue.append(payload)
                self._queued += len(payload)
        self.wake()

    def close(self, reason: str) -> None:
        """End the stream soon, and tell the other end why, in one line for a person."""
        with self._lock:
            self._closing = self._closing if self._closing is not None else reason
        self.wake()

    def wake(self) -> None:
        """Let the thread look at the clock now."""
        with suppress(OSError):
            self._waking.send(b".")

    @property
    def silent_seconds(self) -> float:
        """For how long nothing was heard of the other end."""
        return self._channel.silent_seconds(self._clock.monotonic_ns())

    def join(self, seconds: float = END_SECONDS) -> bool:
        """Wait for the end of the thread, after `close`. Returns whether it has ended."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def _run(self) -> None:
        reason = ""
        try:
            while self._closing is None:
                self._wait()
                self._take_queued()
                self._look()
                if not (self._write() and self._read()):
                    break
                self._report()
            reason = self._closing or ""
        except HostError as error:
            reason = str(error)
        except Exception as defect:  # noqa: BLE001 - a traceback would overwrite the screen
            reason = str(DefectError(defect))
        finally:
            if self._channel.end is None:
                with suppress(HostError):
                    self._publish(Ended(reason))
            self._close_sockets()
            self._ended(reason)

    def _wait(self) -> None:
        """Wait until there is something to do, for `LOOK_SECONDS` at most."""
        events = select.POLLIN * self._may_read | select.POLLOUT * bool(self._channel.arrived())
        polled = select.poll()
        polled.register(self._woken, select.POLLIN)
        if events:
            polled.register(self._near, events)
        seconds = min(LOOK_SECONDS, self._channel.seconds_left(self._clock.monotonic_ns()), self._pause)
        polled.poll(seconds * MS_PER_S)
        with suppress(BlockingIOError):
            self._woken.recv(4096)

    @property
    def _may_read(self) -> bool:
        return self._unsent is None and self._channel.may_send and not self._allowance.pause

    @property
    def _pause(self) -> float:
        """Seconds after which something may be sent that may not be sent now."""
        return FULL_SECONDS if self._unsent is not None else self._allowance.pause or LOOK_SECONDS

    def _take_queued(self) -> None:
        with self._lock:
            payloads, self._queue, self._queued = self._queue, deque(), 0
        now_ns = self._clock.monotonic_ns()
        for each in payloads:
            try:
                self._channel.take(decoded(each), now_ns)
            except ValueError as error:
                raise HostError(f"the other end sent {error}") from None
        if self._channel.is_gone(now_ns):
            raise HostError("the other end has given no sign of life for too long")

    def _write(self) -> bool:
        """Pass on what has arrived. Returns whether the stream goes on."""
        while piece := self._channel.arrived():
            try:
                self._channel.written(self._near.send(piece))
            except BlockingIOError:
                return True
            except OSError:
                return False
        if self._channel.end:
            raise HostError(self._channel.end)
        return self._channel.end is None

    def _read(self) -> bool:
        """Send what the socket has, as far as it may be sent. Returns whether the stream goes on."""
        if self._unsent is not None:
            self._send(self._unsent)
        while self._may_read:
            try:
                data = self._near.recv(MOST_AT_ONCE)
            except BlockingIOError:
                return True
            except OSError:
                return False
            if not data:
                return False
            if chunk := self._channel.chunk(data, self._clock.monotonic_ns()):
                self._allowance.use(len(chunk.data))
                self._send(chunk)
        return True

    def _report(self) -> None:
        if self._unsent is None and (due := self._channel.due(self._clock.monotonic_ns())):
            self._send(due)

    def _send(self, part: Part) -> None:
        """Send a part, or keep it until the connection has room.

        Raises:
            HostError: there is no connection any more.
        """
        try:
            self._publish(part)
        except BrokerBusyError:
            self._unsent = part
        else:
            self._unsent = None

    def _publish(self, part: Part) -> None:
        self._broker.publish(Message(self._topic, encoded(part)))

    def _close_sockets(self) -> None:
        for each in (self._near, self._waking, self._woken):
            each.close()
