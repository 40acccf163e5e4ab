"""Home Assistant as a part of the front end: announces the node and its plugins, and removes what is gone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import uniform
from urllib.parse import urlsplit

from hostcore.broker.bodies import ValueInfo
from hostcore.broker.message import Arrived
from hostcore.broker.topics import RESERVED
from hostcore.clock import NS_PER_S
from hostcore.config.web import is_loopback
from hostcore.events import Event, ReadingPublished
from hostcore.events.facts import HostFacts
from hostcore.home_assistant.announcer import LOOK_SECONDS, Announcer, PluginFacts
from hostcore.home_assistant.site import Site
from hostcore.mqtt.node import Node
from hostcore.mqtt.node_bodies import outputs_of

USUAL_PREFIX = "homeassistant"
"""Where it is looked for what an earlier run announced, if nothing is announced any more."""
PACE_SECONDS = 0.25
"""Between two looks."""


class HomeAssistantPart:
    """A `hostcore.mqtt.node.NodePart`.

    Args:
        node: the node.
        draw: a random number between two others.
        look_seconds: how long after a connection what the broker kept is waited for.
    """

    def __init__(
        self, node: Node, draw: Callable[[float, float], float] = uniform, look_seconds: float = LOOK_SECONDS
    ) -> None:
        self._node = node
        is_on = bool(node.settings.home_assistant)
        self._announcer = Announcer(_site_of(node), self._now, draw, node.warn, is_on=is_on, look_seconds=look_seconds)
        self._looked_at = -PACE_SECONDS
        self._is_looking = False
        """Whether it is subscribed to its own announcements."""
        if is_on:
            node.subscribe(self._announcer.site.birth_topic)

    def connected(self) -> None:
        """Look what the broker has of an earlier run."""
        for each in self._announcer.site.filters:
            self._node.subscribe(each)
        self._is_looking = True
        self._announcer.connected()

    def disconnected(self) -> None:
        """Nothing can be announced."""
        self._announcer.disconnected()

    def arrived(self, arrived: Arrived) -> None:
        """The broker has kept an announcement, or Home Assistant has started."""
        self._announcer.arrived(arrived)

    def happened(self, event: Event) -> None:
        """Learn from each reading which values there are."""
        if isinstance(event, ReadingPublished):
            if not self._announcer.knows(event.plugin):
                self._know()
            self._announcer.read(event.plugin, event.reading)

    def look(self) -> None:
        """Announce what is new, if some time has gone: nobody waits for it."""
        if (now := self._now()) < self._looked_at + PACE_SECONDS:
            return
        self._looked_at = now
        self._know()
        if self._is_looking and self._announcer.has_looked:
            self._is_looking = False
            for each in self._announcer.site.filters:
                self._node.unsubscribe(each)
        answered = self._announcer.answered
        for message in self._announcer.due(self._facts, lambda: outputs_of(self._node.view.outputs)):
            self._node.retained.put(message.topic, message.payload)
        if self._announcer.answered > answered:
            self._node.retained.send_again()

    def _know(self) -> None:
        self._announcer.know([each.name for each in self._node.view.plugins.all() if each.name not in RESERVED])

    def _now(self) -> float:
        return self._node.clock.monotonic_ns() / NS_PER_S

    def _facts(self, plugin: str) -> PluginFacts:
        view = self._node.view
        status = view.plugins.get(plugin)
        facts = status.facts if status else None

        def info(path: Sequence[str]) -> ValueInfo:
            found = view.values.of(plugin, path)
            return ValueInfo(
                ".".join(path), found.unit, found.device_class, found.state_class, found.decimals, found.name,
                found.is_guessed,
            )  # fmt: skip

        return PluginFacts(facts.interval if facts else 0.0, info, view.reading_facts.of(plugin).simulated)


def _site_of(node: Node) -> Site:
    facts = node.session.facts
    return Site(
        node.settings.home_assistant or USUAL_PREFIX,
        node.topics,
        facts.version,
        frozenset(node.settings.commands),
        page=_page_of(facts),
        is_simulated=facts.is_simulated,
    )


def _page_of(facts: HostFacts) -> str:
    """The address of the host's page, for browsers elsewhere; "" if only this computer can open it."""
    found = urlsplit(facts.web_address)
    is_reachable = found.scheme in {"http", "https"} and found.hostname and not is_loopback(found.hostname)
    return f"{found.scheme}://{found.netloc}/" if is_reachable else ""
