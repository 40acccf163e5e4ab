"""The topics of a node. docs/mqtt.md explains what is on each.

Names follow Zigbee2MQTT and Home Assistant: ``PREFIX/NODE/...``, with letters, digits, ``-`` and ``_`` only, because
Home Assistant allows no others in the IDs of its discovery.
"""

from __future__ import annotations

import re

from hostcore.quick_dataclass import dataclass

STATUS, INFO, HEALTH, OUTPUTS = "status", "info", "health", "outputs"
EVENTS, COMMAND, RESPONSE, LIVE = "events", "command", "response", "live"
RESERVED = frozenset({STATUS, INFO, HEALTH, OUTPUTS, EVENTS, COMMAND, RESPONSE, LIVE})
"""Names below a node that are no plugin's. A plugin with such a name is not published."""
LATE, STATE, VALUES = "late", "state", "values"
ONLINE, OFFLINE = b"online", b"offline"
"""The payloads of `STATUS`; the broker publishes the second as the last will. Home Assistant expects these two."""
LONGEST_NAME = 64
"""Characters of a node, and of each level of a prefix."""
_NAME = re.compile(rf"[A-Za-z0-9_-]{{1,{LONGEST_NAME}}}", re.ASCII)
MOST_LEVELS = 4
"""Levels of a prefix."""


@dataclass(frozen=True, slots=True)
class NodeTopics:
    """The topics of one node."""

    prefix: str
    node: str

    def of(self, *levels: str) -> str:
        """Return a topic below the node, such as that of `STATUS`, or of `EVENTS` and "crash"."""
        return "/".join((self.prefix, self.node, *levels))

    def reading(self, plugin: str) -> str:
        """Return the topic of a plugin's newest reading."""
        return self.of(plugin)

    def late(self, plugin: str) -> str:
        """Return the topic of the readings that the broker did not get in time."""
        return self.of(plugin, LATE)


def is_name(text: str) -> bool:
    """Return whether a text can be a node, or one level of a prefix."""
    return _NAME.fullmatch(text) is not None


def is_prefix(text: str) -> bool:
    """Return whether a text can be a prefix: up to `MOST_LEVELS` names with slashes between them."""
    levels = text.split("/")
    return len(levels) <= MOST_LEVELS and all(map(is_name, levels))


def node_name(host_name: str) -> str:
    """Return the name of a node that gave itself none: that of its computer, with ``-`` for what is not allowed."""
    return re.sub(r"[^A-Za-z0-9_-]+", "-", host_name.partition(".")[0]).strip("-")[:LONGEST_NAME] or "pi"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a message belongs, by its topic."""

    node: str
    levels: tuple[str, ...]
    """What follows the node: ("status",), ("bme680",), ("bme680", "state"), ("events", "crash")."""


def place_of(topic: str, prefix: str) -> Place | None:
    """Return where a message belongs; None if its topic is not one of a node."""
    if not topic.startswith(f"{prefix}/"):
        return None
    node, *levels = topic[len(prefix) + 1 :].split("/")
    if not (levels and len(levels) <= MOST_LEVELS and all(map(is_name, (node, *levels)))):
        return None
    return Place(node, tuple(levels))
