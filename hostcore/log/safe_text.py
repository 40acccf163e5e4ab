"""Makes any text safe to show: escapes what a terminal acts on or does not show, and cuts lines."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import groupby

MAX_LINE = 2000
"""The default limit of characters in one log line. Further characters are only counted."""
TAB_WIDTH = 4
MAX_MARKS = 4
"""The most combining marks on one character that are kept. No language needs more, and a terminal would draw hundreds
of them over the neighbouring lines."""
_INVISIBLE = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u3164\uffa0").union(
    map(chr, range(0xFE00, 0xFE0E)), map(chr, range(0xE0100, 0xE01F0))
)
"""Invisible characters that `str.isprintable` accepts: Default_Ignorable_Code_Point of Unicode's
DerivedCoreProperties.txt without U+FE0E and U+FE0F, which choose between the text and emoji form of a symbol."""
_FIRST_MARK = "\u0300"
"""The first combining mark. All characters of `_INVISIBLE` come after it as well."""


def escaped(text: str) -> str:
    r"""Return `text` with escapes for all characters that a terminal acts on or does not show.

    Control, format, private-use and unassigned characters, surrogates, and all spaces but the ordinary one become
    escapes such as ``\x1b``, ``\u202e`` and ``\U000e0041``. A byte that ``surrogateescape`` decoded becomes ``\xff``.
    At most `MAX_MARKS` combining marks on one character are kept; the others are counted.
    """
    return text if _is_plain(text) else "".join(piece for piece, _ in _pieces(text))


def log_line(text: str, length: int = MAX_LINE, beyond: int = 0) -> str:
    """Return one line: `text` with tabs expanded, escaped, and cut. The number of missing characters is in brackets.

    Args:
        text: the text. Newlines in it are escaped.
        length: the most characters to show. Escapes and expanded tabs count as they are shown.
        beyond: how many characters after `text` are missing already.
    """
    shown, left = _cut(text[:length].expandtabs(TAB_WIDTH), length)
    beyond += left + max(0, len(text) - length)
    return f"{shown} [{counted(beyond, 'character')} more]" if beyond else shown


def _is_plain(text: str) -> bool:
    return text.isprintable() and (text.isascii() or max(text) < _FIRST_MARK)


def _cut(text: str, length: int) -> tuple[str, int]:
    """Return the part of `text` that fits into `length` characters, and the number of characters that are left out."""
    if _is_plain(text):
        return text[:length], max(0, len(text) - length)
    shown, size, told = [], 0, 0
    for piece, characters in _pieces(text):
        size += len(piece)
        if size > length:
            break
        shown.append(piece)
        told += characters
    return "".join(shown), len(text) - told


def _pieces(text: str) -> Iterator[tuple[str, int]]:
    """Yield `text` piece by piece as it is shown, each piece with the number of characters that it stands for."""
    for stacked, run in groupby(text, _is_mark):
        if not stacked:
            yield from ((_shown(char), 1) for char in run)
            continue
        marks = "".join(run)
        yield from ((mark, 1) for mark in marks[:MAX_MARKS])
        more = len(marks) - MAX_MARKS
        if more > 0:
            yield f"[{counted(more, 'mark')} more]", more


@lru_cache(1024)
def _is_mark(char: str) -> bool:
    """Return whether `char` is drawn over the character before it: a nonspacing or enclosing mark."""
    return unicodedata.category(char) in {"Mn", "Me"} and char not in _INVISIBLE


@lru_cache(1024)
def _shown(char: str) -> str:
    if char.isprintable() and char not in _INVISIBLE:
        return char
    if "\udc80" <= char <= "\udcff":
        return f"\\x{ord(char) - 0xDC00:02x}"
    return char.encode("unicode_escape").decode()


def counted(count: int, thing: str) -> str:
    return f"{count} {thing}{'' if count == 1 else 's'}"


def waiting_readings(count: int) -> str:
    """Return how many readings wait, as a sentence: ``1 reading waits``, ``1,200 readings wait``."""
    return "1 reading waits" if count == 1 else f"{count:,} readings wait"


def and_waiting(problem: str, count: int, what_for: str = "") -> str:
    """Return a problem, followed by how many readings wait, if any do."""
    join = "" if problem.endswith("?") else ";"
    return f"{problem}{join} {waiting_readings(count)}{what_for}" if count else problem
