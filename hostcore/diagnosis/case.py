"""The evidence for the diagnosis: events folded into bounded records."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from hostcore.diagnosis.records import BusRecord, DeviceRecord, PluginRecord, Sample, numbers_of
from hostcore.events import (
    AccessDenied,
    ChipIdentified,
    CountersTaken,
    Event,
    LogWritten,
    Outcome,
    PluginCrashed,
    ReadingFailed,
    ReadingPublished,
    ScanCompleted,
    StateChanged,
    TransferCompleted,
)
from hostcore.events.facts import HostFacts, PluginFacts
from hostcore.permissions import I2cPermission
from hostcore.place import BusKind, BusName

MOST_DENIED = 32
"""Denied accesses of one plugin that are kept."""
MOST_PLUGINS = 256
"""Plugins that are kept. Events about others are ignored."""

Site = tuple[BusName, int | None]
"""A bus and the address of a device on it."""


class Case:
    """All evidence about one host. It takes events and never asks the host. For one thread.

    Args:
        facts: the host.

    Attributes:
        facts: the host.
        now_ns: the present, as the last `at` or the newest event says; nanoseconds since the Unix epoch.
        plugins: the plugins by name.
        devices: the devices by site, in the order in which they were first used.
        buses: the buses of host.toml by name.
    """

    def __init__(self, facts: HostFacts) -> None:
        self.facts = facts
        self.now_ns = facts.started_ns
        self.plugins: dict[str, PluginRecord] = {}
        self.devices: dict[Site, DeviceRecord] = {}
        self.buses = {bus.name: BusRecord(bus) for bus in facts.buses}

    def know(self, plugins: Iterable[PluginFacts]) -> None:
        """Learn which plugins there are now. Plugins that are gone are forgotten."""
        facts = {each.name: each for each in plugins}
        self.plugins = {name: each for name, each in self.plugins.items() if name in facts}
        for name, each in facts.items():
            self._plugin(name).facts = each

    def take(self, event: Event) -> None:
        """Take in one event."""
        take = _TAKERS.get(type(event))
        if take is not None:
            self.now_ns = max(self.now_ns, event.time_ns)
            take(self, event)

    def at(self, now_ns: int) -> None:
        """Set the present."""
        self.now_ns = now_ns

    def device(self, bus: BusName, address: int | None) -> DeviceRecord | None:
        """Return a device; None if nothing used it."""
        return self.devices.get((bus, address))

    def devices_on(self, bus: BusName) -> list[DeviceRecord]:
        """Return the devices of a bus that were used."""
        return [each for each in self.devices.values() if each.bus == bus]

    def i2c_devices(self) -> Iterator[DeviceRecord]:
        """Return the devices of all I2C buses that were used."""
        return (each for each in self.devices.values() if each.bus.kind is BusKind.I2C)

    def users_of(self, bus: BusName, address: int) -> list[str]:
        """Return the plugins that may use an I2C address."""
        return [
            plugin.name
            for plugin in self.plugins.values()
            if plugin.facts
            and any(
                isinstance(each, I2cPermission) and each.bus_name == bus and each.first <= address <= each.last
                for each in plugin.facts.permissions
            )
        ]

    def _plugin(self, name: str) -> PluginRecord:
        return self.plugins.setdefault(name, PluginRecord(name))

    def _known(self, name: str) -> PluginRecord | None:
        if name not in self.plugins and len(self.plugins) >= MOST_PLUGINS:
            return None
        return self._plugin(name)

    def _transfer(self, event: TransferCompleted) -> None:
        if event.outcome is Outcome.DENIED or event.bus not in self.buses:
            return
        site = event.bus, event.address
        if site not in self.devices:
            self.devices[site] = DeviceRecord(*site)
        self.devices[site].take(event)

    def _reading(self, event: ReadingPublished) -> None:
        if plugin := self._known(event.plugin):
            plugin.readings.append(Sample(event.time_ns, numbers_of(event.reading)))
            plugin.published += 1
            plugin.failed = 0

    def _failure(self, event: ReadingFailed) -> None:
        if plugin := self._known(event.plugin):
            plugin.failures.append(event)
            plugin.failed += 1

    def _state(self, event: StateChanged) -> None:
        if plugin := self._known(event.plugin):
            if event.before is not event.after:
                plugin.since_ns = event.time_ns
            plugin.state, plugin.cause = event.after, event.cause
            plugin.states.append(event)

    def _counters(self, event: CountersTaken) -> None:
        if plugin := self._known(event.plugin):
            plugin.count(event.time_ns, event.counters)

    def _line(self, event: LogWritten) -> None:
        if plugin := self.plugins.get(event.plugin):
            plugin.lines.append(event)
            plugin.line_rates.count(event.time_ns, failed=False)

    def _crash(self, event: PluginCrashed) -> None:
        if plugin := self._known(event.plugin):
            plugin.crashes.append(event)

    def _denied(self, event: AccessDenied) -> None:
        plugin = self._known(event.plugin)
        if plugin and (event.permission in plugin.denied or len(plugin.denied) < MOST_DENIED):
            plugin.denied[event.permission] = event

    def _scan(self, event: ScanCompleted) -> None:
        if bus := self.buses.get(event.bus):
            bus.scan = event

    def _identity(self, event: ChipIdentified) -> None:
        if bus := self.buses.get(event.bus):
            bus.identities[event.address] = event


_TAKERS: Mapping[type, Callable[[Case, Any], None]] = {
    TransferCompleted: Case._transfer,
    ReadingPublished: Case._reading,
    ReadingFailed: Case._failure,
    StateChanged: Case._state,
    CountersTaken: Case._counters,
    LogWritten: Case._line,
    PluginCrashed: Case._crash,
    AccessDenied: Case._denied,
    ScanCompleted: Case._scan,
    ChipIdentified: Case._identity,
}
