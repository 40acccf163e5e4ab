"""The MQTT front end of a scripted session, at a real broker, and what a subscriber gets of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from typing import Any

from hostcore.broker.backoff import Delays
from hostcore.clock import Clock, RealClock
from hostcore.config.mqtt import MqttSettings
from hostcore.events import (
    BrokerLost,
    BrokerReached,
    Event,
    LogWritten,
    PluginsChanged,
    ReadingPublished,
    State,
    StateChanged,
)
from hostcore.mqtt.front import MqttFront, PartMaker
from hostcore.place import BusName
from tests.broker import SOON, USER, Broker, Visitor, visiting
from tests.scripted_session import ScriptedSession, plugin_facts

_PREFIXES = count(1)
NODE = "greenhouse"


class Published:
    """A front end, and what comes of it.

    Attributes:
        session: the scripted host.
        front: its front end, which has started.
        visitor: subscribes to all that the node publishes.
    """

    def __init__(self, session: ScriptedSession, front: MqttFront, visitor: Visitor, prefix: str) -> None:
        self.session, self.front, self.visitor, self._prefix = session, front, visitor, prefix
        self._events = session.subscribe(BrokerLost, BrokerReached, LogWritten)
        self._kept: list[Event] = []

    def topic(self, *levels: str) -> str:
        """Return a topic of the node."""
        return "/".join((self._prefix, NODE, *levels))

    def texts(self, *levels: str) -> list[str]:
        """Return the payloads that have come for a topic."""
        return [each.decode() for each in self.visitor.of(self.topic(*levels))]

    def bodies(self, *levels: str) -> list[Any]:
        """Return what has come for a topic, from JSON."""
        return [json.loads(each) for each in self.texts(*levels) if each]

    def wait(self, condition: Callable[[], object]) -> None:
        """Wait until something is true."""
        self.visitor.wait_for(condition)

    def happen(self, *events: Event) -> None:
        """Let something happen at the host."""
        for each in events:
            self.session.stream.publish(each)

    def run(self, plugin: str) -> None:
        """A plugin begins to run."""
        self.happen(StateChanged(1, plugin, State.LOADING, State.RUNNING, "loaded as driver"))

    def read(self, plugin: str, simulated: Sequence[str] = (), **values: Any) -> None:
        """A plugin reads."""
        self.happen(ReadingPublished(RealClock().wall_ns(), plugin, values, tuple(map(BusName, simulated))))

    def change_plugins(self, *names: str) -> None:
        """The host has these plugins from now on."""
        self.session.known[:] = map(plugin_facts, names)
        self.happen(PluginsChanged(1, names))

    def told(self, kind: type) -> list[Any]:
        """Return the events of a kind that the front end has published at the host."""
        return [event for event in self._told() if isinstance(event, kind)]

    def lines(self) -> list[str]:
        """Return what the log says."""
        return [event.text for event in self.told(LogWritten)]

    def _told(self) -> list[Event]:
        self._kept += [item.event for item in self._events.take(0)]
        return self._kept


def settings_of(broker: Broker, prefix: str = "") -> MqttSettings:
    """Return the settings of a node with a prefix of its own."""
    return MqttSettings(
        enabled=True,
        broker=f"mqtt://{USER}@127.0.0.1:{broker.ports.plain}",
        password_file=broker.password_file,
        prefix=prefix or f"front-{next(_PREFIXES)}",
        node=NODE,
    )


@contextmanager
def publishing(
    broker: Broker,
    *plugins: str,
    settings: MqttSettings | None = None,
    session: ScriptedSession | None = None,
    parts: Sequence[PartMaker] = (),
    clock: Clock | None = None,
    delays: Delays = SOON,
) -> Iterator[Published]:
    """A host with plugins that publishes to a broker, and a subscriber that was there before."""
    settings = settings or settings_of(broker)
    session = session or ScriptedSession()
    session.known[:] = map(plugin_facts, plugins)
    front = MqttFront(session, settings, clock or RealClock(), session.stream.publish, parts=parts, delays=delays)
    with visiting(broker.settings, f"{settings.prefix}/#", name=f"of-{settings.prefix}") as visitor:
        found = Published(session, front, visitor, settings.prefix)
        front.start()
        try:
            yield found
        finally:
            front.stop()
