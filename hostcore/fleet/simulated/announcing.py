"""How simulated nodes are announced to Home Assistant: as hosts announce themselves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from hostcore import __version__
from hostcore.broker.bodies import ValueInfo
from hostcore.broker.groups import CommandGroup
from hostcore.broker.message import Message
from hostcore.events.readings import values_in
from hostcore.home_assistant import device
from hostcore.home_assistant.site import Site
from hostcore.home_assistant.values import Value, kind_of

if TYPE_CHECKING:
    from hostcore.fleet.simulated.node import SimulatedNode
    from hostcore.fleet.simulated.plan import Moment
    from hostcore.fleet.simulated.plugin import SimulatedPlugin

DEEPEST = 8
"""Keys down to a value of a reading, at most."""


def site_of(node: SimulatedNode, prefix: str) -> Site:
    """Return where a node is announced, below the discovery prefix."""
    return Site(prefix, node.topics, __version__, frozenset({CommandGroup.READ}), is_simulated=True)


def node_announced(node: SimulatedNode, prefix: str) -> Message:
    """Return the announcement of the node itself."""
    site = site_of(node, prefix)
    return Message(site.own_topic, device.of_node(site, {}).payload, retain=True)


def plugin_announced(node: SimulatedNode, plugin: SimulatedPlugin, prefix: str, now: Moment) -> Message:
    """Return the announcement of a plugin, with the values that its reading has now."""
    site = site_of(node, prefix)
    found = device.of_plugin(
        site, plugin.name, list(_values(plugin, now)), interval=plugin.interval, simulated=plugin.simulated
    )
    return Message(site.plugin_topic(plugin.name), found.payload, retain=True)


def _values(plugin: SimulatedPlugin, now: Moment) -> Iterator[Value]:
    known = {each.key: each for each in plugin.shape.values}
    for path, value in values_in(plugin.measured(now, now.elapsed), DEEPEST):
        if (kind := kind_of(value)) is not None:
            key = ".".join(path)
            yield Value(path, kind, known.get(key, ValueInfo(key)))
