"""What a fault needs to know of the chip that it strikes: from the fault itself, or from the chip's file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from hostcore.faults.answers import Patch
from hostcore.faults.model import Fault, FaultKind
from hostcore.place import BusName
from hostcore.quick_dataclass import dataclass

if TYPE_CHECKING:
    from hostcore.chips.library import Library
    from hostcore.chips.model import AnswerCondition, Chip, Condition, Crc, Identity

NO_ONES = 0xFF
"""What turns an identity into one that no chip of the library has."""


@dataclass(frozen=True, slots=True)
class SiteFacts:
    """The facts that faults use."""

    identity: tuple[Patch, ...] = ()
    """The identity of the other chip."""
    late: Patch | None = None
    """What a chip that is not ready answers; None if it does not acknowledge then."""
    crc_covers: int = 0
    """The number of bytes before each checksum; 0 if the last checksum of an answer covers all before it."""
    crc_size: int = 1
    """The bytes of a checksum."""


def _shipped() -> Library:
    from hostcore.chips.library import shipped_library  # noqa: PLC0415 - few hosts have faults

    return shipped_library()


class Sites:
    """Knows the chips that faults can strike. Reads chip files when the first fault needs one. Thread-safe.

    Args:
        named: the names of the chips that are wired to I2C buses, as far as they are known, by bus and address.
        library: returns the chip files.
    """

    def __init__(
        self, named: Mapping[tuple[BusName, int], str] = {}, library: Callable[[], Library] = _shipped
    ) -> None:
        self._named, self._library = named, library
        self._facts: dict[tuple[Fault, BusName, int], SiteFacts] = {}

    def chip(self, fault: Fault, bus: BusName, address: int) -> Chip | None:
        """Return the chip that a fault strikes at an address; None if it is not known, or has no file.

        A chip that no settings name is known if only one chip of the library can have its address.
        """
        name = fault.chip or self._named.get((bus, address))
        if name is not None:
            return self._library().chip(name.removeprefix("registers:"))
        found = self._library().at(address)
        return found[0] if len(found) == 1 else None

    def facts(self, fault: Fault, bus: BusName, address: int) -> SiteFacts:
        """Return what a fault needs to know of the chip at an address."""
        key = (fault, bus, address)
        if key not in self._facts:
            self._facts[key] = self._facts_of(fault, bus, address)
        return self._facts[key]

    def problem_of(self, fault: Fault) -> str:
        """Return why a fault cannot be made at its place, and what to do; "" if it can."""
        if fault.kind is not FaultKind.OTHER_IDENTITY or fault.register is not None:
            return ""
        if fault.address is None:
            return "found no register, and no address whose chip has one; name register and value, or an address"
        if self.facts(fault, fault.bus, fault.address).identity:
            return ""
        chip = self.chip(fault, fault.bus, fault.address)
        known = f"the {chip.name} has no register that identifies it" if chip else "the chip there is not known"
        return f"found no register, but {known}; name register and value"

    def _facts_of(self, fault: Fault, bus: BusName, address: int) -> SiteFacts:
        if fault.register is not None or fault.value is not None:
            value = NO_ONES if fault.value is None else fault.value
            own = Patch(fault.register, value)
            return SiteFacts(() if fault.register is None else (own,), own)
        chip = self.chip(fault, bus, address)
        if chip is None:
            return SiteFacts()
        covers, size = (chip.crc.covers, chip.crc.size) if chip.crc else (0, 1)
        return SiteFacts(tuple(self._other_identity(chip, address)), late_answer(chip), covers, size)

    def _other_identity(self, chip: Chip, address: int) -> Iterator[Patch]:
        """Yield the identity of another chip that may have the address; of none in particular if there is no other."""
        for each in chip.identity:
            others = [
                other.answers[0]
                for candidate in self._library().at(address)
                for other in candidate.identity
                if _is_another(each, other)
            ]
            wanted = others[0] if others else bytes(byte ^ NO_ONES for byte in each.answers[0])
            for offset, byte in enumerate(wanted):
                yield Patch(each.register.address + offset, byte)


def _is_another(mine: Identity, other: Identity) -> bool:
    """Whether an identity of another chip is in the same register, but differs."""
    return (
        other.register.address == mine.register.address
        and other.register.size == mine.register.size
        and not set(other.values) & set(mine.values)
    )


def late_answer(chip: Chip) -> Patch | None:
    """Return what a chip answers while it is not ready; None if it has no bit that says so."""
    measurement = chip.measurement
    if measurement is None:
        return None
    busy, ready = measurement.busy, measurement.ready
    if busy is not None:
        return _answer_with(chip, busy, holds=not busy.negated)
    return _answer_with(chip, ready, holds=ready.negated) if ready is not None else None


def _answer_with(chip: Chip, condition: Condition | AnswerCondition, *, holds: bool) -> Patch | None:
    """Return an answer in which a field has a condition's value, or another one."""
    from hostcore.chips.model import Condition  # noqa: PLC0415 - few hosts have faults

    if isinstance(condition, Condition):
        bits = condition.field.bits if condition.field else None
        at, size, order = condition.register.address, condition.register.size, condition.register.byte_order
        register: int | None = at
    else:
        answers = [each for command in chip.commands for each in command.answer if each.name == condition.answer]
        if not answers:
            return None
        bits, at, size, order, register = answers[0].bits, answers[0].at, answers[0].size, "big", None
    full = (1 << 8 * size) - 1
    mask = bits.mask if bits else full
    lowest = mask & -mask
    value = (condition.value * lowest if holds else condition.value * lowest ^ lowest) & mask
    for offset, (byte, part) in enumerate(zip(value.to_bytes(size, order), mask.to_bytes(size, order), strict=True)):
        if part:
            return Patch(None if register is None else register + offset, byte, part, at=at + offset)
    return None


def checks(chip: Chip | None) -> Mapping[str, bool]:
    """Return by which means a driver of a chip can notice wrong answers: ``checksum``, ``identity``, ``ready bit``."""
    crc: Crc | None = chip.crc if chip else None
    return {
        "checksum": crc is not None,
        "identity": bool(chip and chip.identity),
        "ready bit": chip is not None and late_answer(chip) is not None,
    }
