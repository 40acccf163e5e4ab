"""Results of bus scans."""

from __future__ import annotations

from enum import StrEnum

from hostcore.events.facts import ScanMode
from hostcore.place import BusName
from hostcore.quick_dataclass import dataclass


class Presence(StrEnum):
    """The result of a scan at one address."""

    ABSENT = "absent"
    """No device acknowledged."""
    PRESENT = "present"
    """A device acknowledged every probe."""
    GHOST = "ghost"
    """A device acknowledged some of the probes."""
    KERNEL = "kernel"
    """A kernel driver uses the address; shown as UU."""
    FAULT = "fault"
    """The bus failed during the probe."""


@dataclass(frozen=True, slots=True)
class Probed:
    """The result of one address."""

    address: int
    """7 bits."""
    presence: Presence
    detail: str
    """One line of text if the presence does not say everything, else ""."""


@dataclass(frozen=True, slots=True)
class ScanProgressed:
    """A scan is under way. It tells so some times a second."""

    time_ns: int
    bus: BusName
    address: int
    """7 bits. The address that is probed now."""
    done: int
    """Probes so far."""
    whole: int
    """Probes of the whole scan."""
    is_simulated: bool = False
    """Whether the bus is one of the simulated Pi."""


@dataclass(frozen=True, slots=True)
class ScanCompleted:
    """Every address of an I2C bus has been probed."""

    time_ns: int
    bus: BusName
    mode: ScanMode
    probed: tuple[Probed, ...]
    """In address order, 0x08 to 0x77."""
    duration_ns: int
    is_simulated: bool = False
    """Whether the bus is one of the simulated Pi."""


@dataclass(frozen=True, slots=True)
class ScanFailed:
    """A scan or an identification ended without a result."""

    time_ns: int
    bus: BusName
    problem: str
    """One line of text."""
    is_simulated: bool = False
    """Whether the bus is one of the simulated Pi."""


@dataclass(frozen=True, slots=True)
class ChipIdentified:
    """A chip was asked for its identity: the registers that tell chips apart were read."""

    time_ns: int
    bus: BusName
    address: int
    """7 bits."""
    chips: tuple[str, ...]
    """Known chips with the identity that was read; empty if no known chip has it, or if the answers contradict."""
    detail: str
    """One line of text: the registers and their values."""
    is_simulated: bool = False
    """Whether the bus is one of the simulated Pi."""
    is_contradictory: bool = False
    """Whether a register that always reads the same read differently from time to time: two chips, or a loose wire."""
