"""A node that tests let publish what they want, with the real announcements for Home Assistant."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from hostcore.broker.bodies import NodeHealth, NodeInfo, PluginHealth, ValueInfo
from hostcore.broker.groups import CommandGroup
from hostcore.broker.outputs import LineState, NodeOutputs, RelayState, StripState
from hostcore.broker.topics import HEALTH, INFO, ONLINE, OUTPUTS, STATE, STATUS, NodeTopics
from hostcore.events.event_json import to_json
from hostcore.home_assistant.announcer import Announcer, PluginFacts
from hostcore.home_assistant.site import Site
from hostcore.quantities.guess import guessed
from tests.broker import Visitor

NOW = "2026-01-31T08:00:00Z"
OUTPUTS_OF_NODE = NodeOutputs(
    {"fan": RelayState(on=True, by="a person", is_simulated=True), "pump": RelayState(on=None)},
    {18: LineState(50.0, 440.0)},
    StripState(((0, 0, 0), (100, 50, 0))),
)


def node_site(node: str, *commands: CommandGroup, simulated: bool = False) -> Site:
    """Return the site of a node with this name."""
    topics = NodeTopics("wasi-host", node)
    return Site("homeassistant", topics, "1.2.3", frozenset(commands), is_simulated=simulated)


def quiet(_line: str) -> None:
    """Take a line for the log."""


class PublishedNode:
    """One node.

    Args:
        visitor: a client of the broker, which gets the node's own announcements, too.
        site: the node.
        interval: seconds between two readings, as its plugins say.

    Attributes:
        now: the node's clock in seconds, which the test moves.
        stated: what values measure, by their keys with points between them.
    """

    def __init__(self, visitor: Visitor, site: Site, interval: float = 3600.0) -> None:
        self.visitor, self.site, self.interval = visitor, site, interval
        self.now = 0.0
        self.stated: dict[str, ValueInfo] = {}
        self.simulated: tuple[str, ...] = ()
        self.announcer = Announcer(site, lambda: self.now, lambda least, most: (least + most) / 2, quiet)
        self._outputs = NodeOutputs()
        self.announcer.connected()
        self._say((STATUS,), ONLINE)
        self._say((INFO,), to_json(NodeInfo("1.2.3", site.node, "0123abcd", NOW, interval)))
        self._say((HEALTH,), to_json(NodeHealth(NOW, load=0.5, memory_mib=60.5, alarms=("hot",), alarms_count=1)))

    def drive(self, outputs: NodeOutputs) -> None:
        """Publish what the outputs do."""
        self._outputs = outputs
        self._say((OUTPUTS,), outputs.to_json())

    def plugins(self, *names: str, condition: str = "running", state: str = "running") -> None:
        """Publish how plugins are; others are no longer there."""
        self.announcer.know(names)
        for name in names:
            health = PluginHealth(NOW, state, condition, "SDA is low", interval=self.interval, crashes=3)
            self._say((name, STATE), to_json(health))

    def read(self, plugin: str, reading: Mapping[str, Any]) -> None:
        """Publish a reading."""
        self.announcer.read(plugin, reading)
        self._say((plugin,), reading)

    def announce(self, seconds: float = 60.0) -> None:
        """Move the clock on, and publish what is due for Home Assistant."""
        self.now += seconds
        for message in self.announcer.due(self._facts, lambda: self._outputs):
            self.visitor.connection.publish(message)

    def _facts(self, _plugin: str) -> PluginFacts:
        return PluginFacts(self.interval, self._info, self.simulated)

    def _info(self, path: Sequence[str]) -> ValueInfo:
        key = ".".join(path)
        quantity = guessed(path)
        return self.stated.get(key) or ValueInfo(
            key, quantity.unit, quantity.device_class, quantity.state_class, quantity.decimals, quantity.name
        )

    def _say(self, levels: tuple[str, ...], body: Any) -> None:
        payload = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.visitor.publish(self.site.topics.of(*levels), payload, retain=True)
