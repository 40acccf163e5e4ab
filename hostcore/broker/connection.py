"""A lasting connection to a broker: it is made again whenever it is lost, and blocks nobody who uses it."""

from __future__ import annotations

import select
import time
from collections.abc import Callable, Collection
from threading import Lock
from typing import TYPE_CHECKING

from hostcore.broker.backoff import DELAYS, Backoff, Delays
from hostcore.broker.interface import Listener
from hostcore.broker.message import Arrived, Message, Refusal
from hostcore.broker.password import read_password
from hostcore.broker.problems import problem_of, taken_over, too_large
from hostcore.broker.settings import BrokerSettings
from hostcore.broker.stuck import Stuck
from hostcore.broker.wake import Wake
from hostcore.broker.window import Window
from hostcore.errors import HostError
from hostcore.threads import HostThread

if TYPE_CHECKING:
    from hostcore.broker.link import Link

LARGEST_TAKEN = 1 << 20
"""Bytes of a payload that is taken, unless the user of a connection says otherwise."""
ACCEPT_SECONDS = 10.0
"""The longest time in which a broker must accept a connection."""
STOP_SECONDS = 0.9
"""The longest time that a stop takes."""
GOODBYE_SECONDS = 0.3
"""The part of it that is left for the good-bye, when what was still to be sent has had its time."""
LONGEST_TURN = 4.0
"""Seconds after which a connection on which nothing happens is looked at."""


class BrokerConnection:
    """A connection to a broker, on a thread of its own. All methods are thread-safe.

    Args:
        settings: the broker.
        client_id: our name there. A second client with it takes the connection over.
        listener: takes what happens, on the connection's thread.
        will: what the broker publishes if the connection is lost.
        password: for the broker; None for that of `read_password`, read at each attempt.
        largest: bytes of a payload that is taken. Larger ones do not arrive.
        tell: takes one line for a person, on the connection's thread: what was left out. It can be any text.
        as_published: filters whose messages are `Arrived.retained` if their publisher wanted them to be kept, also
            those that were published only now. MQTT 5 only.
        delays: between two attempts.

    Raises:
        HostError: paho-mqtt is not installed. The message says how to install it.
    """

    def __init__(
        self,
        settings: BrokerSettings,
        client_id: str,
        listener: Listener,
        *,
        will: Message | None = None,
        password: str | None = None,
        largest: int = LARGEST_TAKEN,
        tell: Callable[[str], object] = lambda _: None,
        as_published: Collection[str] = (),
        delays: Delays = DELAYS,
    ) -> None:
        require_paho()
        self._settings, self._client_id, self._listener, self._will = settings, client_id, listener, will
        self._password, self._largest, self._tell, self._delays = password, largest, tell, delays
        self._as_published, self._window, self._stuck = as_published, Window(), Stuck()
        self._lock = Lock()
        self._wanted: dict[str, int] = {}
        self._asked: list[tuple[str, int | None]] = []
        self._link: Link | None = None
        self._is_stopping = self._is_opening = self._has_twin = False
        self._wake, self._stop_seconds = Wake(), STOP_SECONDS
        self._thread = HostThread(self._run, "broker")

    @property
    def is_connected(self) -> bool:
        """Whether the broker has accepted us, and the connection is not known to be lost."""
        return self._window.is_open

    def start(self) -> None:
        """Begin to connect. Returns at once.

        Raises:
            NoThreadError: no thread can be started.
        """
        self._thread.start()

    def stop(self, seconds: float = STOP_SECONDS) -> bool:
        """Send what is still to be sent, say good-bye, and end. Blocks for `seconds` at most.

        Returns:
            Whether all messages were confirmed, and the broker was told. Otherwise it publishes the will.
        """
        self._stop_seconds = seconds
        self._is_stopping = True
        self._wake.rouse()
        if not self._is_opening:  # it may hang in DNS, TCP or TLS; its thread is a daemon, and ends by itself
            self._thread.join(seconds)
        if self._thread.ident is None:  # it never started
            self._wake.close()
        return self._has_ended_well and not self._thread.is_alive()

    def subscribe(self, topics: str, qos: int = 1) -> None:
        """Ask for messages of a filter, now and after each new connection."""
        with self._lock:
            self._wanted[topics] = qos
            self._asked.append((topics, qos))
        self._wake.rouse()

    def unsubscribe(self, topics: str) -> None:
        """Ask for no more messages of a filter."""
        with self._lock:
            if self._wanted.pop(topics, None) is not None:
                self._asked.append((topics, None))
        self._wake.rouse()

    def publish(self, message: Message) -> int:
        """Send a message. Never blocks.

        Returns:
            The number that `Listener.delivered` gets when it has arrived. It is void once the connection is lost.

        Raises:
            BrokerAwayError: there is no connection.
            BrokerBusyError: too many messages wait for a confirmation. Try again after `Listener.delivered`.
            MessageTooLargeError: the broker would not take it.
            ValueError: the topic is empty, or has a wildcard.
        """
        if not message.topic or "+" in message.topic or "#" in message.topic:
            raise ValueError(f"found {message.topic!r}, allowed is a topic without + and #")
        number = self._window.add(message)
        self._wake.rouse()
        return number

    def note_twin(self) -> None:
        """Take note that a second client has our name. If this connection is lost, it has probably taken it over.

        Many brokers close the connection of the first one without a word.
        """
        self._has_twin = True

    # What follows runs on the connection's thread.

    _has_ended_well = False

    def _run(self) -> None:
        backoff = Backoff(self._delays)
        while not self._is_stopping:
            began = time.monotonic()
            was_taken_over = self._live()
            if not self._is_stopping:
                self._pause(backoff.pause(time.monotonic() - began, was_taken_over=was_taken_over))
        self._window.close()
        self._wake.close()

    def _live(self) -> bool:
        """Connect, and use the connection until it ends. Returns whether another client has taken our name."""
        from hostcore.broker.link import Link  # noqa: PLC0415 - paho takes 60 ms

        link, self._has_twin = None, False
        try:
            password = read_password(self._settings) if self._password is None else self._password
            link = Link(self._settings, self._client_id, self, self._will, password, self._largest)
            self._open(link)
            self._use(link)
            problem = self._stuck.explained(link.problem, self._window.oldest if link.was_closed else None)
        except Exception as error:  # noqa: BLE001 - whatever it is, the host goes on, and tries again
            problem = problem_of(error, self._settings)
        finally:
            self._link = None
            self._window.close()
            if link is not None:
                link.drop()
        was_taken_over = link is not None and link.was_taken_over
        if link is not None and link.was_closed and self._has_twin:
            was_taken_over, problem = True, taken_over(self._settings, self._client_id, is_sure=False)
        if not self._is_stopping:
            self._listener.disconnected(problem)
        return was_taken_over

    def _open(self, link: Link) -> None:
        self._is_opening = True
        try:
            link.open()
        finally:
            self._is_opening = False

    def _use(self, link: Link) -> None:
        self._link = link
        limit = time.monotonic() + ACCEPT_SECONDS
        slow_turn = min(self._settings.keep_alive / 8, LONGEST_TURN)
        closing = False
        while not link.problem:
            now = time.monotonic()
            if not link.is_accepted and (now > limit or self._is_stopping):
                link.problem = f"{self._settings.url} takes the connection, but does not answer: is it an MQTT broker?"
                return
            if link.is_silent(now):
                link.problem = f"{self._settings.url} does not answer any more"
                return
            if self._is_stopping and not closing:
                closing, limit = True, now + self._stop_seconds - GOODBYE_SECONDS
            if closing and self._window.is_empty:
                self._say_goodbye(link)
            if closing and (self._window.is_empty or now > limit):
                return  # without a good-bye, the broker publishes the will, as what was to be said may not arrive
            self._feed(link)
            self._turn(link, min(slow_turn, max(0.0, limit - now)) if closing or not link.is_accepted else slow_turn)

    def _feed(self, link: Link) -> None:
        """Give the link what is to be sent."""
        if not link.is_accepted:
            return
        with self._lock:
            asked, self._asked = self._asked, []
        for topics, qos in asked:
            if qos is None:
                link.unsubscribe(topics)
            else:
                link.subscribe(topics, qos, as_published=topics in self._as_published)
        while not link.problem and (found := self._window.next(link.may_confirm)) is not None:
            link.send(*found)

    def _turn(self, link: Link, seconds: float) -> None:
        """Wait until something is to be done, for at most some seconds, and do it."""
        poll = select.poll()
        poll.register(self._wake, select.POLLIN)
        poll.register(link.fileno(), select.POLLIN | (select.POLLOUT if link.wants_write else 0))
        ready = dict(poll.poll(0 if link.has_unread else seconds * 1000))
        if ready.pop(self._wake.fileno(), 0):
            self._wake.calm()
        events = next(iter(ready.values()), 0)
        link.turn(readable=bool(events & ~select.POLLOUT), writable=bool(events & select.POLLOUT))

    def _say_goodbye(self, link: Link) -> None:
        self._has_ended_well = True
        link.close()
        limit = time.monotonic() + GOODBYE_SECONDS
        while not link.problem and link.wants_write and time.monotonic() < limit:
            self._turn(link, 0.05)

    def _pause(self, seconds: float) -> None:
        """Wait before the next attempt, or until the stop."""
        limit = time.monotonic() + seconds
        poll = select.poll()  # not select.select: the number of a file can be 1024 and more
        poll.register(self._wake, select.POLLIN)
        while not self._is_stopping and (left := limit - time.monotonic()) > 0:
            poll.poll(left * 1000)
            self._wake.calm()

    # A link tells it these.

    def left_out(self, topic: str) -> None:
        """A message is larger than we take."""
        self._tell(too_large(topic, self._largest))

    def accepted(self) -> None:
        """The broker has accepted the connection."""
        link = self._link
        if link is None:
            return
        with self._lock:
            self._asked = list(self._wanted.items())
        self._window.open(self._stuck.largest(link.largest_sent, self._tell))
        self._listener.connected()

    def arrived(self, arrived: Arrived) -> None:
        """A message has come."""
        self._listener.received(arrived)

    def confirmed(self, number: int, refusal: Refusal | None) -> None:
        """The broker has confirmed or refused a message."""
        self._window.confirm(number)
        if refusal:
            self._listener.refused(number, refusal)
        else:
            self._listener.delivered(number)


def require_paho() -> None:
    """Check that paho-mqtt is installed.

    Raises:
        HostError: it is not. The message says how to install it.
    """
    try:
        import paho.mqtt  # noqa: F401, PLC0415 - only hosts with a broker need it
    except ModuleNotFoundError:
        from hostcore.extras import install_command  # noqa: PLC0415 - rarely needed, and takes 30 ms

        raise HostError(f"MQTT needs paho-mqtt: {install_command('mqtt')}") from None
