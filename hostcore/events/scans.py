"""What was found on a bus."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from hostcore.events.facts import ScanMode
from hostcore.place import BusName


class Presence(StrEnum):
    """What a scan found at an address."""

    ABSENT = "absent"
    """Nobody answered."""
    PRESENT = "present"
    """A device answered every probe."""
    GHOST = "ghost"
    """It answered some probes and not others."""
    KERNEL = "kernel"
    """A kernel driver holds it; shown as UU."""
    FAULT = "fault"
    """The bus failed while it was probed."""


@dataclass(frozen=True, slots=True)
class Probed:
    """One address of a scan."""

    address: int
    """7 bits."""
    presence: Presence
    detail: str
    """One line for a person where the presence alone does not say it all, else ""."""


@dataclass(frozen=True, slots=True)
class ScanCompleted:
    """Every address of an I2C bus was probed."""

    time_ns: int
    bus: BusName
    mode: ScanMode
    probed: tuple[Probed, ...]
    """In the order of the addresses, 0x08 to 0x77."""
    duration_ns: int


@dataclass(frozen=True, slots=True)
class ScanFailed:
    """A scan, or a look at one chip, ended without a result."""

    time_ns: int
    bus: BusName
    problem: str
    """One line for a person."""


@dataclass(frozen=True, slots=True)
class ChipIdentified:
    """Somebody asked what chip sits at an I2C address: the registers that tell chips apart were read."""

    time_ns: int
    bus: BusName
    address: int
    """7 bits."""
    chips: tuple[str, ...]
    """The known chips whose identity is what was read; none where it is none of those that have an identity."""
    detail: str
    """One line for a person: what was read."""
