"""The results of bus scans, and the traffic of each I2C address."""

from __future__ import annotations

from collections.abc import Iterable

from hostcore.events import (
    ChipIdentified,
    ConnectionRestored,
    Outcome,
    Presence,
    Probed,
    ScanCompleted,
    ScanFailed,
    ScanProgressed,
    TransferCompleted,
)
from hostcore.events.facts import PluginFacts
from hostcore.permissions import I2cPermission
from hostcore.place import BusKind, BusName
from hostcore.quick_dataclass import dataclass, field
from hostcore.view.part import Part, Takers

Site = tuple[BusName, int]
"""An I2C bus and a 7-bit address on it."""


@dataclass(slots=True)
class AddressTraffic:
    """The transfers to and from one address."""

    transfers: int = 0
    failed: int = 0
    """Of those."""
    plugins: list[str] = field(default_factory=list)
    """The plugins that made them, in the order in which they came."""
    last_error: str = ""
    last_ns: int = 0
    """When the last transfer began."""

    def take(self, event: TransferCompleted) -> None:
        """One more transfer."""
        self.transfers += 1
        self.last_ns = event.time_ns
        if event.plugin not in self.plugins:
            self.plugins.append(event.plugin)
        if event.outcome is not Outcome.OK:
            self.failed += 1
            self.last_error = event.detail or event.outcome.value


@dataclass(frozen=True, slots=True)
class Scan:
    """The last scan of a bus beside the one before it."""

    event: ScanCompleted
    found: dict[int, Probed]
    """By address."""
    appeared: frozenset[int]
    """Answers now, did not in the scan before; empty for the first one."""
    vanished: frozenset[int]
    answering: tuple[int, ...]
    """The addresses that answered, at least sometimes. The screen asks for them in each update."""


class Scans(Part):
    """The results of the last scan of each I2C bus, and the traffic of each address."""

    def __init__(self) -> None:
        self._scans: dict[BusName, Scan] = {}
        self._failures: dict[BusName, ScanFailed] = {}
        self._progress: dict[BusName, ScanProgressed] = {}
        self._traffic: dict[Site, AddressTraffic] = {}
        self._identities: dict[Site, ChipIdentified] = {}

    def takes(self) -> Takers:
        return {
            ScanCompleted: self.complete,
            ScanFailed: self.fail,
            ScanProgressed: self.progress,
            ChipIdentified: self.identify,
            TransferCompleted: self.follow,
            ConnectionRestored: self.meet,
        }

    def of(self, bus: BusName) -> Scan | None:
        """The last scan of this bus."""
        return self._scans.get(bus)

    def ended(self, bus: BusName) -> Scan | ScanFailed | None:
        """The result of the last scan of this bus, or its failure."""
        return self._failures.get(bus) or self._scans.get(bus)

    def under_way(self, bus: BusName) -> ScanProgressed | None:
        """The progress of the present scan of this bus; None if there is none, or it has only begun."""
        return self._progress.get(bus)

    def traffic(self, bus: BusName, address: int) -> AddressTraffic | None:
        """The traffic of an address, if there was any."""
        return self._traffic.get((bus, address))

    def is_empty(self, bus: BusName, address: int) -> bool:
        """Whether the last scan found nothing at an address, and no transfer there has worked."""
        scan = self._scans.get(bus)
        probed = scan.found.get(address) if scan else None
        is_absent = probed is not None and probed.presence is Presence.ABSENT
        traffic = self._traffic.get((bus, address))
        return is_absent and (traffic is None or traffic.failed == traffic.transfers)

    def identity(self, bus: BusName, address: int) -> ChipIdentified | None:
        """The chip at an address, if it was identified and no scan has missed it since."""
        return self._identities.get((bus, address))

    def identify(self, event: ChipIdentified) -> None:
        """The chip at an address was asked for its identity."""
        self._identities[event.bus, event.address] = event

    def complete(self, event: ScanCompleted) -> None:
        """A scan has a result."""
        self._failures.pop(event.bus, None)
        self._progress.pop(event.bus, None)
        found = {each.address: each for each in event.probed}
        answering = tuple(address for address, each in found.items() if _answers(each))
        now, earlier = frozenset(answering), self._scans.get(event.bus)
        before = now if earlier is None else frozenset(earlier.answering)
        self._scans[event.bus] = Scan(event, found, now - before, before - now, answering)
        for address in before - now:
            self._identities.pop((event.bus, address), None)

    def fail(self, event: ScanFailed) -> None:
        """A scan has no result. What the last one found stays."""
        self._failures[event.bus] = event
        self._progress.pop(event.bus, None)

    def meet(self, event: ConnectionRestored) -> None:
        """The scans of a host that has ended have ended with it."""
        if event.is_new_host:
            self._progress.clear()

    def progress(self, event: ScanProgressed) -> None:
        """A scan is under way."""
        self._progress[event.bus] = event

    def follow(self, event: TransferCompleted) -> None:
        """A plugin used a bus."""
        if event.address is None or event.bus.kind is not BusKind.I2C or event.outcome is Outcome.DENIED:
            return
        site = event.bus, event.address
        if site not in self._traffic:
            self._traffic[site] = AddressTraffic()
        self._traffic[site].take(event)


def _answers(probed: Probed) -> bool:
    return probed.presence in (Presence.PRESENT, Presence.GHOST, Presence.KERNEL)


@dataclass(slots=True)
class Owners:
    """The plugins that may use an address."""

    names: list[str] = field(default_factory=list)
    writers: list[str] = field(default_factory=list)
    """Those of them that may do more than read: several are in each other's way."""

    def add(self, plugin: str, *, may_write: bool) -> None:
        """`plugin` may use the address too."""
        if plugin not in self.names:
            self.names.append(plugin)
        if may_write and plugin not in self.writers:
            self.writers.append(plugin)


def owners(plugins: Iterable[PluginFacts]) -> dict[Site, Owners]:
    """The plugins that may use each I2C address, where there are any."""
    owned: dict[Site, Owners] = {}
    for plugin in plugins:
        for permission in plugin.permissions:
            if isinstance(permission, I2cPermission):
                for address in range(permission.first, permission.last + 1):
                    owner = owned.setdefault((permission.bus_name, address), Owners())
                    owner.add(plugin.name, may_write=permission.write)
    return owned
