"""What a node has published, as the view of a host: so that its values, graphs and crashes look as everywhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from hostcore.broker.bodies import ValueInfo
from hostcore.events import Event, ReadingFailed, ReadingPublished, ValuesDescribed
from hostcore.events.facts import HostFacts, PluginFacts
from hostcore.events.readings import ADJUSTED, FAULTY, MARK, AdjustedValue, is_error, unmarked
from hostcore.fleet.model import NodeDetail, NodeStatus, PluginStatus
from hostcore.place import BusName
from hostcore.quantities import DescribedValue, Quantity
from hostcore.quantities.catalog import MOST_VALUES
from hostcore.view.readings import is_number
from hostcore.view.view import View
from tui.fleet.plugin_words import wall_ns

MOST_BUSES = 32
"""Buses of one reading that are taken from a node."""
INTERVAL = 2.0
"""Seconds between two readings of a plugin that does not say them."""


def host_facts(node: NodeStatus) -> HostFacts:
    """Return what a node says of its host. Its files and buses are not known here."""
    return HostFacts(
        version=node.version,
        host_name=node.host_name or node.name,
        config_file=Path("host.toml"),
        is_shipped_config=False,
        plugins_folder=Path(),
        interval=node.interval or INTERVAL,
        buses=(),
        started_ns=wall_ns(node.started or 0.0),
    )


def plugin_facts(plugin: PluginStatus, interval: float) -> PluginFacts:
    """Return what is known of a plugin.

    Args:
        plugin: the plugin.
        interval: seconds between two rounds of its host.
    """
    own = plugin.health.interval if plugin.health else 0.0
    return PluginFacts(plugin.name, Path(), own or interval, (), 0, 0.0)


class NodeFold:
    """Folds what is known of a node into the view of a host. For the screen's own thread.

    Args:
        view: takes the readings.
    """

    def __init__(self, view: View) -> None:
        self._view = view
        self._known: tuple[PluginFacts, ...] = ()
        self._read: dict[str, float | None] = {}
        """The time of the newest reading of each plugin."""
        self._values: dict[str, tuple[ValueInfo, ...]] = {}

    def take(self, detail: NodeDetail) -> None:
        """Take in what has come since the last time."""
        node = detail.status
        interval = node.interval or INTERVAL
        plugins = tuple(sorted((plugin_facts(each, interval) for each in detail.plugins), key=lambda each: each.name))
        if plugins != self._known:
            self._known = plugins
            self._view.know_host(host_facts(node), plugins)
        self._view.fold([event for each in detail.plugins for event in self._news(each, node.clock_off or 0.0)])

    def _news(self, plugin: PluginStatus, ahead: float) -> Iterator[Event]:
        """What is new of a plugin. Its clock is `ahead` seconds ahead of ours."""
        if plugin.values != self._values.get(plugin.name, ()):
            self._values[plugin.name] = plugin.values
            yield ValuesDescribed(0, plugin.name, tuple(described(plugin.values)))
        is_read = plugin.name in self._read and plugin.reading_time == self._read[plugin.name]
        if plugin.reading is not None and not is_read:
            self._read[plugin.name] = plugin.reading_time
            yield _event_of(plugin.name, plugin.reading, wall_ns((plugin.reading_time or 0.0) - ahead))


def described(values: tuple[ValueInfo, ...]) -> Iterator[DescribedValue]:
    """Return what the driver states of its values. The others are guessed here as they were there."""
    for each in values[:MOST_VALUES]:
        if not each.is_guessed:
            quantity = Quantity(each.unit, each.device_class, each.state_class, each.decimals, each.name)
            yield DescribedValue(each.key, quantity)


def _event_of(plugin: str, reading: Mapping[str, Any], time_ns: int) -> Event:
    simulated, faulty = tuple(_buses(reading.get(MARK))), tuple(_buses(reading.get(FAULTY)))
    if is_error(reading):
        return ReadingFailed(time_ns, plugin, str(reading["error"]), simulated, faulty)
    return ReadingPublished(
        time_ns, plugin, unmarked(reading), simulated, faulty, tuple(_adjusted(reading.get(ADJUSTED)))
    )


def _buses(names: object) -> Iterator[BusName]:
    """The names that are those of buses: a node can write anything."""
    for name in names[:MOST_BUSES] if isinstance(names, list | tuple) else ():
        with suppress(ValueError, TypeError):
            yield BusName(name)


def _adjusted(measured: object) -> Iterator[AdjustedValue]:
    for key, value in measured.items() if isinstance(measured, Mapping) else ():
        if is_number(value):
            yield AdjustedValue(tuple(str(key).split(".")), value)
