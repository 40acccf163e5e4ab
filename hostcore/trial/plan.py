"""The faults that apply to what a driver uses, and whether a driver can see what they do. Pure functions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from hostcore.chips.model import Chip
from hostcore.devices.catalog import SimulatedChip
from hostcore.faults.model import TRAITS, Fault, FaultKind
from hostcore.faults.site import Sites, checks
from hostcore.place import BusKind, Place
from hostcore.trial.model import Case, Uses

MOST_PLACES = 8
"""The most devices of a driver that are tried. A driver has one or two."""
HALF, THIRD = 0.5, 3
"""How often the faults strike that do not strike always."""
SOMETIMES = frozenset({FaultKind.NACK, FaultKind.BIT_FLIPS})
"""The faults that are also tried with half of the transfers: a driver then gets through its start, and what it keeps
from there may be wrong."""
OF_ANSWERS = frozenset(
    {FaultKind.BIT_FLIPS, FaultKind.OTHER_IDENTITY, FaultKind.SECOND_CHIP, FaultKind.LATE_READY, FaultKind.WRONG_CRC}
)
"""The faults that change only bytes that are read."""
OF_CAPTURES = frozenset({FaultKind.JITTERED_PULSES, FaultKind.MISSING_PULSES})
"""The faults that change only recorded edges."""
WITH_CHECKSUM = "dht"
"""Begins the name of each simulated part on a GPIO line whose answer has a checksum."""


def cases_for(uses: Uses, sites: Sites, parts: Mapping[Place, SimulatedChip]) -> tuple[Case, ...]:
    """Return the faults that apply to a driver, in the order of places and kinds.

    Args:
        uses: the devices that it uses.
        sites: the chips on I2C buses.
        parts: the parts of the simulated Pi that are not on an I2C bus.
    """
    places = sorted(uses.places, key=lambda place: (place.bus, place.address or 0))[:MOST_PLACES]
    found = [case for place in places for case in _cases_at(place, uses, sites, parts)]
    return tuple({case.fault: case for case in found}.values())  # a fault of a whole bus once


def ranges_of(uses: Uses, sites: Sites) -> Mapping[str, tuple[float, float]]:
    """Return the lowest and highest value that the chips of a driver can report, by the value's name."""
    found: dict[str, tuple[float, float]] = {}
    for place in uses.places:
        chip = _chip_at(place, sites)
        for each in (value for command in chip.commands for value in command.answer) if chip else ():
            if each.scale.low is not None and each.scale.high is not None:
                low, high = found.get(each.name, (each.scale.low, each.scale.high))
                found[each.name] = (min(low, each.scale.low), max(high, each.scale.high))
    return found


def _chip_at(place: Place, sites: Sites) -> Chip | None:
    if place.bus.kind is not BusKind.I2C or place.address is None:
        return None
    return sites.chip(Fault(FaultKind.NACK, place.bus, place.address), place.bus, place.address)


def _cases_at(place: Place, uses: Uses, sites: Sites, parts: Mapping[Place, SimulatedChip]) -> Iterator[Case]:
    chip = _chip_at(place, sites)
    means = _means(place, chip, parts)
    for kind, traits in TRAITS.items():
        if place.bus.kind not in traits.buses or not _has_effect(kind, place, uses, means):
            continue
        fault = Fault(kind, place.bus, None if traits.is_of_bus else place.address)
        case = _seen(Case(fault), means, chip, sites)
        yield case
        if kind is FaultKind.NACK:
            yield replace(case, fault=replace(fault, every=THIRD))
        if kind in SOMETIMES:
            yield replace(case, fault=replace(fault, probability=HALF))


def _means(place: Place, chip: Chip | None, parts: Mapping[Place, SimulatedChip]) -> Mapping[str, bool]:
    """Return by which means a driver of a device can see that its bytes are wrong."""
    if place.bus.kind is BusKind.I2C:
        return checks(chip)
    part = parts.get(place)
    return {**checks(None), "checksum": part is not None and part.chip.startswith(WITH_CHECKSUM)}


def _has_effect(kind: FaultKind, place: Place, uses: Uses, means: Mapping[str, bool]) -> bool:
    """Whether a fault changes anything for a driver that uses a device in this way."""
    if kind in OF_CAPTURES or (kind is FaultKind.WRONG_CRC and place.bus.kind is BusKind.GPIO):
        return place in uses.captured and (means["checksum"] or kind in OF_CAPTURES)
    if kind in OF_ANSWERS and place not in uses.read:
        return False
    needed = {FaultKind.WRONG_CRC: "checksum", FaultKind.OTHER_IDENTITY: "identity"}
    return means.get(needed.get(kind, ""), True)


def _seen(case: Case, means: Mapping[str, bool], chip: Chip | None, sites: Sites) -> Case:
    """Return a case with whether a driver can see what the fault does."""
    match case.fault.kind:
        case FaultKind.BIT_FLIPS:
            return replace(case, shows_at_start=means["checksum"], shows_later=means["checksum"])
        case FaultKind.STUCK_SDA:
            shows = means["checksum"] or means["ready bit"]
            return replace(case, shows_at_start=shows or means["identity"], shows_later=shows)
        case FaultKind.SECOND_CHIP:
            at_start = means["checksum"] or _spoils_identity(case.fault, chip, sites)
            return replace(case, shows_at_start=at_start, shows_later=means["checksum"])
    return case


def _spoils_identity(fault: Fault, chip: Chip | None, sites: Sites) -> bool:
    """Whether the wired AND with the second chip's identity differs from the chip's own."""
    if chip is None or fault.address is None:
        return False
    own = {
        each.register.address + offset: byte for each in chip.identity for offset, byte in enumerate(each.answers[0])
    }
    second = sites.facts(fault, fault.bus, fault.address).identity
    return any(own[each.register] & each.bits != own[each.register] for each in second if each.register in own)
