"""The evidence for the diagnosis: events folded into bounded records."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar, cast

from hostcore.chips.library import Library, library_with
from hostcore.chips.model import Chip
from hostcore.decoding.sites import Sites
from hostcore.diagnosis.chips import Chips
from hostcore.diagnosis.doubts import Doubts
from hostcore.diagnosis.records import BusRecord, DeviceRecord, PluginRecord, Sample, measured_numbers
from hostcore.events import (
    AccessDenied,
    BusHealthMeasured,
    ChipIdentified,
    Confidence,
    CountersTaken,
    Event,
    EventsDropped,
    InstanceRecycled,
    LogWritten,
    MachineMeasured,
    Outcome,
    PluginCrashed,
    PluginReloaded,
    Presence,
    Probed,
    ReadingFailed,
    ReadingPublished,
    ScanCompleted,
    ScriptEnded,
    State,
    StateChanged,
    TransferCompleted,
)
from hostcore.events.facts import HostFacts, PluginFacts
from hostcore.place import BusKind, BusName

LINES = 300
"""Log lines of the host and all plugins that are kept."""
MOST_DENIED = 32
"""Denied accesses of one plugin that are kept."""
MOST_PLUGINS = 256
"""Plugins that are kept. Events about others are ignored."""

T = TypeVar("T")
Site = tuple[BusName, int | None]
"""A bus and the address of a device on it."""


class Case:
    """All evidence about one host. It takes events and never asks the host. For one thread.

    Args:
        facts: the host.
        library: the chip files; by default those of this program and of the person.

    Attributes:
        facts: the host.
        library: the chip files.
        sites: which chip is at each address.
        chips: the devices in the words of their chips.
        doubts: what does not count, because a line of its bus was held low.
        now_ns: the present, as the last `at` or the newest event says; nanoseconds since the Unix epoch.
        plugins: the plugins by name.
        devices: the devices by site, in the order in which they were first used.
        buses: the buses of host.toml by name.
        machine: the computer's supply, as it was last measured; None if it never was.
        lines: the last log lines of the host and all plugins, oldest first.
        lost: events that came too fast, so that the evidence has gaps.
    """

    def __init__(self, facts: HostFacts, library: Library | None = None) -> None:
        self.facts = facts
        self.library = library or library_with(facts.chips_folder)
        self.sites = Sites(self.library)
        self.chips = Chips(self.sites)
        self.doubts = Doubts()
        self.machine: MachineMeasured | None = None
        self.lines: deque[LogWritten] = deque(maxlen=LINES)
        self.lost = 0
        self.now_ns = facts.started_ns
        self.plugins: dict[str, PluginRecord] = {}
        self.devices: dict[Site, DeviceRecord] = {}
        self.buses = {bus.name: BusRecord(bus) for bus in facts.buses}
        self._once: dict[Callable[[Case], object], object] = {}

    def know(self, plugins: Iterable[PluginFacts]) -> None:
        """Learn which plugins there are now. Plugins that are gone are forgotten, and devices that only they used."""
        self._once.clear()
        facts = {each.name: each for each in plugins}
        self.plugins = {name: each for name, each in self.plugins.items() if name in facts}
        for device in self.devices.values():
            device.forget_all_but(facts)
        self.devices = {site: device for site, device in self.devices.items() if device.plugins}
        for name, each in facts.items():
            self._plugin(name).facts = each
        self.chips.know(tuple(facts.values()))

    def take(self, event: Event) -> None:
        """Take in one event. It may count only later, or not at all, if a line of its bus was held low."""
        if type(event) in _TAKERS:
            self.now_ns = max(self.now_ns, event.time_ns)
            self._fold(self.doubts.sift(event))

    def at(self, now_ns: int) -> None:
        """Set the present."""
        self.now_ns = now_ns
        self._fold(self.doubts.due(now_ns))

    def once(self, work: Callable[[Case], T]) -> T:
        """Return what `work` makes of the evidence. It works once for all rules that ask at the same moment."""
        if work not in self._once:
            self._once[work] = work(self)
        return cast("T", self._once[work])

    def _fold(self, events: Iterable[Event]) -> None:
        self._once.clear()
        for event in events:
            _TAKERS[type(event)](self, event)

    def device(self, bus: BusName, address: int | None) -> DeviceRecord | None:
        """Return a device; None if nothing used it."""
        return self.devices.get((bus, address))

    def devices_on(self, bus: BusName) -> Sequence[DeviceRecord]:
        """Return the devices of a bus that were used."""
        return self.once(_devices_by_bus).get(bus, ())

    def i2c_devices(self) -> Iterator[DeviceRecord]:
        """Return the devices of all I2C buses that were used."""
        return (each for each in self.devices.values() if each.bus.kind is BusKind.I2C)

    def is_used(self, bus: BusName, address: int) -> bool:
        """Whether a plugin has had an answer from an I2C address."""
        device = self.device(bus, address)
        return device is not None and device.last_ok_ns > 0

    def chips_for(self, plugin: str) -> tuple[Chip, ...]:
        """Return the chips that a driver is for; none if nothing says so."""
        record = self.plugins.get(plugin)
        libraries = record.facts.libraries if record and record.facts else ()
        return self.library.for_driver(plugin, libraries)

    def expected_at(self, device: DeviceRecord) -> tuple[Chip, ...]:
        """Return the chips that the drivers of a device are for, and that can have its address."""
        chips = (chip for name in device.plugins for chip in self.chips_for(name))
        return tuple({chip.key: chip for chip in chips if device.address in chip.addresses}.values())

    def candidates(self, bus: BusName, address: int) -> tuple[Chip, ...]:
        """Return the chips that can be at an address, as far as is known."""
        return self.sites.chip(bus, address).candidates

    def identity(self, bus: BusName, address: int) -> tuple[str, ...]:
        """Return the names of the chips that the device at an address says that it is; none if it was not asked."""
        site = self.sites.chip(bus, address)
        if site.chip is not None and site.confidence is Confidence.CERTAIN:
            return (site.chip.name,)
        told = self.buses[bus].identities.get(address) if bus in self.buses else None
        return told.chips if told else ()

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
        self.chips.take(event)

    def _reading(self, event: ReadingPublished) -> None:
        if plugin := self._known(event.plugin):
            plugin.readings.append(Sample(event.time_ns, measured_numbers(event)))
            plugin.published += 1
            plugin.failed = 0

    def _failure(self, event: ReadingFailed) -> None:
        if plugin := self._known(event.plugin):
            plugin.failures.append(event)
            plugin.failed += 1
            for device in self.devices.values():
                if device.last and device.last.plugin == event.plugin and device.last.outcome is not Outcome.OK:
                    device.spoilt_ns.append(event.time_ns)

    def _state(self, event: StateChanged) -> None:
        if plugin := self._known(event.plugin):
            if event.before is not event.after:
                plugin.since_ns = event.time_ns
            plugin.state, plugin.cause = event.after, event.cause
            plugin.states.append(event)
            if event.after is State.LOADING or not self.chips.loaded_ns(event.plugin):
                self.chips.load(event.plugin, event.time_ns)
            if event.is_woken:
                self.chips.wake(event.plugin)

    def _reload(self, event: PluginReloaded | InstanceRecycled) -> None:
        self.chips.load(event.plugin, event.time_ns)

    def _gap(self, event: EventsDropped) -> None:
        self.lost += event.count
        self.chips.miss(event.time_ns)

    def _counters(self, event: CountersTaken) -> None:
        if plugin := self._known(event.plugin):
            plugin.count(event.time_ns, event.counters)

    def _line(self, event: LogWritten) -> None:
        self.lines.append(event)
        if plugin := self.plugins.get(event.plugin):
            plugin.lines.append(event)
            plugin.line_rates.count(event.time_ns, failed=False)

    def _script(self, event: ScriptEnded) -> None:
        if plugin := self._known(event.plugin):
            plugin.is_script = True

    def _crash(self, event: PluginCrashed) -> None:
        if plugin := self._known(event.plugin):
            plugin.crashes.append(event)

    def _denied(self, event: AccessDenied) -> None:
        plugin = self._known(event.plugin)
        if plugin and (event.permission in plugin.denied or len(plugin.denied) < MOST_DENIED):
            plugin.denied[event.permission] = event

    def _scan(self, event: ScanCompleted) -> None:
        # A scan to which every address answers has only found that SDA is held low.
        if (bus := self.buses.get(event.bus)) and not all(map(_answers, event.probed)):
            bus.scan = event

    def _identity(self, event: ChipIdentified) -> None:
        if bus := self.buses.get(event.bus):
            bus.identities[event.address] = event
            self.sites.identify(event)

    def _health(self, event: BusHealthMeasured) -> None:
        if bus := self.buses.get(event.bus):
            bus.health = event
            if event.is_stuck:
                self.chips.interrupt(event.bus)

    def _machine(self, event: MachineMeasured) -> None:
        self.machine = event


def _devices_by_bus(case: Case) -> dict[BusName, list[DeviceRecord]]:
    found: dict[BusName, list[DeviceRecord]] = {}
    for each in case.devices.values():
        found.setdefault(each.bus, []).append(each)
    return found


def _answers(probed: Probed) -> bool:
    return probed.presence in (Presence.PRESENT, Presence.GHOST)


_TAKERS: Mapping[type, Callable[[Case, Any], None]] = {
    TransferCompleted: Case._transfer,
    ReadingPublished: Case._reading,
    ReadingFailed: Case._failure,
    StateChanged: Case._state,
    PluginReloaded: Case._reload,
    InstanceRecycled: Case._reload,
    EventsDropped: Case._gap,
    CountersTaken: Case._counters,
    LogWritten: Case._line,
    ScriptEnded: Case._script,
    PluginCrashed: Case._crash,
    AccessDenied: Case._denied,
    ScanCompleted: Case._scan,
    ChipIdentified: Case._identity,
    BusHealthMeasured: Case._health,
    MachineMeasured: Case._machine,
}
