"""Where a node's devices are announced, and what all of them share."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from hostcore.broker.groups import CommandGroup
from hostcore.broker.topics import COMMAND, STATE, STATUS, NodeTopics
from hostcore.events.readings import fresh_seconds
from hostcore.home_assistant import jinja
from hostcore.quick_dataclass import dataclass

MAKER = "WASI Python Host"
"""The origin of all that this host announces. What has another origin is never touched."""
BIRTH = "status"
"""The level below the discovery prefix on which Home Assistant says that it is online."""
ENDED = ("quarantined", "stopped")
"""The states in which a plugin sends no reading until a person acts. In the others `expire_after` decides."""

Component = Mapping[str, Any]
"""One entity, with the abbreviated keys of homeassistant/components/mqtt/abbreviations.py."""


@dataclass(frozen=True, slots=True)
class Site:
    """A node, as Home Assistant sees it."""

    prefix: str
    """The discovery prefix, usually "homeassistant"."""
    topics: NodeTopics
    version: str
    """Of the host."""
    commands: frozenset[CommandGroup] = frozenset()
    """What the node lets others do."""
    page: str = ""
    """The URL of the host's own page; "" if there is none."""
    model: str = ""
    """What computer it is."""
    is_simulated: bool = False
    """Whether any bus of it is simulated."""

    @property
    def node(self) -> str:
        """The name of the node."""
        return self.topics.node

    @property
    def own_topic(self) -> str:
        """The topic on which the node itself is announced."""
        return f"{self.prefix}/device/{self.node}/config"

    def plugin_topic(self, plugin: str) -> str:
        """Return the topic on which a plugin is announced. No other node and plugin have the same."""
        return f"{self.prefix}/device/{self.node}/{plugin}/config"

    @property
    def filters(self) -> tuple[str, str]:
        """What to subscribe to for all that this node has announced."""
        return self.own_topic, self.plugin_topic("+")

    @property
    def birth_topic(self) -> str:
        """The topic on which Home Assistant says that it is online."""
        return f"{self.prefix}/{BIRTH}"

    @property
    def origin(self) -> dict[str, str]:
        """Who announces the entities."""
        return {"name": MAKER, "sw": self.version}

    @property
    def online(self) -> dict[str, str]:
        """The availability of entities that need only the node: they are available while it is online."""
        return {"t": self.topics.of(STATUS)}

    def running(self, plugin: str) -> dict[str, str]:
        """Return the availability of entities that need a plugin: they are available while it can send readings."""
        ended = ",".join(map(jinja.literal, ENDED))
        is_there = f"value_json is mapping and value_json.get('state') not in [{ended}]"
        return {"t": self.topics.of(plugin, STATE), "val_tpl": f"{{{{'online' if {is_there} else 'offline'}}}}"}

    def identifier(self, *parts: str) -> str:
        """Return the identifier of a device, or of an entity. It never changes, and no other has it."""
        return "/".join(("wasi-host", self.node, *parts))

    def command(self, name: str, values: Mapping[str, str]) -> dict[str, str]:
        """Return where and how a command is given. `values` are expressions of Jinja."""
        return {"cmd_t": self.topics.of(COMMAND, name), "cmd_tpl": jinja.command(values)}


def expiry(interval: float) -> dict[str, int]:
    """Return after how many seconds without a message a value is unavailable: 2.5 intervals, and a second on top.

    A plugin without an interval, such as a script, says nothing of when its next value comes; its values do not expire.
    """
    return {"exp_aft": math.ceil(fresh_seconds(interval))} if interval > 0 else {}
