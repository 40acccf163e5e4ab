"""Decides what is announced to Home Assistant, and when. It does no input or output, and has no thread.

Home Assistant keeps what it was told until it restarts, and the broker keeps it for then. So a device is announced when
it changes, but not more often than every `PAUSE_SECONDS`, when the connection is made, and some time after Home
Assistant says that it has started: if all nodes answered at once, it would be busy for long. The caller publishes
the messages again after each new connection.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from typing import Any

from hostcore.broker.bodies import ValueInfo
from hostcore.broker.message import Arrived, Message
from hostcore.broker.outputs import NodeOutputs
from hostcore.home_assistant import device, outputs
from hostcore.home_assistant.device import MOST_VALUES, Announcement
from hostcore.home_assistant.diagnostics import FIXED
from hostcore.home_assistant.kept import MOST_COMPONENTS, read_kept
from hostcore.home_assistant.shape import Shape
from hostcore.home_assistant.site import Site
from hostcore.quick_dataclass import dataclass, field

PAUSE_SECONDS = 30.0
"""The least time between two announcements of one device."""
FIRST_SECONDS = 10.0
"""How long a plugin's first reading is waited for, so that its device comes with its values."""
LOOK_SECONDS = 3.0
"""How long after a connection what the broker kept is waited for."""
BIRTH_SECONDS = (1.0, 30.0)
"""The random delay after Home Assistant has started, at least and at most."""
BIRTH_PAUSE_SECONDS = 60.0
"""Home Assistant is answered once in this time, however often it says that it has started."""
BORN = b"online"


@dataclass(slots=True)
class _Device:
    """A device, and what Home Assistant was told of it."""

    since: float
    """When it was first known."""
    shape: Shape = field(default_factory=Shape)
    fixed: dict[str, str] = field(default_factory=dict)
    """The platform of each of its components that is no value, also of those that an earlier run announced."""
    told: bytes = b""
    """What was published last; b"" for nothing, or to publish it again."""
    looked_at: float = 0.0
    """When it was last compared with what Home Assistant knows."""


@dataclass(frozen=True, slots=True)
class PluginFacts:
    """What is known of a plugin, apart from its readings."""

    interval: float
    """Seconds between two readings; 0 if they come at any time."""
    info: Callable[[Sequence[str]], ValueInfo]
    """Says what the value at a path measures."""
    simulated: tuple[str, ...] = ()
    """The simulated buses that it has used."""


class Announcer:
    """What one node announces. Not thread-safe: one thread uses it.

    Args:
        site: the node.
        now: the present, in seconds of a clock that only goes forward.
        draw: a random number between two others.
        tell: takes a line for the log.
        is_on: whether anything is announced. If not, what an earlier run announced is removed.
        look_seconds: how long after a connection what the broker kept is waited for.

    Attributes:
        answered: how often everything was announced because Home Assistant has started.
    """

    def __init__(
        self,
        site: Site,
        now: Callable[[], float],
        draw: Callable[[float, float], float],
        tell: Callable[[str], None],
        *,
        is_on: bool = True,
        look_seconds: float = LOOK_SECONDS,
    ) -> None:
        self.site = site
        self.answered = 0
        self._now, self._draw, self._tell = now, draw, tell
        self._is_on, self._look_seconds = is_on, look_seconds
        self._plugins: dict[str, _Device] = {}
        self._own = _Device(now())
        self._clear: set[str] = set()
        """Topics of devices that are to be removed."""
        self._connected_at: float | None = None
        self._birth_at: float | None = None
        self._born_at = -BIRTH_PAUSE_SECONDS
        self._crowded: set[str] = set()
        """Plugins of which the log says that they have too many values."""

    @property
    def has_looked(self) -> bool:
        """Whether it is known what the broker kept of an earlier run."""
        return self._connected_at is not None and self._now() - self._connected_at >= self._look_seconds

    def connected(self) -> None:
        """A connection is made. Nothing is announced until it is known what the broker kept."""
        self._connected_at = self._now()

    def disconnected(self) -> None:
        """The connection is lost."""
        self._connected_at = None

    def arrived(self, message: Arrived) -> None:
        """A message on `Site.filters` or `Site.birth_topic` has come. Others change nothing."""
        if message.topic == self.site.birth_topic:
            if message.payload == BORN and not message.retained:
                self._is_born()
        elif message.retained:
            self._find(message)

    def _is_born(self) -> None:
        if self._birth_at is None:
            earliest = self._born_at + BIRTH_PAUSE_SECONDS
            self._birth_at = max(self._now() + self._draw(*BIRTH_SECONDS), earliest)

    def _find(self, message: Arrived) -> None:
        """Something is announced for this node: by an earlier run, or on this connection."""
        kept = read_kept(message.payload, self.site.online["t"])
        if kept is None:
            return
        plugin = self._plugin_of(message.topic)
        known = self._own if plugin == "" else self._plugins.get(plugin or "")
        if plugin is None:
            return
        if known is None or not self._is_on:
            self._clear.add(message.topic)
            return
        values = {key: each for key, each in kept.components.items() if known is not self._own and not _is_fixed(key)}
        known.shape.expect(values)
        known.fixed |= {key: each for key, each in kept.components.items() if key not in values}

    def _plugin_of(self, topic: str) -> str | None:
        """The plugin whose device is announced on a topic; "" for the node itself, None for other topics."""
        if topic == self.site.own_topic:
            return ""
        levels = topic.split("/")
        return levels[-2] if len(levels) > 1 and topic == self.site.plugin_topic(levels[-2]) else None

    def know(self, plugins: Collection[str]) -> None:
        """Learn which plugins there are. The devices of others are removed."""
        for name in [*self._plugins]:
            if name not in plugins:
                del self._plugins[name]
                self._crowded.discard(name)
                self._clear.add(self.site.plugin_topic(name))
        for name in plugins:
            if name not in self._plugins:
                self._plugins[name] = _Device(self._now())
                self._clear.discard(self.site.plugin_topic(name))

    def knows(self, plugin: str) -> bool:
        """Return whether there is such a plugin, as far as `know` was told."""
        return plugin in self._plugins

    def read(self, plugin: str, reading: Mapping[str, Any]) -> None:
        """A plugin has read."""
        if known := self._plugins.get(plugin):
            known.shape.read(reading, self._now())

    def due(self, facts: Callable[[str], PluginFacts], driven: Callable[[], NodeOutputs]) -> list[Message]:
        """Return what is to be published now. Nothing of it is returned again, unless it changes.

        Args:
            facts: says what is known of a plugin.
            driven: says which outputs there are.
        """
        if not self.has_looked:
            return []
        now = self._now()
        messages = [Message(topic, b"", retain=True) for topic in sorted(self._clear)]
        self._clear.clear()
        if not self._is_on:
            return messages
        if self._birth_at is not None and now >= self._birth_at:
            self._birth_at, self._born_at = None, now
            self.answered += 1
            for each in self._devices():
                each.told = b""
        return [*messages, *self._changed(facts, driven, now)]

    def _changed(
        self, facts: Callable[[str], PluginFacts], driven: Callable[[], NodeOutputs], now: float
    ) -> list[Message]:
        """The devices that are new, or that have changed since they were told."""
        found = [self._look(self.site.own_topic, self._own, now, lambda: self._announce_node(driven()))]
        for name, each in self._plugins.items():
            if each.shape.has_read or now - each.since >= FIRST_SECONDS:
                announce = partial(self._announce, name, each, facts)
                found.append(self._look(self.site.plugin_topic(name), each, now, announce))
        return [each for each in found if each is not None]

    @staticmethod
    def _look(topic: str, known: _Device, now: float, announce: Callable[[], Announcement]) -> Message | None:
        """Compare a device with what was told of it, unless that was done a moment ago."""
        if known.told and now - known.looked_at < PAUSE_SECONDS:
            return None
        known.looked_at = now
        payload = announce().payload
        if payload == known.told:
            return None
        known.told = payload
        return Message(topic, payload, retain=True)

    def _announce_node(self, driven: NodeOutputs) -> Announcement:
        found = device.of_node(self.site, outputs.of_node(self.site, driven), gone=self._own.fixed)
        _remember(self._own, found.components)
        return found

    def _announce(self, plugin: str, known: _Device, say: Callable[[str], PluginFacts]) -> Announcement:
        shape, facts = known.shape, say(plugin)
        found = device.of_plugin(
            self.site,
            plugin,
            shape.values(facts.info),
            interval=facts.interval,
            simulated=facts.simulated,
            gone=known.fixed | shape.gone,
        )
        _remember(known, {key: each for key, each in found.components.items() if _is_fixed(key)})
        if (found.left_out or shape.left_out) and plugin not in self._crowded:
            self._crowded.add(plugin)
            self._tell(f"Home Assistant gets the first {MOST_VALUES} values of {plugin} at most; it has more")
        return found

    def _devices(self) -> tuple[_Device, ...]:
        return (self._own, *self._plugins.values())


def _is_fixed(component: str) -> bool:
    """Whether a component of a plugin says how it is, and is no value of its readings."""
    return component.startswith(FIXED)


def _remember(known: _Device, components: Mapping[str, str]) -> None:
    """Keep the components of a device, to remove those that are not there later. The oldest are forgotten."""
    known.fixed = {key: each for key, each in known.fixed.items() if key not in components} | dict(components)
    for key in [*known.fixed][:-MOST_COMPONENTS]:
        del known.fixed[key]
