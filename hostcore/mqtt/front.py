"""The front end: one thread between the host's events and the connection to the broker."""

from __future__ import annotations

import secrets
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence

from hostcore.broker.backoff import DELAYS, Delays
from hostcore.broker.connection import GOODBYE_SECONDS, STOP_SECONDS, BrokerConnection
from hostcore.broker.message import Arrived, Message, Refusal
from hostcore.broker.topics import COMMAND, OFFLINE, RESERVED, STATUS, NodeTopics
from hostcore.clock import Clock
from hostcore.config.mqtt import MqttSettings
from hostcore.errors import BrokerError, DefectError
from hostcore.events import (
    HOST,
    ConnectionRestored,
    Event,
    EventsDropped,
    Level,
    LogWritten,
    PluginsChanged,
    ReadingPublished,
    StateChanged,
)
from hostcore.log.safe_text import log_line
from hostcore.mqtt.inbox import Inbox
from hostcore.mqtt.link_state import Backlog, LinkState
from hostcore.mqtt.node import LastingPart, Node, NodePart
from hostcore.mqtt.node_view import NodeView
from hostcore.mqtt.occurrences import KINDS, Occurrences
from hostcore.mqtt.readings.last import LastReadings
from hostcore.mqtt.readings.outbox import Outbox, OutboxSettings
from hostcore.mqtt.retained import Retained
from hostcore.mqtt.state_topics import StateTopics
from hostcore.mqtt.twins import Twins
from hostcore.session import Session
from hostcore.threads import HostThread, require_threads

THREADS = 2
"""Its own, and that of the connection."""
CAPACITY = 10_000
"""The most events that wait."""
WAITING_BYTES = 16 << 20
"""The most bytes of large ones among them."""
GATHER_SECONDS = 0.02
"""For how long events are gathered: each wake-up of this thread costs more than an event, and a plugin reads at most
every 0.05 s."""
IDLE_SECONDS = 1.0
"""The longest time between two looks."""
LARGEST_TAKEN = 256 << 10
"""Bytes of a payload that is taken. A command has 16 KiB, a chunk of a live screen 32, and an earlier announcement
to Home Assistant 128."""
END_SECONDS = 0.3
"""How long its thread may take to end."""

PartMaker = Callable[[Node], NodePart]


class MqttFront:
    """Publishes one host. It implements `hostcore.broker.interface.Listener`.

    Args:
        session: the host.
        settings: the broker, and what to publish.
        clock: of the host.
        publish_event: publishes events of the front end itself at the host: log lines, and how the connection is.
        parts: make further parts.
        delays: between two attempts to connect, and before what waited is sent.

    Attributes:
        outbox: the readings that wait for the broker.
        unsent: the same for the history, which keeps a copy.
    """

    def __init__(
        self,
        session: Session,
        settings: MqttSettings,
        clock: Clock,
        publish_event: Callable[[Event], None],
        *,
        parts: Sequence[PartMaker] = (),
        delays: Delays = DELAYS,
    ) -> None:
        self._session, self._clock, self._publish_event = session, clock, publish_event
        facts, broker = session.facts, settings.broker_settings
        self.topics = NodeTopics(settings.prefix, settings.node_or(facts.host_name))
        run = secrets.token_hex(4)
        will = Message(self.topics.of(STATUS), OFFLINE, 1, retain=True)
        client_id = f"wasi-host.{self.topics.of().replace('/', '.')}"  # no name has a point, so no other node has it
        self._connection = BrokerConnection(
            broker, client_id, self, will=will, largest=LARGEST_TAKEN, tell=self._left_out, delays=delays,
            as_published={self.topics.of(COMMAND, "+")},
        )  # fmt: skip
        wanted = OutboxSettings(settings.qos, settings.backlog_mib << 20, settings.backlog_per_second, delays.others)
        self.outbox = Outbox(run, self.topics, clock, wanted, self._warn_of_mqtt)
        self.unsent = LastReadings(self.outbox, self._take_rest)
        self._view, self._retained = NodeView(facts, session.plugins()), Retained()
        self._occurrences = Occurrences(self.topics, settings.qos, self._warn_of_mqtt)
        self._link = LinkState(broker.url, clock, publish_event)
        self._calls: deque[Callable[[], None]] = deque()
        self._inbox, self._has_told_flood = Inbox(), False
        self._ending = threading.Event()
        self._thread: HostThread | None = None
        self._node = Node(
            session=session, view=self._view, retained=self._retained, settings=settings, topics=self.topics, run=run,
            clock=clock, publish=self._connection.publish, subscribe=self._connection.subscribe,
            unsubscribe=self._connection.unsubscribe, warn=self._warn, publish_event=publish_event, wake=self._wake,
            twins=Twins(self.topics, run, clock), note_twin=self._connection.note_twin,
        )  # fmt: skip
        own: NodePart = StateTopics(self._node, self.outbox)
        self._parts = (own, *(make(self._node) for make in parts))

    def start(self) -> None:
        """Begin to connect, and to take events. Start it before the host, so that it misses none. Returns at once.

        Raises:
            HostError: there are no threads.
        """
        require_threads("mqtt", THREADS)
        kinds = {*self._view.kinds, *KINDS, ReadingPublished}
        self._subscription = self._session.subscribe(*kinds, capacity=CAPACITY)
        self._subscription.bound_large(WAITING_BYTES)
        self._thread = HostThread(self._run, "mqtt")
        self._thread.start()
        self._connection.start()

    def stop(self) -> bool:
        """Say that the node is offline, and end. Blocks for about a second at most, mostly for some milliseconds.

        Returns:
            Whether the broker has confirmed everything. Otherwise it publishes the last will.
        """
        if self._thread is None:
            return self._connection.stop()
        began = time.monotonic()
        self._ending.set()
        self._wake()
        self._thread.join(END_SECONDS)
        for part in self._parts:
            if isinstance(part, LastingPart):
                part.stop()
        if self._connection.is_connected and not self._thread.is_alive():
            self._try(Message(self.topics.of(STATUS), OFFLINE, 1, retain=True))
        left = STOP_SECONDS - (time.monotonic() - began)
        is_over = self._connection.stop(max(left, GOODBYE_SECONDS))
        self.outbox.note_connection(is_there=False)  # what was not confirmed waits for the next start
        self._take_rest()
        return is_over

    def _take_rest(self) -> None:
        """Take the readings that have come after the front end's own thread has ended."""
        if self._thread is not None and not self._thread.is_alive():
            self._take_readings([item.event for item in self._subscription.take(0)])

    # On its own thread

    def _run(self) -> None:
        wait = IDLE_SECONDS
        try:
            while not self._ending.is_set():
                self._take(self._gathered(wait))
                self._hear()
                looks = [part.look() for part in self._parts]
                self._link.look(self._backlog())
                wait = min(self._send(), *(IDLE_SECONDS if each is None else each for each in looks))
        except Exception as bug:  # noqa: BLE001 - plugins must keep running; a traceback would overwrite the screen
            self._break(bug)

    def _backlog(self) -> Backlog:
        outbox = self.outbox
        return Backlog(outbox.overdue, outbox.dropped, outbox.dropped_because, outbox.not_kept, self._node.twins.told)

    def _break(self, bug: Exception) -> None:
        """Leave the broker: it must not say that the node is online, as nothing is published any more."""
        self._try(Message(self.topics.of(STATUS), OFFLINE, 1, retain=True))
        self._connection.stop()
        self._link.lose(f"MQTT has ended until the next start of the host: {DefectError(bug)}")

    def _gathered(self, wait: float) -> list[Event]:
        """Return what happens within `GATHER_SECONDS` of the first event. Waits `wait` seconds for that one."""
        batch = self._subscription.take(wait)
        if batch and not self._ending.wait(GATHER_SECONDS):
            batch += self._subscription.take(0)
        return [item.event for item in batch]

    def _hear(self) -> None:
        """Take in what the connection has told."""
        while self._calls:
            self._calls.popleft()()
        if self._inbox.dropped and not self._has_told_flood:
            self._has_told_flood = True
            self._warn_of_mqtt("messages come faster than this computer can read them; what is too much is dropped")
        for arrived in self._inbox.take():
            for part in self._parts:
                part.arrived(arrived)

    def _take(self, batch: Sequence[Event]) -> None:
        """Take in what happened."""
        if not batch:
            return
        self._view.fold(batch)
        if any(isinstance(event, StateChanged | PluginsChanged | ConnectionRestored) for event in batch):
            self._view.know_host(self._session.facts, self._session.plugins())
        self._take_readings(batch)
        for event in batch:
            self._occurrences.take(event)
            for part in self._parts:
                part.happened(event)

    def _take_readings(self, batch: Sequence[Event]) -> None:
        for event in batch:
            if isinstance(event, ReadingPublished) and event.plugin not in RESERVED:
                self.outbox.put(event)
            elif isinstance(event, EventsDropped):
                self.outbox.miss(event.count)

    def _send(self) -> float:
        """Send what may be sent now. Returns the seconds after which there is more to do."""
        publish = self._connection.publish
        waits = [self._retained.send(publish, self._clock.monotonic_ns())]
        waits.append(None if self._occurrences.send(publish) else 0.1)
        waits.append(self.outbox.send(publish))
        return min([IDLE_SECONDS, *(each for each in waits if each is not None)])

    def _try(self, message: Message) -> None:
        try:
            self._connection.publish(message)
        except BrokerError:
            return

    # On the connection's thread

    def connected(self) -> None:
        """See `hostcore.broker.interface.Listener`; so are the others."""
        self.outbox.note_connection(is_there=True)
        self._call(self._connected)

    def disconnected(self, problem: str) -> None:
        """There is no connection."""
        self.outbox.note_connection(is_there=False)
        self._call(lambda: self._disconnected(problem))

    def received(self, arrived: Arrived) -> None:
        """A message has come."""
        self._inbox.put(arrived)
        self._wake()

    def delivered(self, number: int) -> None:
        """A message has arrived."""
        self.outbox.delivered(number)
        self._calls.append(lambda: self._occurrences.delivered(number))

    def refused(self, number: int, refusal: Refusal) -> None:
        """The broker does not want a message."""
        self.outbox.refused(number, str(refusal))
        self._call(lambda: self._refused(number, refusal))

    def _left_out(self, problem: str) -> None:
        self._call(lambda: self._link.note(problem))

    def _call(self, call: Callable[[], None]) -> None:
        self._calls.append(call)
        self._wake()

    def _wake(self) -> None:
        self._subscription.wake()

    # Called by `_run`

    def _connected(self) -> None:
        self._link.reach()
        for part in self._parts:
            part.connected()

    def _disconnected(self, problem: str) -> None:
        self._link.lose(problem)
        self._occurrences.lost()
        for part in self._parts:
            part.disconnected()

    def _refused(self, number: int, refusal: Refusal) -> None:
        self._occurrences.delivered(number)
        self._link.refuse(str(refusal), refusal.why)

    def _warn_of_mqtt(self, text: str) -> None:
        self._warn(f"MQTT: {text}")

    def _warn(self, text: str) -> None:
        self._publish_event(LogWritten(self._clock.wall_ns(), HOST, Level.WARNING, log_line(text), by_host=True))
