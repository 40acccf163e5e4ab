"""How times and strangers' texts are written on the host's page."""

from __future__ import annotations

from datetime import UTC, datetime
from html import escape

from hostcore.clock import NS_PER_S
from hostcore.log.safe_text import escaped

LONGEST = 1000
"""The most characters of a stranger's text that are shown."""
_UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"))
"""Seconds of a unit, and the unit."""


def plain(text: str, longest: int = LONGEST) -> str:
    """A stranger's text as HTML on one line: with escapes for all that a browser hides or acts on, and cut.

    Args:
        text: any text.
        longest: the most characters of it that are shown.
    """
    return escape(escaped(text if len(text) <= longest else text[:longest] + "…"))


def old(nanoseconds: int) -> str:
    """How old something is: ``12 s``, ``5 min``, ``3 h``, ``2 d``."""
    seconds = max(0, nanoseconds) // NS_PER_S
    for size, unit in _UNITS:
        if seconds >= 2 * size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"


def ago(time_ns: int, now_ns: int) -> str:
    """When something was, as HTML: its age, and its time where one asks for it."""
    when = f"{_local(time_ns):%a %d %b %Y %H:%M:%S}"
    return f'<time datetime="{_iso(time_ns)}" title="{when}">{_ago(now_ns - time_ns)}</time>'


def clock_time(time_ns: int) -> str:
    """The host's local time of the day as HTML."""
    when = _local(time_ns)
    return f'<time datetime="{_iso(time_ns)}" title="{when:%a %d %b %Y}">{when:%H:%M:%S}</time>'


def _ago(nanoseconds: int) -> str:
    return "just now" if nanoseconds < 2 * NS_PER_S else f"{old(nanoseconds)} ago"


def _local(time_ns: int) -> datetime:
    return datetime.fromtimestamp(time_ns // NS_PER_S)


def _iso(time_ns: int) -> str:
    return f"{datetime.fromtimestamp(time_ns // NS_PER_S, UTC):%Y-%m-%dT%H:%M:%SZ}"
