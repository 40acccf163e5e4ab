"""The fleet's client: a connection to the broker, and a thread that folds what it delivers into the read model."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from hostcore.broker.backoff import DELAYS, Delays
from hostcore.broker.connection import BrokerConnection
from hostcore.broker.live.client import LiveScreen, LiveStreams
from hostcore.broker.message import Arrived, Refusal
from hostcore.broker.settings import BrokerSettings
from hostcore.broker.topics import EVENTS, HEALTH, INFO, LATE, OFFLINE, RESPONSE, STATE, STATUS, VALUES, place_of
from hostcore.clock import Clock, RealClock
from hostcore.fleet.asking import Answer, Asker, random_name, require_answerable, require_known, seconds_of
from hostcore.fleet.folding import Fleet
from hostcore.fleet.intake import Intake
from hostcore.fleet.model import FleetView, Link, NodeDetail, NodeStatus
from hostcore.fleet.reading import MOST_BYTES
from hostcore.fleet.turns import Turns
from hostcore.threads import HostThread

ANSWER_SECONDS = 10.0
"""How long the answer of a node is awaited."""
BATCH = 20
"""The most messages that are folded while nobody else can look. It takes a millisecond."""
FOLD_SECONDS = 0.005
"""After this time, others may look before the next one is folded. The worst message takes some milliseconds itself."""
TELL_SECONDS = 0.25
"""The least time between two calls of `changed`."""
AGAIN_SECONDS = 30.0
"""The least time between two requests for what the broker has kept, after messages were lost."""
STOP_SECONDS = 0.9
"""The longest time that a stop takes."""
STREAM_SECONDS = 0.4
"""The part of it that live screens have for their end."""
POLL_SECONDS = 0.02
"""How often `wait_for_state` looks."""


class FleetClient:
    """Knows a fleet. All methods can be called on any thread, apart from that of `changed`.

    Args:
        settings: the broker.
        prefix: the first levels of all topics.
        changed: called on the client's own thread when `view` may return something new, at most four times a second.
            It must not block. Nodes also become silent while nothing comes: look once in some seconds all the same.
        password: for the broker; None for that of the settings' file or variable.
        clock: tells the time.
        delays: between two attempts to connect.

    Raises:
        HostError: paho-mqtt is not installed. The message says how to install it.
    """

    def __init__(
        self,
        settings: BrokerSettings,
        prefix: str = "wasi-host",
        changed: Callable[[], object] = lambda: None,
        *,
        password: str | None = None,
        clock: Clock | None = None,
        delays: Delays = DELAYS,
    ) -> None:
        self._prefix, self._changed, self._clock = prefix, changed, clock or RealClock()
        self._fleet, self._turns = Fleet(prefix), Turns()
        self._intake = Intake()
        name = random_name()
        self._connection = BrokerConnection(
            settings, f"wasi-host-{name}", self, password=password, largest=MOST_BYTES[RESPONSE], delays=delays
        )
        self._asker = Asker(self._connection, prefix, name, self._clock, has_response_topics=settings.version == "5")
        self._streams = LiveStreams(self._connection, prefix, self._clock)
        self._thread = HostThread(self._run, "fleet")
        self._subscribe_overview()

    def start(self) -> None:
        """Connect, and connect again whenever the broker is lost. Returns at once.

        Raises:
            NoThreadError: no thread can be started.
        """
        self._thread.start()
        self._connection.start()

    def stop(self) -> bool:
        """Disconnect. Blocks for up to a second, usually much less.

        Returns:
            Whether all of it has ended in that time. The connection may still be waiting for an answer of the network.
        """
        deadline = time.monotonic() + STOP_SECONDS
        self._asker.disconnect()
        self._intake.close()
        have_streams_ended = self._streams.stop(STREAM_SECONDS)
        self._connection.stop(deadline - time.monotonic())
        self._thread.join(max(0.0, deadline - time.monotonic()))
        return have_streams_ended and not self._thread.is_alive()

    def view(self) -> FleetView:
        """Return all nodes as they are now. Takes a millisecond for a thousand nodes if nothing changed."""
        with self._turns.look():
            return self._fleet.view(self._now)

    def detail(self, node: str) -> NodeDetail | None:
        """Return all that is known of an opened node; None if it is not open or not known."""
        with self._turns.look():
            return self._fleet.detail(node, self._now)

    def open(self, node: str) -> None:
        """Subscribe to plugins, readings and events of a node. Returns at once; `detail` has them as they come."""
        with self._turns.look():
            self._fleet.open(node)
        for each in self._opened(node):
            self._connection.subscribe(each)

    def close(self, node: str) -> None:
        """Unsubscribe from them again. Closing what is not open does nothing."""
        for each in self._opened(node):
            self._connection.unsubscribe(each)
        with self._turns.look():
            self._fleet.close(node)

    def ask(
        self, node: str, command: str, arguments: Mapping[str, Any] | None = None, timeout: float = ANSWER_SECONDS
    ) -> Answer:
        """Ask a node, and return its answer. Blocks up to `timeout` seconds.

        Args:
            node: its name.
            command: ``history``, ``crashes``, ``log``, ``relay``, ... (docs/mqtt.md).
            arguments: what the command needs.
            timeout: how long to wait, in seconds.

        Raises:
            BrokerAwayError: the broker is not connected.
            NodeError: the node is not known, does not allow it, refused it, or does not answer. The message is safe
                to show, and says what to do.
        """
        with self._turns.look():
            status, link, known = self._fleet.status(node, self._now), self._fleet.link, self._fleet.names
        require_answerable(node, status, link, command, known)
        return self._asker.ask(node, command, arguments or {}, timeout)

    def give_up(self) -> None:
        """Let no `ask` wait any longer: each raises `BrokerAwayError` now. Later ones are not concerned."""
        self._asker.disconnect()

    def known(self, node: str) -> NodeStatus:
        """Return the line of a node.

        Raises:
            NodeError: there is none of this name. The message says which there are.
        """
        with self._turns.look():
            status, names = self._fleet.status(node, self._now), self._fleet.names
        return require_known(node, status, names)

    def live(self, node: str) -> LiveScreen:
        """Return the way to a node's own session: its `connect` is that of a `RemoteSession`. Returns at once."""
        return LiveScreen(self._streams, node, self.ask, self._clock)

    def wait_for_state(self, quiet: float, longest: float) -> bool:
        """Wait until the broker has delivered what it has kept: then nothing of that comes for a moment.

        Args:
            quiet: the moment, in seconds.
            longest: how long to wait in all, in seconds, also for the connection.

        Returns:
            Whether the broker was reached. It is not, as soon as one attempt has failed.
        """
        deadline, pause = time.monotonic() + longest, threading.Event()
        while time.monotonic() < deadline:
            link = self._link
            if link.is_connected and self.is_quiet(quiet):
                return True
            if not link.is_connected and link.problem:
                return False
            pause.wait(POLL_SECONDS)
        return self._link.is_connected

    def is_quiet(self, seconds: float) -> bool:
        """Return whether nothing has come for so long that the broker had kept, and nothing of it waits."""
        return self._intake.quiet_seconds >= seconds

    @property
    def _link(self) -> Link:
        with self._turns.look():
            return self._fleet.link

    @property
    def _now(self) -> float:
        return seconds_of(self._clock)

    def _subscribe_overview(self) -> None:
        """Subscribe to what is wanted always: a message of each node in half a minute, and others when it changes.

        With QoS 1, mosquitto lets a thousand messages wait for their confirmations (`max_queued_messages`), and throws
        away what else it has kept of a large fleet.
        """
        for part in (STATUS, INFO, HEALTH):
            self._connection.subscribe(f"{self._prefix}/+/{part}", qos=0)

    def _opened(self, node: str) -> Iterator[str]:
        """Return what is subscribed while a node is open: not the commands, answers and live screens of others."""
        for part in ("+", f"+/{STATE}", f"+/{VALUES}", f"+/{LATE}", f"{EVENTS}/+"):
            yield f"{self._prefix}/{node}/{part}"

    # What follows runs on the client's thread.

    def _run(self) -> None:
        told, is_told, asked = 0.0, True, 0.0
        while not self._intake.is_closed:
            batch = self._intake.take(BATCH, TELL_SECONDS)
            self._fold(batch)
            now = time.monotonic()
            is_told = is_told and not batch
            if not is_told and now - told >= TELL_SECONDS:
                told, is_told = now, True
                self._changed()
            if now - asked >= AGAIN_SECONDS and (self._intake.has_lost() or self._fleet.has_room_again):
                asked = now
                self._ask_again()

    def _fold(self, batch: list[Callable[[Fleet], None]]) -> None:
        folds = iter(batch)
        fold = next(folds, None)
        while fold is not None:
            with self._turns.work():
                limit = time.monotonic() + FOLD_SECONDS
                while fold is not None and time.monotonic() < limit:
                    fold(self._fleet)
                    fold = next(folds, None)

    def _ask_again(self) -> None:
        """Have the broker send again what it has kept: a later subscription to the same topics does that."""
        with self._turns.work():
            self._fleet.check(self._now)
            opened = self._fleet.opened
        self._subscribe_overview()
        for each in (topics for node in opened for topics in self._opened(node)):
            self._connection.subscribe(each)

    # The connection tells it these, on its own thread.

    def connected(self) -> None:
        """We have the broker."""
        now = self._now
        self._intake.note(lambda fleet: fleet.connected(now))

    def disconnected(self, problem: str) -> None:
        """We have no broker."""
        now = self._now
        self._streams.disconnected()
        self._asker.disconnect()
        self._intake.note(lambda fleet: fleet.disconnected(now, problem))

    def received(self, arrived: Arrived) -> None:
        """A message has come."""
        if self._streams.received(arrived):
            return
        place = place_of(arrived.topic, self._prefix)
        if place is not None and place.levels[0] == RESPONSE:
            self._asker.take(place, arrived.payload)
            return
        if place is not None and place.levels == (STATUS,) and arrived.payload == OFFLINE and not arrived.retained:
            self._streams.lost_node(place.node)
        self._intake.put(arrived, self._now)

    def delivered(self, number: int) -> None:
        """The broker has a message of ours."""

    def refused(self, number: int, refusal: Refusal) -> None:
        """The broker does not take a message of ours, or does not let us read."""
        self._asker.refuse(number, str(refusal))
        if not number:
            self._intake.note(lambda fleet: fleet.refuse(str(refusal)))
