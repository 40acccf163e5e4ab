"""The Python in the sandbox: its version, and whether a package runs with it."""

from __future__ import annotations

from hostcore.late_pattern import late_pattern

GUEST_PYTHON = "3.14"
"""The version of CPython in componentize-py 0.25, without the number of its bug fix."""
LAST_MINOR = 14
"""The N of Python 3.N that it is."""
_LONGEST = 200
"""Characters of a `Requires-Python` that is parsed. Real ones have up to 60."""
_COMMON = late_pattern(r"\s*>=\s*(?:2(?:\.\d+)*|3(?:\.(?:\d|1[0-3])(?:\.\d+)*)?|3\.14(?:\.0)*)\s*")
"""The form of nearly every `Requires-Python`. It saves importing `packaging`, which takes 12 ms."""


def fits_guest(requires_python: str) -> bool:
    """Return whether a `Requires-Python` (PEP 440 version specifiers, "" for all) allows the Python in the sandbox."""
    if not requires_python or _COMMON.fullmatch(requires_python):
        return True
    if len(requires_python) > _LONGEST:
        return False
    from packaging.specifiers import InvalidSpecifier, SpecifierSet  # noqa: PLC0415 - see _COMMON

    try:
        return SpecifierSet(requires_python).contains(f"{GUEST_PYTHON}.0")
    except InvalidSpecifier:
        return False
