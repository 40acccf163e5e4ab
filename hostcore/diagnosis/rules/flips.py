"""Bits that flip on the way: a chip's constants read differently from time to time."""

from __future__ import annotations

from collections.abc import Iterator

from hostcore.chips.model import Access, Role
from hostcore.diagnosis.case import Case
from hostcore.diagnosis.chip_facts import RegisterUse
from hostcore.diagnosis.rules.known_chips import Subject, judged
from hostcore.diagnosis.wording import both, observation
from hostcore.events import Confidence, Finding

LEAST_READS = 3
"""Reads of a constant, before two different values of it count: the first may have come before the chip was ready."""


def flipping_bits(case: Case) -> Iterator[Finding]:
    """Find calibrations that changed. The identity is judged elsewhere: there, it may be another chip."""
    for subject in judged(case):
        changed = [use for use in subject.record.registers.values() if _has_changed(use)]
        if changed:
            yield _flips(subject, changed)


def _has_changed(use: RegisterUse) -> bool:
    is_constant = use.register.role is Role.CALIBRATION and use.register.access is Access.READ_ONLY
    return is_constant and len(_values(use)) > 1 and use.reads >= LEAST_READS


def _values(use: RegisterUse) -> list[bytes]:
    """The values that the chip can have sent. Nothing but zeros, or nothing but ones, is what a line reads that is held
    low, or that nobody drives."""
    return [value for value in use.values if any(value) and any(byte != 0xFF for byte in value)]


def _flips(subject: Subject, changed: list[RegisterUse]) -> Finding:
    use = changed[0]
    shown = both(f"0x{value.hex()}" for value in _values(use))
    lost = _loses_ones(use)
    why = " Ones arrive as zeros: the pull-ups are weak or missing." if lost else ""
    more = f" {len(changed) - 1} more of its constants changed." if len(changed) > 1 else ""
    return subject.finding(
        "bit-flips",
        f"Bits flip on the way from the {subject.chip}: {subject.register(use.register.address)}, which never changes, "
        f"reads {shown}.{more}{why}",
        "Check the pull-ups of SDA and SCL (1.8 to 10 kΩ to 3.3 V), shorten the wires, or slow the bus down.",
        Confidence.LIKELY,
        evidence=(observation(use.last),) if use.last else (),
    )


def _loses_ones(use: RegisterUse) -> bool:
    """Whether each value is one of them with some ones missing."""
    values = _values(use)
    whole = max(values, key=lambda value: int.from_bytes(value, "big").bit_count())
    return all(all(byte & ~kept == 0 for byte, kept in zip(value, whole, strict=True)) for value in values)
