"""The known chips that the scans found, each with its drivers: this project's own, and libraries of PyPI."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from hostcore.chips.library import Library, library_with
from hostcore.chips.model import Chip
from hostcore.driver_wish import DriverKind, DriverWish
from hostcore.events import Confidence, Presence
from hostcore.permissions import I2cPermission
from hostcore.place import BusKind, BusName
from hostcore.quick_dataclass import dataclass
from hostcore.view.view import View

if TYPE_CHECKING:
    from hostcore.driver_catalogue.catalogue import LibraryDriver

MOST_CANDIDATES = 6
"""Chips that are listed for an address where nothing tells them apart, the most popular first."""


@dataclass(frozen=True, slots=True)
class FoundChip:
    """A chip that is, or could be, at an address that answered."""

    bus: BusName
    address: int
    chip: Chip
    confidence: Confidence
    """POSSIBLE if nothing but the address speaks for this chip."""

    @property
    def permission(self) -> I2cPermission:
        """The permission for just this address."""
        return I2cPermission(self.bus.number, self.address, self.address)


@dataclass(frozen=True, slots=True)
class DriverOffer:
    """A driver that a person can add with one key."""

    kind: DriverKind
    found: FoundChip | None = None
    """The chip that it is for; None for an empty driver."""
    plugin: str = ""
    """The plugin of this project, for `DriverKind.OWN`."""
    library: LibraryDriver | None = None
    """The package, for `DriverKind.LIBRARY`."""

    def wish(self, name: str = "") -> DriverWish:
        """Return the wish for this driver. It gets the name, or one that is derived if that is empty."""
        if self.found is None:
            return DriverWish(self.kind, name)
        library = self.library
        return DriverWish(
            self.kind,
            name,
            source=library.package if library is not None else self.plugin,
            chip=self.found.chip.key,
            bus=self.found.bus.number,
            address=self.found.address,
        )


EMPTY = DriverOffer(DriverKind.EMPTY)
"""A driver that a person writes."""


def driver_offers(view: View) -> tuple[DriverOffer, ...]:
    """Return the drivers for all chips that were found. Chips that are surely there, and that no plugin has, are first.

    Blocks for some milliseconds while chip files are read for the first time.
    """
    used = _used(view)
    found = sorted(
        found_chips(view), key=lambda each: ((each.bus, each.address) in used, each.confidence is Confidence.POSSIBLE)
    )
    return tuple(offer for each in found for offer in _offers(each))


def found_chips(view: View) -> Iterator[FoundChip]:
    """Yield the known chips at each address that answered the last scan of its bus, unless the kernel has it."""
    library = library_with(view.facts.chips_folder)
    for bus in view.facts.buses:
        scan = view.scans.of(bus.name) if bus.name.kind is BusKind.I2C else None
        for address, probed in scan.found.items() if scan is not None else ():
            if probed.presence in (Presence.PRESENT, Presence.GHOST):
                yield from _at(view, library, bus.name, address)


def unscanned(view: View) -> tuple[BusName, ...]:
    """Return the I2C buses of which no scan has a result."""
    names = [each.name for each in view.facts.buses if each.name.kind is BusKind.I2C]
    return tuple(each for each in names if view.scans.of(each) is None)


def _at(view: View, library: Library, bus: BusName, address: int) -> Iterator[FoundChip]:
    told = view.scans.identity(bus, address)
    if told is not None and told.chips:
        chips = {chip.key: chip for name in told.chips if (chip := library.named(name)) is not None}
        for chip in chips.values():  # one file can have several of the names
            yield FoundChip(bus, address, chip, Confidence.CERTAIN)
        return
    site = view.traffic.sites.chip(bus, address)
    if site.chip is not None and site.confidence is not Confidence.POSSIBLE:
        yield FoundChip(bus, address, site.chip, site.confidence)
        return
    for chip in (site.candidates or library.at(address))[:MOST_CANDIDATES]:
        yield FoundChip(bus, address, chip, Confidence.POSSIBLE)


def _offers(found: FoundChip) -> Iterator[DriverOffer]:
    from hostcore.driver_catalogue.catalogue import SHIPPED, catalogue  # noqa: PLC0415 - no start needs it

    if found.chip.key in SHIPPED:
        yield DriverOffer(DriverKind.OWN, found, plugin=SHIPPED[found.chip.key])
    for library in catalogue().for_chip(found.chip.key, found.chip.libraries):
        yield DriverOffer(DriverKind.LIBRARY, found, library=library)


def _used(view: View) -> frozenset[tuple[BusName, int]]:
    """Return the addresses that plugins may use."""
    permissions = [each for plugin in view.plugins.all() if plugin.facts for each in plugin.facts.permissions]
    return frozenset(
        (each.bus_name, address)
        for each in permissions
        if isinstance(each, I2cPermission)
        for address in range(each.first, each.last + 1)
    )
