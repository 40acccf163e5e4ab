"""Which chip is at each address, folded from identities that were read, and from the drivers' purposes."""

from __future__ import annotations

import re
from collections.abc import Callable, Container
from typing import TYPE_CHECKING, Any

from hostcore.chips.model import AutoIncrement, Chip, Identity
from hostcore.decoding.ssd1306_commands import is_display
from hostcore.events import ChipIdentified, Message, Outcome, TransferCompleted
from hostcore.events.facts import PluginFacts
from hostcore.events.findings import Confidence
from hostcore.place import BusKind
from hostcore.quick_dataclass import dataclass

if TYPE_CHECKING:
    from hostcore.chips.library import Library

MOST_SITES = 1_024
"""Devices that are remembered: an I2C bus has at most 112 addresses for them."""
MOST_PLUGINS = 8
"""Plugins of one device that are remembered."""

GENERAL = frozenset({"sensor", "driver", "chip", "or", "and", "the", "i2c", "spi"})
"""Parts of a driver's name that say nothing about its purpose."""

Site = tuple[str, int]
"""A bus, and an I2C address or an SPI chip select on it."""


@dataclass(frozen=True, slots=True)
class SiteChip:
    """The chip at an address, as far as it is known."""

    chip: Chip | None
    """None if nothing tells the candidates apart."""
    confidence: Confidence
    """CERTAIN only if an identity was read that no other known chip at this address has."""
    why: str
    """The reason, such as ``its register WHO_AM_I reads 0x33``; "" if there is none."""
    candidates: tuple[Chip, ...]
    """All chips that can be there: `chip` first. Chips with another identity than the one that was read are not."""

    @property
    def words(self) -> str:
        """The chip for a person: ``is BME280``, ``likely BME280``, ``could be BME280 or BMP280``; "" if unknown."""
        if self.chip is not None and self.confidence is not Confidence.POSSIBLE:
            return f"{'is' if self.confidence is Confidence.CERTAIN else 'likely'} {self.chip.title}"
        return f"could be {' or '.join(each.title for each in self.candidates)}" if self.candidates else ""


UNKNOWN = SiteChip(None, Confidence.POSSIBLE, "", ())
"""No chip is known to have this address."""


class Sites:
    """Knows which chip is at each address. For one thread.

    Args:
        library: the chips.
    """

    def __init__(self, library: Library) -> None:
        self._library = library
        self._sites: dict[Site, _Site] = {}
        self._plugins: dict[str, PluginFacts] = {}

    def takes(self) -> dict[type, Callable[[Any], None]]:
        """The events that matter."""
        return {TransferCompleted: self.take, ChipIdentified: self.identify}

    def know(self, plugins: tuple[PluginFacts, ...]) -> None:
        """Learn which plugins there are now."""
        self._plugins = {each.name: each for each in plugins}
        for site in self._sites.values():
            site.forget_all_but(self._plugins)

    def chip(self, bus: str, address: int) -> SiteChip:
        """Return the chip at an address."""
        site = self._sites.get((bus, address))
        if site is None:
            candidates = self._library.at(address)
            return _by_candidates(candidates) if candidates else UNKNOWN
        if site.found is None:
            site.found = site.judged(self._purposes(site))
        return site.found

    def take(self, transfer: TransferCompleted) -> None:
        """Look for identities in a transfer."""
        if transfer.address is None or transfer.outcome is Outcome.DENIED:
            return
        if transfer.bus.kind is BusKind.I2C or transfer.bus.kind is BusKind.SPI:
            site = self._site(transfer.bus, transfer.address, transfer.bus.kind)
            if site is not None:
                site.use(transfer.plugin)
                if transfer.outcome is Outcome.OK and site.identities:
                    site.follow(transfer.messages)

    def identify(self, event: ChipIdentified) -> None:
        """A person had a chip asked for its identity."""
        site = self._site(event.bus, event.address, BusKind.I2C)
        if site is not None:
            site.told, site.told_why = event.chips, event.detail
            site.forget()

    def _site(self, bus: str, address: int, kind: BusKind) -> _Site | None:
        site = self._sites.get((bus, address))
        if site is None and len(self._sites) < MOST_SITES:
            candidates = self._library.at(address) if kind is BusKind.I2C else ()
            site = self._sites[bus, address] = _Site(candidates, is_i2c=kind is BusKind.I2C)
        return site

    def _purposes(self, site: _Site) -> tuple[tuple[str, Chip], ...]:
        """The chips that the drivers of a device are for, each with the driver."""
        facts = [self._plugins[name] for name in site.plugins if name in self._plugins]
        return tuple(
            (each.name, chip) for each in facts for chip in self._library.for_driver(each.name, each.libraries)
        )


class _Site:
    """One device."""

    def __init__(self, candidates: tuple[Chip, ...], *, is_i2c: bool) -> None:
        self.found: SiteChip | None = None
        """What `judged` said, until something new is known."""
        self.told: tuple[str, ...] = ()
        """Names of the chips that have the identity which was asked for."""
        self.told_why = ""
        self.plugins: list[str] = []
        self.identities = _identities(candidates)
        self._candidates, self._is_i2c = candidates, is_i2c
        self._read: dict[tuple[bytes, int], bytes] = {}
        self._pointer = b""

    def forget(self) -> None:
        """Judge again when somebody asks."""
        self.found = None

    def forget_all_but(self, plugins: Container[str]) -> None:
        """Forget the plugins that are gone, and judge again."""
        self.plugins = [name for name in self.plugins if name in plugins]
        self.forget()

    def use(self, plugin: str) -> None:
        """A plugin uses the device."""
        if plugin not in self.plugins and len(self.plugins) < MOST_PLUGINS:
            self.plugins.append(plugin)
            self.forget()

    def follow(self, messages: tuple[Message, ...]) -> None:
        """Remember the values of identity registers."""
        for message in messages:
            if message.written:
                self._pointer = message.data
            elif self._pointer in self.identities:
                for size in self.identities[self._pointer]:
                    data, key = message.data[:size], (self._pointer, size)
                    if len(data) == size and self._read.get(key) != data:
                        self._read[key] = data
                        self.forget()

    def judged(self, purposes: tuple[tuple[str, Chip], ...]) -> SiteChip:
        """Return the chip, judged from all that is known. What was read counts most."""
        possible = [chip for chip in self._candidates if self._fits(chip) is not False]
        confirmed = [chip for chip in possible if self._fits(chip)]
        confirmed = confirmed or [chip for chip in possible if set(self.told) & {*chip.names, chip.title}]
        if len(confirmed) == 1:
            return SiteChip(confirmed[0], Confidence.CERTAIN, self._reason(confirmed[0]), (confirmed[0],))
        meant = self._meant(purposes, confirmed or possible)
        rest = tuple(confirmed or possible)
        if len({chip.key for _, chip in meant}) == 1:
            driver, chip = meant[0]
            others = tuple(each for each in rest if each is not chip)
            return SiteChip(chip, Confidence.LIKELY, f"the driver {driver} is for it", (chip, *others))
        if meant:
            return SiteChip(None, Confidence.POSSIBLE, "", tuple({chip.key: chip for _, chip in meant}.values()))
        return self._named_like(rest) or _by_candidates(rest)

    def _named_like(self, rest: tuple[Chip, ...]) -> SiteChip | None:
        """A driver's name may say what it is for without a chip's name. A driver ``oled`` is for an OLED display."""
        for driver in self.plugins:
            parts = set(re.split("[-_]", driver.lower())) - GENERAL
            meant = [chip for chip in rest if parts & set(chip.purpose.lower().split())]
            if len(meant) == 1 or (meant and all(is_display(chip) for chip in meant)):  # displays have one language
                why = f"the driver {driver} has the name of its purpose, {meant[0].purpose}"
                others = tuple(each for each in rest if each is not meant[0])
                return SiteChip(meant[0], Confidence.POSSIBLE, why, (meant[0], *others))
        return None

    def _meant(self, purposes: tuple[tuple[str, Chip], ...], possible: list[Chip]) -> list[tuple[str, Chip]]:
        """The purposes that fit. On SPI, any chip that has SPI can be at any chip select."""
        if not self._is_i2c:
            return [(driver, chip) for driver, chip in purposes if chip.spi is not None]
        return [(driver, chip) for driver, chip in purposes if any(chip is each for each in possible)]

    def _fits(self, chip: Chip) -> bool | None:
        """Whether the identities that were read are those of a chip; None if they do not say."""
        read = [(each, self._value(chip, each)) for each in chip.identity]
        if any(value is not None and value not in each.answers for each, value in read):
            return False
        return True if read and all(value is not None for _, value in read) else None

    def _value(self, chip: Chip, identity: Identity) -> bytes | None:
        size = identity.register.size
        found = (self._read.get((pointer, size)) for pointer in _pointers(chip, identity))
        return next((value for value in found if value is not None), None)

    def _reason(self, chip: Chip) -> str:
        for identity in chip.identity:
            value = self._value(chip, identity)
            if value is not None:
                return (
                    f"its register {identity.register.name} reads 0x{identity.register.raw(value):0{2 * len(value)}x}"
                )
        return self.told_why


def _by_candidates(candidates: tuple[Chip, ...]) -> SiteChip:
    if len(candidates) == 1:
        why = "no other known chip has this address"
        return SiteChip(candidates[0], Confidence.POSSIBLE, why, candidates)
    return SiteChip(None, Confidence.POSSIBLE, "", candidates)


def _identities(candidates: tuple[Chip, ...]) -> dict[bytes, set[int]]:
    """The bytes to write before reading an identity, and the sizes of the identities that can follow."""
    found: dict[bytes, set[int]] = {}
    for chip in candidates:
        for identity in chip.identity:
            for pointer in _pointers(chip, identity):
                found.setdefault(pointer, set()).add(identity.register.size)
    return found


def _pointers(chip: Chip, identity: Identity) -> tuple[bytes, ...]:
    bus, number = chip.bus, identity.register.address
    if not bus.register_bytes:
        return ()
    numbers = (number, number | bus.increment_bit) if bus.auto_increment is AutoIncrement.BIT else (number,)
    return tuple(each.to_bytes(bus.register_bytes, "big") for each in numbers)
