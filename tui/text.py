"""How things are written: numbers, spans of time, amounts, and text that strangers chose."""

from __future__ import annotations

import math
from datetime import datetime
from functools import lru_cache

from rich.cells import cell_len, set_cell_size

from hostcore.log.safe_text import escaped

NS_PER_S = 1_000_000_000
MINUTE, HOUR, DAY = 60, 3600, 86_400
"""Seconds."""
WIDEST_EXACT = 1e15
"""Floats are exact to the unit up to about here (2**53); beyond it, digits are noise."""
_EMOJI_CHOICE = str.maketrans("", "", "\ufe0e\ufe0f")
"""Variation selectors: terminals disagree about the width of what they choose."""


def safe(text: str, longest: int = 2000) -> str:
    """`text` on one line, cut to `longest` characters, with nothing that a terminal acts on or measures differently."""
    return _safe(text if len(text) <= longest else text[:longest] + "…")


def refusal(text: str, allowed: object) -> str:
    """Say that a person typed what cannot be taken, and what can: ``Found warm, allowed is a number``."""
    return f"Found {safe(text, 40) or 'nothing'}, allowed is {allowed}"


@lru_cache(1024)
def _safe(text: str) -> str:
    return escaped(text).translate(_EMOJI_CHOICE)


def fit(text: str, width: int, *, right: bool = False) -> str:
    """`text` in exactly `width` cells; ``…`` stands for what is cut off."""
    length = cell_len(text)
    if length > width:
        return set_cell_size(text, width - 1) + "…" if width > 0 else ""
    return " " * (width - length) + text if right else text + " " * (width - length)


def number(value: float, decimals: int | None = None) -> str:
    """A number as people read it.

    Args:
        value: any finite or infinite number, or an integer of any size.
        decimals: how many digits after the point a float gets; by default as many as it needs, up to 6 in all.
    """
    try:
        size = abs(float(value))
    except OverflowError:
        return "huge"
    if not math.isfinite(size) or size >= WIDEST_EXACT:
        return f"{float(value):.4g}"
    if isinstance(value, int):
        return str(value)
    return f"{value:.6g}" if decimals is None else f"{value:.{decimals}f}"


def age(nanoseconds: int) -> str:
    """How long ago, coarser the longer: ``now``, ``7s``, ``45s``, ``12m``, ``5h``, ``3d``. At most 4 characters."""
    seconds = nanoseconds // NS_PER_S
    if seconds < 3:
        return "now"
    if seconds < 60:
        return f"{seconds if seconds < 10 else seconds - seconds % 5}s"
    for size, letter in ((86400, "d"), (3600, "h")):
        if seconds >= size:
            return f"{min(seconds // size, 999)}{letter}"
    return f"{seconds // 60}m"


def ago(nanoseconds: int) -> str:
    """As `age`, in a sentence: ``just now``, ``7s ago``."""
    return "just now" if nanoseconds < 3 * NS_PER_S else f"{age(nanoseconds)} ago"


def span(nanoseconds: int) -> str:
    """How long something takes or took: ``850 µs``, ``12.3 ms``, ``2.50 s``."""
    for size, unit in ((NS_PER_S, "s"), (1_000_000, "ms"), (1_000, "µs")):
        if nanoseconds >= size:
            value = nanoseconds / size
            return f"{value:.{2 if value < 10 else 1 if value < 100 else 0}f} {unit}"
    return f"{nanoseconds} ns"


def uptime(nanoseconds: int) -> str:
    """How long a thing has run: ``45 s``, ``12 min``, ``3 h 20 min``, ``5 d 2 h``."""
    minutes, seconds = divmod(max(0, nanoseconds) // NS_PER_S, 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    if days:
        return f"{days} d {hours} h"
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min" if minutes else f"{seconds - seconds % 10 if seconds >= 10 else seconds} s"


def size(count: int) -> str:
    """An amount of memory or data: ``812 B``, ``64 KiB``, ``1.5 MiB``."""
    if count < 1024:
        return f"{count} B"
    for unit, letter in ((1 << 30, "GiB"), (1 << 20, "MiB")):
        if count >= unit:
            return f"{count / unit:.1f} {letter}"
    return f"{count / 1024:.0f} KiB"


def counted(count: int, thing: str) -> str:
    """``1 error``, ``2 errors``."""
    return f"{count:,} {thing}{'' if count == 1 else 's'}".replace(",", " ")


def time_of_day(wall_ns: int) -> str:
    """The local time with milliseconds: ``08:00:00.123``."""
    when = datetime.fromtimestamp(wall_ns / NS_PER_S)
    return f"{when:%H:%M:%S}.{when.microsecond // 1000:03d}"


def moment(wall_ns: int) -> str:
    """A local time with its date, without seconds: ``Tue 2 Jan 2024 08:00``."""
    when = datetime.fromtimestamp(wall_ns / NS_PER_S)
    return f"{when:%a} {when.day} {when:%b %Y %H:%M}"


def recent(wall_ns: int) -> str:
    """A local time of the last months, with seconds: ``Tue 2 Jan 08:00:00``."""
    when = datetime.fromtimestamp(wall_ns / NS_PER_S)
    return f"{when:%a} {when.day} {when:%b %H:%M:%S}"


def frozen_words(since_ns: int) -> str:
    """The mark of a screen that holds still, and since when."""
    return f" FROZEN since {time_of_day(since_ns)[:8]} "
