"""A node with a scripted host, on a real broker."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from hostcore.broker.groups import CommandGroup
from hostcore.clock import RealClock
from hostcore.config.mqtt import MqttSettings
from hostcore.events import Event
from hostcore.mqtt.commands.part import CommandPart
from hostcore.mqtt.front import MqttFront
from tests.broker import SOON, Broker, visiting
from tests.scripted_session import ScriptedSession, plugin_facts


class LiveNode:
    """A node on a broker.

    Attributes:
        session: its host.
    """

    def __init__(self, broker: Broker, prefix: str, groups: tuple[CommandGroup, ...]) -> None:
        self.session = ScriptedSession(known=[plugin_facts("light")])
        self.session.stream.follow(self.session.backlog)
        settings = MqttSettings(
            broker=broker.settings.url, user=broker.settings.user, password_file=broker.password_file,
            prefix=prefix, node="pi", commands=groups,
        )  # fmt: skip
        self.front = MqttFront(
            self.session, settings, RealClock(), self.session.stream.publish, parts=(CommandPart,), delays=SOON
        )

    def publish(self, *events: Event) -> None:
        self.session.publish(events)


@contextmanager
def live_node(broker: Broker, prefix: str, groups: tuple[CommandGroup, ...]) -> Iterator[LiveNode]:
    """Make a context with a node that is online, and takes commands of these groups."""
    node = LiveNode(broker, prefix, groups)
    node.front.start()
    try:
        with visiting(broker.settings, f"{prefix}/pi/status", name=f"waiting-for-{prefix}") as visitor:
            visitor.wait_for(lambda: visitor.of(f"{prefix}/pi/status") == [b"online"])
        yield node
    finally:
        node.front.stop()
