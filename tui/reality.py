"""Whether the buses of a host are real, in words and in a colour."""

from __future__ import annotations

from collections.abc import Collection

from rich.segment import Segment

from tui.look import Look


def reality(are_real: Collection[bool]) -> str:
    """Whether buses are real: ``simulated``, ``real hardware``, ``partly simulated`` or ``no buses``.

    Args:
        are_real: whether each of them is.
    """
    if not are_real:
        return "no buses"
    if all(are_real):
        return "real hardware"
    return "partly simulated" if any(are_real) else "simulated"


def reality_mark(are_real: Collection[bool], look: Look) -> Segment:
    """The first words of every screen."""
    return Segment(f" {reality(are_real).upper()} ", look.real if all(are_real) else look.simulated)
