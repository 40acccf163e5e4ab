"""The results of a self-test, as values."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from hostcore.quick_dataclass import dataclass, field

Fact = str | int | float | bool | None
"""A number or a word for a program that reads the report."""


class Verdict(StrEnum):
    """What became of a step."""

    OK = "ok"
    FAILED = "failed"
    SKIPPED = "skipped"
    """Nothing was tried. The text says why."""


@dataclass(frozen=True, slots=True)
class Result:
    """The result of one step."""

    step: str
    """Names it, such as ``scan of i2c-1`` or ``GPIO lines 16 and 20``."""
    verdict: Verdict
    text: str
    """What was found, for a person."""
    advice: str = ""
    """What to do about it; "" if there is nothing to do."""
    facts: Mapping[str, Fact] = field(default_factory=dict)
    """The same for a program. Units are at the end of the names."""
    is_simulated: bool = False
    """Whether it says nothing about real hardware."""
    details: tuple[str, ...] = ()
    """Lines that belong below the text, such as the table of a scan."""
