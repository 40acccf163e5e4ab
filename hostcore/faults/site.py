"""What a fault needs to know of the chip that it strikes: from the fault itself, or from the chip's file."""

from __future__ import annotations

from dataclasses import dataclass

from hostcore.faults.answers import Patch
from hostcore.faults.model import Fault

OTHER_IDENTITY = 0x58
"""The identity that a chip pretends to have if the fault names none. It is that of a BMP280 (Bosch BST-BMP280-DS001,
section 4.3.1)."""


@dataclass(frozen=True, slots=True)
class SiteFacts:
    """The facts that faults use."""

    identity: tuple[Patch, ...] = ()
    """The identity of the other chip."""
    late: Patch | None = None
    """What a chip that is not ready answers; None if it does not acknowledge then."""
    crc_covers: int = 0
    """The number of bytes before each checksum; 0 if the last byte of an answer covers all before it."""


def facts_of(fault: Fault) -> SiteFacts:
    """Return the facts that the fault itself names."""
    value = OTHER_IDENTITY if fault.value is None else fault.value
    identity = () if fault.register is None else (Patch(fault.register, value),)
    late = None if fault.value is None else Patch(fault.register, fault.value)
    return SiteFacts(identity, late)
