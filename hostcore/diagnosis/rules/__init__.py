"""The rules of the diagnosis, by subject. Each reads the case and yields findings."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from hostcore.diagnosis.case import Case
from hostcore.events import Finding

Rule = Callable[[Case], Iterable[Finding]]
"""Finds causes of trouble. It is pure: it only reads the case."""

RULES: tuple[Rule, ...] = ()
"""All rules."""
