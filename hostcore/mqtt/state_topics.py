"""The retained topics of a node: how it, its outputs and its plugins are. Those of lost plugins are deleted."""

from __future__ import annotations

from hostcore.broker.bodies import NodeHealth, PluginHealth
from hostcore.broker.message import Arrived
from hostcore.broker.topics import (
    HEALTH,
    INFO,
    ONLINE,
    OUTPUTS,
    RESERVED,
    STATE,
    STATUS,
    VALUES,
    place_of,
)
from hostcore.clock import NS_PER_S, timestamp
from hostcore.events import (
    CountersTaken,
    Event,
    PluginReloaded,
    ReadingFailed,
    ReadingPublished,
    RoundCompleted,
    ValuesDescribed,
)
from hostcore.events.event_json import json_text, to_json
from hostcore.mqtt.load import load, private_mib
from hostcore.mqtt.node import Node
from hostcore.mqtt.node_bodies import (
    HEALTH_SECONDS,
    Measured,
    health_of,
    info_of,
    outputs_of,
    plugin_health_of,
    values_of,
)
from hostcore.mqtt.readings.outbox import Outbox
from hostcore.quick_dataclass import replace

PACE_NS = NS_PER_S // 2
"""Nanoseconds between two looks at the view while plugins only read."""
QUICK_NS = NS_PER_S // 10
"""Nanoseconds between two looks when something else happens."""
MOST_TOPICS = 5_000
"""Topics of this node beyond which nothing is deleted that it does not know: anyone can have filled the broker."""
SEARCH_NS = 5 * NS_PER_S
"""For how long after a connection it is looked for what an earlier run of the host left at the broker."""


class StateTopics:
    """A `hostcore.mqtt.node.NodePart`.

    Args:
        node: the node.
        outbox: the readings, which go their own way.
    """

    def __init__(self, node: Node, outbox: Outbox) -> None:
        self._node, self._outbox = node, outbox
        self._healths: dict[str, PluginHealth] = {}
        """What was told last of each plugin, without its time."""
        self._published: frozenset[str] = frozenset()
        """The plugins that are published."""
        self._refused: frozenset[str] = frozenset()
        """Plugins whose names are no topics. It was said."""
        self._looked: tuple[int, int] = (0, -PACE_NS)
        """The revision of the view at the last look, and when that was."""
        self._is_urgent = True
        """Whether something happened that may concern any plugin."""
        self._changed: set[str] = set()
        """The plugins that have only read, since the last look."""
        self._described: dict[str, int] = {}
        """How many values of each plugin were told."""
        self._measured = Measured()
        self._health_ns = 0
        self._left: tuple[str, ...] = ()
        """The filters of what an earlier run may have left, while it is looked for."""
        self._search_until_ns = 0
        self._has_told_twin = False
        self._corrected_ns = 0
        node.subscribe(node.topics.of(STATUS))

    def connected(self) -> None:
        """Tell everything again, and look what the broker has of an earlier run."""
        topics = self._node.topics
        self._left = (topics.of("+"), topics.of("+", STATE), topics.of("+", VALUES))
        for each in self._left:
            self._node.subscribe(each)
        self._search_until_ns = self._node.clock.monotonic_ns() + SEARCH_NS
        self._node.retained.put(self._node.topics.of(STATUS), ONLINE)
        self._node.retained.send_again()
        self._looked, self._is_urgent = (0, -PACE_NS), True

    def disconnected(self) -> None:
        """Nothing of it is sure."""
        self._end_search()

    def happened(self, event: Event) -> None:
        """Take note of what has to be looked at."""
        match event:
            case ReadingPublished() | ReadingFailed() | CountersTaken():
                self._changed.add(event.plugin)
            case RoundCompleted(left_out=()):
                pass
            case ValuesDescribed() | PluginReloaded():
                self._described.pop(event.plugin, None)
                self._is_urgent = True
            case _:
                self._is_urgent = True

    def arrived(self, arrived: Arrived) -> None:
        """Correct what the broker has of this node, if it is not true."""
        self._correct_status(arrived)
        if self._node.twins.arrived(arrived):
            self._node.note_twin()
            self._is_urgent = True
        self._delete_if_gone(arrived)

    def _correct_status(self, arrived: Arrived) -> None:
        """Say again that the node is online, once a second at most.

        The will of an earlier connection can come after this one was made, if the broker noticed its loss late.
        """
        now_ns = self._node.clock.monotonic_ns()
        is_wrong = arrived.topic == self._node.topics.of(STATUS) and arrived.payload != ONLINE and not arrived.retained
        if is_wrong and now_ns - self._corrected_ns >= NS_PER_S:
            self._corrected_ns = now_ns
            self._node.retained.put(arrived.topic, ONLINE)

    def _delete_if_gone(self, arrived: Arrived) -> None:
        """Delete what the broker has kept of a plugin that is gone."""
        place = place_of(arrived.topic, self._node.topics.prefix)
        if place is None or place.node != self._node.topics.node or not (arrived.retained and arrived.payload):
            return
        name, *rest = place.levels
        is_plugins = not rest or rest in ([STATE], [VALUES])
        is_gone = name not in RESERVED and name not in self._published
        if is_plugins and is_gone and len(self._node.retained) < MOST_TOPICS:
            self._node.retained.clear(arrived.topic)

    def look(self) -> float | None:
        """Compare the view with what was told, from time to time."""
        view, now_ns = self._node.view, self._node.clock.monotonic_ns()
        if self._left and now_ns >= self._search_until_ns:
            self._end_search()
        revision, looked_ns = self._looked
        if view.revision == revision and now_ns < self._health_ns:
            return None
        if not self._has_told_twin and (told := self._node.twins.told):
            self._has_told_twin = True
            self._node.warn(f"MQTT: {told}")
        early_ns = looked_ns + (QUICK_NS if self._is_urgent else PACE_NS) - now_ns
        if early_ns > 0:
            return early_ns / NS_PER_S
        changed = {each.name for each in view.plugins.all()} if self._is_urgent else self._changed
        if self._is_urgent:
            self._know_plugins()
            self._tell(self._node.topics.of(INFO), info_of(view, self._node.settings, self._node.run))
            self._tell(self._node.topics.of(OUTPUTS), outputs_of(view.outputs).to_json())
        for name in changed & self._published:
            self._tell_plugin(name)
        self._tell_health(now_ns)
        self._looked, self._is_urgent, self._changed = (view.revision, now_ns), False, set()
        return None

    def _end_search(self) -> None:
        for each in self._left:
            self._node.unsubscribe(each)
        self._left = ()

    def _know_plugins(self) -> None:
        """Delete what the broker keeps of plugins that are gone."""
        names = frozenset(each.name for each in self._node.view.plugins.all())
        published, refused = names - RESERVED, names & RESERVED
        if refused - self._refused:
            self._node.warn(
                f"MQTT: {', '.join(sorted(refused))}: not published, because a topic of the node itself has this name; "
                "rename the file"
            )
        for name in self._published - published:
            self._outbox.retire(name)
            self._healths.pop(name, None)
            self._described.pop(name, None)
            for topic in self._topics_of(name):
                self._node.retained.clear(topic)
        self._published, self._refused = published, refused

    def _topics_of(self, plugin: str) -> tuple[str, ...]:
        topics = self._node.topics
        return topics.reading(plugin), topics.of(plugin, STATE), topics.of(plugin, VALUES)

    def _tell_plugin(self, name: str) -> None:
        view, topics = self._node.view, self._node.topics
        plugin = view.plugins.get(name)
        if plugin is None:
            return
        body = plugin_health_of(view, plugin)
        if body != self._healths.get(name):
            self._healths[name] = body
            now = timestamp(self._node.clock.wall_ns())
            state, essence = topics.of(name, STATE), replace(body, readings=0)
            self._node.retained.want(state, body, lambda: _payload(replace(body, time=now)), essence=essence)
        numbers = len(view.reading_facts.of(name).numbers)
        if numbers and self._described.get(name) != numbers:
            self._described[name] = numbers
            self._tell(topics.of(name, VALUES), values_of(view, name))

    def _tell_health(self, now_ns: int) -> None:
        is_due = now_ns >= self._health_ns
        if is_due:
            self._measured = Measured(load=load(), memory_mib=private_mib())
            self._health_ns = now_ns + round(HEALTH_SECONDS * NS_PER_S)
        measured = replace(
            self._measured, waiting=self._outbox.overdue, dropped=self._outbox.dropped, twin=self._node.twins.told
        )
        health = health_of(self._node.view, self._node.clock.wall_ns(), measured, self._node.run)
        self._node.retained.want(
            self._node.topics.of(HEALTH),
            health,
            lambda: _payload(health),
            essence=_essence(health),
            refresh_seconds=HEALTH_SECONDS,
        )

    def _tell(self, topic: str, body: object) -> None:
        self._node.retained.want(topic, body, lambda: _payload(body))


def _payload(body: object) -> bytes:
    return json_text(to_json(body)).encode()


def _essence(health: NodeHealth) -> NodeHealth:
    """What must be known at once when it changes."""
    return replace(health, time="", load=None, memory_mib=None, waiting=0)
