"""The faults that apply to what a driver uses, and whether a driver can see what they do. Pure functions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from hostcore.chips.crc import checksum
from hostcore.chips.model import Chip
from hostcore.devices.catalog import SimulatedChip
from hostcore.faults.model import TRAITS, Fault, FaultKind
from hostcore.faults.site import Sites, checks
from hostcore.place import BusKind, Place
from hostcore.quick_dataclass import dataclass, replace
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
    found = [case for place in places for case in _cases_of(_device(place, uses, sites, parts), sites)]
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


@dataclass(frozen=True, slots=True)
class _Device:
    """A device of a driver."""

    place: Place
    chip: Chip | None
    """What its chip file says; None if it has none."""
    means: Mapping[str, bool]
    """By which means a driver can see that its bytes are wrong, as `checks` names them."""
    is_read: bool
    is_captured: bool


def _device(place: Place, uses: Uses, sites: Sites, parts: Mapping[Place, SimulatedChip]) -> _Device:
    chip, means = _chip_at(place, sites), checks(None)
    if place.bus.kind is BusKind.I2C:
        means = checks(chip)
    elif (part := parts.get(place)) is not None:
        means = {**means, "checksum": part.chip.startswith(WITH_CHECKSUM)}
    return _Device(place, chip, means, place in uses.read, place in uses.captured)


def _cases_of(device: _Device, sites: Sites) -> Iterator[Case]:
    bus = device.place.bus
    for kind, traits in TRAITS.items():
        if bus.kind not in traits.buses or not _has_effect(kind, device):
            continue
        fault = Fault(kind, bus, None if traits.is_of_bus else device.place.address)
        case = _seen(Case(fault), device, sites)
        yield case
        if kind is FaultKind.NACK:
            yield replace(case, fault=replace(fault, every=THIRD))
        if kind in SOMETIMES:
            yield replace(case, fault=replace(fault, probability=HALF))


def _has_effect(kind: FaultKind, device: _Device) -> bool:
    """Whether a fault changes anything for a driver that uses a device in this way."""
    if kind in OF_CAPTURES:
        return device.is_captured
    if kind is FaultKind.WRONG_CRC:
        has_answer = device.is_captured if device.place.bus.kind is BusKind.GPIO else device.is_read
        return has_answer and device.means["checksum"]
    if kind is FaultKind.OTHER_IDENTITY and not device.means["identity"]:
        return False
    return kind not in OF_ANSWERS or device.is_read


def _seen(case: Case, device: _Device, sites: Sites) -> Case:
    """Return a case with whether a driver can see what the fault does. If that is not known, it cannot."""
    has_checksum = device.means["checksum"]
    match case.fault.kind:
        case FaultKind.BIT_FLIPS:
            at_start = later = has_checksum
        case FaultKind.STUCK_SDA:
            later = has_checksum and not _zeros_pass(device.chip)
            at_start = later or device.means["identity"]
        case FaultKind.SECOND_CHIP:
            later = has_checksum
            at_start = later or _spoils_identity(case.fault, device.chip, sites)
        case FaultKind.UNPLUGGED:  # without its chip, an SPI bus brings zeros, and a line has the level of its pull
            kind = device.place.bus.kind
            at_start = later = kind is not BusKind.SPI and (kind is not BusKind.GPIO or device.is_captured)
        case _:
            return case
    return replace(case, shows_at_start=at_start, shows_later=later)


def _zeros_pass(chip: Chip | None) -> bool:
    """Whether a chip's checksum of zeros is 0, so that an answer of zeros looks right."""
    return chip is not None and chip.crc is not None and checksum(chip.crc, bytes(chip.crc.covers or 2)) == 0


def _spoils_identity(fault: Fault, chip: Chip | None, sites: Sites) -> bool:
    """Whether the wired AND with the second chip's identity differs from the chip's own."""
    if chip is None or fault.address is None:
        return False
    own = {
        each.register.address + offset: byte for each in chip.identity for offset, byte in enumerate(each.answers[0])
    }
    second = sites.facts(fault, fault.bus, fault.address).identity
    return any(own[each.register] & each.bits != own[each.register] for each in second if each.register in own)
