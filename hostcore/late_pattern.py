"""Regular expressions that are compiled when they are first used, for the modules that every start loads.

Compiling one takes 0.1 to 0.5 ms. A start loads modules with 40 of them, and uses 5.
"""

from __future__ import annotations

import re
from typing import Any

__all__ = ["late_pattern"]


def late_pattern(text: str, flags: int = 0) -> re.Pattern[str]:
    """Do the same as `re.compile`, but compile when the pattern is used. A wrong pattern is an error only then."""
    return _LatePattern(text, flags)  # type: ignore[return-value]


class _LatePattern:
    """Stands for a pattern. It keeps each of its methods that was used, so that the next use is as quick as ever."""

    def __init__(self, text: str, flags: int) -> None:
        self._text, self._flags = text, flags

    def __getattr__(self, name: str) -> Any:
        found = getattr(re.compile(self._text, self._flags), name)
        setattr(self, name, found)
        return found
