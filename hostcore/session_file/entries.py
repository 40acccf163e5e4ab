"""Events as entries of a session file: lines of JSON, ``[microseconds since the part's begin, kind, fields]``."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from hostcore.control.far_names import FarNames
from hostcore.control.far_values import facts_problem, value_problem
from hostcore.control.session_lines import KINDS, LONGEST_SMALL
from hostcore.events import Event, EventsDropped
from hostcore.events.event_json import from_json, to_brief_json
from hostcore.events.stream import LARGE
from hostcore.quick_dataclass import dataclass
from hostcore.session_file.model import Known

KNOWN = "known"
"""The kind of the entries that hold a `Known`."""
LONGEST_ENTRY = 4 << 20
"""Bytes of the longest entry: more than any reading, page or crash report has."""
CHUNK = 1 << 16
"""Bytes of entries that are parsed together, which takes half the time."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that a session said."""

    at_us: int
    """Microseconds since the begin of the file."""
    said: Event | Known


def written(offset_us: int, said: Event | Known) -> bytes:
    """Encode an entry. An event that is too long becomes the loss of one event."""
    kind = KNOWN if isinstance(said, Known) else type(said).__name__
    line = json.dumps([offset_us, kind, to_brief_json(said)], separators=(",", ":")).encode() + b"\n"
    if len(line) <= LONGEST_ENTRY:
        return line
    return written(offset_us, EventsDropped(getattr(said, "time_ns", 0), 1))


class EntryReader:
    """Decodes entries that somebody else may have forged. For one thread, and one way through a file.

    Attributes:
        unreadable: entries that were left out, because this program does not know them, or they cannot be.
    """

    def __init__(self) -> None:
        self._names = FarNames()
        self.unreadable = 0

    def entries(self, raw: bytes, count: int, begin_us: int, end_us: int) -> Iterator[Entry]:
        """Yield the entries of a part.

        Args:
            raw: the lines.
            count: how many there have to be.
            begin_us: the begin of the part; all times are brought between it and the end.
            end_us: the end of the part.

        Raises:
            ValueError: these are no entries.
        """
        lines = raw.split(b"\n")
        if lines.pop():
            raise ValueError("its last entry is cut")
        if len(lines) != count:
            raise ValueError(f"it has {len(lines)} entries, and says {count}")
        latest = begin_us
        for found, size in zip(_parsed(lines), map(len, lines), strict=True):
            if not (type(found) is list and len(found) == 3 and type(found[0]) is int and type(found[1]) is str):
                raise ValueError("an entry is none")
            latest = min(max(latest, begin_us + found[0]), end_us)
            said = self._said(found[1], found[2], size)
            if said is None:
                self.unreadable += 1
            else:
                yield Entry(latest, said)

    def _said(self, kind: str, found: object, size: int) -> Event | Known | None:
        try:
            if kind == KNOWN:
                return self._known(from_json(Known, found))
            if kind not in KINDS or (size > LONGEST_SMALL and KINDS[kind] not in LARGE):
                return None
            event = from_json(KINDS[kind], found)
        except ValueError:
            return None
        return None if self._names.problem(event) or value_problem(event) else event

    def _known(self, known: Known) -> Known | None:
        return None if facts_problem(known.facts) else Known(known.facts, self._names.present(known.plugins))


def _parsed(lines: Iterable[bytes]) -> Iterator[Any]:
    """Parse lines, some at a time, so that a hostile file cannot fill the memory."""
    waiting: list[bytes] = []
    size = 0
    for line in lines:
        if len(line) > LONGEST_ENTRY:
            raise ValueError(f"an entry has more than {LONGEST_ENTRY:,} bytes")
        waiting.append(line)
        size += len(line)
        if size >= CHUNK:
            yield from _together(waiting)
            waiting, size = [], 0
    yield from _together(waiting)


def _together(lines: list[bytes]) -> Iterator[Any]:
    try:
        found = json.loads(b"[" + b",".join(lines) + b"]")
    except (ValueError, RecursionError):
        raise ValueError("an entry is no JSON") from None
    if len(found) != len(lines):
        raise ValueError("an entry is several")
    return islice(found, len(found))
