"""The result of one check of ``wasi-host doctor``."""

from __future__ import annotations

from hostcore.quick_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """The result of one check."""

    name: str
    is_fine: bool
    text: str
    """The finding."""
    advice: str = ""
    """What to do about it; "" if there is nothing to do."""
