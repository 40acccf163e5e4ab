"""Reads `[[simulation.faults]]` of host.toml: faults that are on from the start."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hostcore.faults.model import LATEST_S, MOST_OFTEN, SELDOMEST, TRAITS, Fault, FaultKind, Traits, problem_of
from hostcore.permissions import LAST_LINE
from hostcore.place import I2C_FIRST_ADDRESS, I2C_LAST_ADDRESS, LAST_BUS, BusKind, BusName
from hostcore.toml.reader import KeyPath, Reader, choice, integer, number, parsed, read_keys, read_table
from hostcore.toml.words import one_of

SMALLEST_PROBABILITY = 1e-6
"""The smallest probability of a fault: one transfer in a million."""
EARLIEST_END = 0.001
"""The earliest end of a fault, in seconds after the start."""
ADDRESSES: Mapping[BusKind, tuple[str, Reader]] = {
    BusKind.I2C: ("address", integer(I2C_FIRST_ADDRESS, I2C_LAST_ADDRESS, "(7-bit I2C addresses are 0x08 to 0x77)")),
    BusKind.SPI: ("chip_select", integer(0, LAST_BUS)),
    BusKind.GPIO: ("line", integer(0, LAST_LINE)),
}
"""The key that names a device on a bus, by the kind of bus. Other buses have one device."""
_KIND = choice([kind.value for kind in FaultKind])
_BUS = parsed(BusName)


def read_fault(found: object, at: KeyPath) -> Fault:
    """Read one ``[[simulation.faults]]``. Its kind and its bus decide which other keys it has."""
    table = read_table(found, at)
    if missing := [key for key in ("kind", "bus") if key not in table]:
        raise at.missing(missing)
    kind, bus = FaultKind(_KIND(table["kind"], at / "kind")), _BUS(table["bus"], at / "bus")
    traits = TRAITS[kind]
    if bus.kind not in traits.buses:
        raise (at / "bus").wrong(str(bus), f"a bus of the kind {one_of(sorted(traits.buses))} for {kind}")
    fault = Fault(**_values(found, at, bus, traits))
    if problem := problem_of(fault):
        raise at.error(problem)
    return fault


def _values(found: object, at: KeyPath, bus: BusName, traits: Traits) -> dict[str, Any]:
    """Return the fields of a fault."""
    place, reader = ADDRESSES.get(bus.kind, ("", _BUS)) if not traits.is_of_bus else ("", _BUS)
    readers = {"kind": _KIND, "bus": _BUS, **({place: reader} if place else {}), **_schedule(), **_strength(traits)}
    values = read_keys(found, at, readers)
    address = values.pop(place, None)
    return {**values, "kind": FaultKind(values["kind"]), "address": address}


def _schedule() -> dict[str, Reader]:
    return {
        "every": integer(MOST_OFTEN, SELDOMEST, "transfers"),
        "probability": number(SMALLEST_PROBABILITY, 1),
        "from_s": number(0, LATEST_S, "seconds"),
        "to_s": number(EARLIEST_END, LATEST_S, "seconds"),
    }


def _strength(traits: Traits) -> dict[str, Reader]:
    amount = traits.amount
    readers: dict[str, Reader] = {} if amount is None else {"amount": number(amount.low, amount.high, amount.unit)}
    if traits.has_register:
        readers |= {"register": integer(0, 0xFF), "value": integer(0, 0xFF)}
    return readers
