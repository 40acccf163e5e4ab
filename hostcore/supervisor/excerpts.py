"""Shows the source of a plugin or of its libraries, as it runs."""

from __future__ import annotations

from hostcore.errors import HostError
from hostcore.events.facts import SourceExcerpt
from hostcore.files import read_bounded
from hostcore.log.safe_text import log_line
from hostcore.runtime.plugin_file import MAX_SOURCE
from hostcore.runtime.prepared import Prepared

MOST_AROUND = 20
"""The most lines before and after a line."""
LONGEST_LINE = 200
"""Characters of a line that are shown."""


def excerpt_of(prepared: Prepared | None, file: str, line: int, around: int) -> SourceExcerpt:
    """Return some lines of the code that a plugin runs. Blocks while a file is read.

    Args:
        prepared: the version of the plugin that runs; None if none does.
        file: a file of a library, as tracebacks show it; "" for the plugin's own file.
        line: the line, from 1.
        around: lines to show before and after it, at most `MOST_AROUND`.

    Raises:
        HostError: there is no such source.
    """
    if prepared is None or prepared.source is None:
        raise HostError("there is no source to show: the plugin is a component, or does not run")
    text = _of_library(prepared, file) if file else prepared.source
    lines = text.splitlines()
    if not 1 <= line <= len(lines):
        name = log_line(file, LONGEST_LINE) or prepared.spec.path.name
        raise HostError(f"{name} has no line {line}; it has {len(lines)} lines")
    first = max(1, line - min(around, MOST_AROUND))
    shown = lines[first - 1 : line + min(around, MOST_AROUND)]
    return SourceExcerpt(
        file or prepared.spec.path.name,
        line,
        first,
        tuple(log_line(each.expandtabs(4).rstrip(), LONGEST_LINE) for each in shown),
        is_current=bool(file) or _is_on_disk(prepared),
    )


def _of_library(prepared: Prepared, file: str) -> str:
    """The source of a library's module. Its wheel is kept, so that it is the version that runs."""
    content = prepared.libraries.find_data(file.partition("/")[2]) if prepared.libraries else None
    if content is None:
        raise HostError(f"no library of {prepared.spec.name} has a file {log_line(file, LONGEST_LINE)}")
    return content[:MAX_SOURCE].decode("utf-8-sig", "replace")


def _is_on_disk(prepared: Prepared) -> bool:
    try:
        return read_bounded(prepared.spec.path, MAX_SOURCE).decode("utf-8-sig") == prepared.source
    except (OSError, UnicodeDecodeError):
        return False
