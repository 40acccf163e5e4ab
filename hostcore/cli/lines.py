"""Text for a terminal: one line that is safe to show, or several of the terminal's width."""

from __future__ import annotations

import shutil
import sys
import textwrap
from datetime import datetime

from hostcore.clock import NS_PER_S
from hostcore.log.safe_text import escaped

NARROWEST = 40
"""The least width in characters for which lines are wrapped."""


def say(line: str, *, is_result: bool = True) -> None:
    """Print one line, escaped: a path, a name or an error may hold what would act in a terminal.

    Args:
        line: the line.
        is_result: whether it goes to standard output, and not to standard error.
    """
    print(escaped(line), file=sys.stdout if is_result else sys.stderr)


def local_time(time_ns: int) -> str:
    """Return a time as this computer's clocks show it: ``2026-01-31 08:00:00``."""
    return f"{datetime.fromtimestamp(time_ns / NS_PER_S):%Y-%m-%d %H:%M:%S}"


def terminal_width(narrowest: int = NARROWEST) -> int:
    """Return the width of the terminal in characters, but at least `narrowest`; 80 without a terminal."""
    return max(narrowest, shutil.get_terminal_size().columns)


def wrapped(text: str, width: int, hanging: int = 0) -> list[str]:
    """Return escaped text in lines of at most `width` characters, except for longer words.

    Args:
        text: the text.
        width: characters of a line.
        hanging: spaces before each line but the first.
    """
    return textwrap.wrap(
        escaped(text), width, subsequent_indent=" " * hanging, break_on_hyphens=False, break_long_words=False
    )
