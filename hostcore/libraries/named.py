"""The packages that a plugin's metadata names, for those who only want to know what it drives."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from hostcore.errors import MetadataError
from hostcore.files import read_bounded
from hostcore.late_pattern import late_pattern

LONGEST_SOURCE = 1 << 20
"""Bytes of the longest plugin that is looked at: as many as for one that runs."""
_MARK = b"# /// script"
"""Is in every file that has metadata (PEP 723)."""
_NAME = late_pattern(r"[A-Za-z0-9][A-Za-z0-9._-]*")
"""The name at the start of a requirement (PEP 508)."""


def packages_named(plugin: Path) -> tuple[str, ...]:
    """Return the packages that a plugin's metadata names (PEP 723), as indexes spell them (PEP 503).

    Blocks while the file is read, if it has changed since the last call.

    Returns:
        Nothing if the file is no Python, cannot be read, or has no metadata that is right.
    """
    if plugin.suffix != ".py":
        return ()
    try:
        found = plugin.stat()
    except OSError:
        return ()
    return _named(plugin, found.st_mtime_ns, found.st_size)


@lru_cache(maxsize=256)
def _named(plugin: Path, _modified_ns: int, _size: int) -> tuple[str, ...]:
    try:
        content = read_bounded(plugin, LONGEST_SOURCE)
        if _MARK not in content:
            return ()
        from hostcore.libraries.metadata import script_metadata  # noqa: PLC0415 - few plugins have metadata
        from hostcore.libraries.wheel_name import normalized  # noqa: PLC0415

        metadata = script_metadata(content.decode("utf-8-sig"), plugin.name)
    except (OSError, UnicodeDecodeError, MetadataError):
        return ()
    names = (_NAME.match(each) for each in metadata.dependencies) if metadata else ()
    return tuple(dict.fromkeys(normalized(found[0]) for found in names if found))
