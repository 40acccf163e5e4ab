"""Segments: entries that are compressed together, and their times apart from them.

The entries of two calls are mostly alike, and their times are noise. So zlib finds whole calls again if the times do
not stand between them.

::

    segment = zlib( length of the entries (4 bytes)  entry*  gaps  durations  starts )
    entry   = [-1, function, arguments] | [slot, arguments, answer] | [slot, arguments, answer, true] | [-2, result]

``true`` marks a host function that a fault on demand has struck. ``gaps`` has, as rows, the microseconds before each
host function and before the end of each call: since the host function before it, or since the call began. In a
segment that begins within a call, the first counts from there. ``durations`` has those of the host functions, and
``starts`` the wall clock at the beginning of each call in nanoseconds, since the call before it in the segment.
"""

from __future__ import annotations

import zlib
from array import array
from collections.abc import Iterable, Iterator
from typing import Any

from hostcore.recording.rows import packed_rows, read_rows
from hostcore.recording.values import unpack_each

CALL, END = -1, -2
"""First elements of the entries that begin and end a call. That of a crossing is its slot."""
LEVEL = 8
"""zlib's level. Level 6 takes 1.5 instead of 3.6 ms for 64 KiB, which are some hundred polls, and 2 % more room."""
MOST_SEGMENT = 64 << 20
"""Most bytes that a segment is read as, however little it was compressed to. One call's data (`reading_bytes`) bounds
what the tape writes."""
MOST_INFLATED = 256 << 20
"""Most bytes that all segments of a part are read as. The host's usual bound is 1 MiB, which becomes about 10."""
MOST_ENTRIES = 1_000_000
"""Most entries that all segments of a part are read as. Each takes up to 300 bytes of memory, and 4 in the file before
it is compressed. The host's usual bound of 1 MiB is reached after some 300,000."""
_LENGTH = 4
_WRAP = (1 << 64) - 1
"""The wall clock may be set back, which wraps."""


class Times:
    """The times of the entries of one segment."""

    def __init__(self) -> None:
        self.gaps, self.durations, self.starts = array("Q"), array("Q"), array("Q")
        self._last_us = self._last_ns = 0

    def call(self, wall_ns: int) -> None:
        """A call began."""
        self.starts.append(wall_ns - self._last_ns & _WRAP)
        self._last_ns, self._last_us = wall_ns, 0

    def crossing(self, at_us: int, end_us: int) -> None:
        """A host function was called, and returned. Both times count from the beginning of the call."""
        gap, took = at_us - self._last_us, end_us - at_us
        self.gaps.append(gap if gap > 0 else 0)  # max() takes longer than all else here
        self.durations.append(took if took > 0 else 0)
        self._last_us = end_us

    def end(self, at_us: int) -> None:
        """The call ended. The time counts from its beginning."""
        self.gaps.append(max(0, at_us - self._last_us))
        self._last_us = at_us


def packed_segment(entries: bytes, times: Times) -> bytes:
    """Compress entries. Blocks for four milliseconds for 64 KiB."""
    parts = (entries, *map(packed_rows, (times.gaps, times.durations, times.starts)))
    deflate = zlib.compressobj(LEVEL)
    packed = [deflate.compress(len(entries).to_bytes(_LENGTH, "little"))]
    for each in parts:
        packed += deflate.compress(each), deflate.flush(zlib.Z_BLOCK)  # each part has its own Huffman codes
    return b"".join((*packed, deflate.flush()))


def entries_of(segments: Iterable[bytes]) -> Iterator[tuple[Any, ...]]:
    """Read the entries of segments, with their times in them.

    Yields:
        ``(CALL, function, arguments, wall_ns)``, ``(slot, at_us, took_us, arguments, answer)``, maybe with a mark
        after the answer, and ``(END, took_us, result)``. What is in them is not checked.

    Raises:
        ValueError: a segment is damaged, or all of them are too large.
    """
    left, count = MOST_INFLATED, 0
    for segment in segments:
        content = _inflated(segment, left)
        left -= len(content)
        for entry in _timed(content):
            count += 1
            if count > MOST_ENTRIES:
                raise ValueError(f"it has more than {MOST_ENTRIES:,} entries")
            yield entry


def _inflated(segment: bytes, left: int) -> bytes:
    inflating = zlib.decompressobj()
    try:
        content = inflating.decompress(segment, min(MOST_SEGMENT, max(1, left)))
    except zlib.error as problem:
        raise ValueError(f"a segment cannot be decompressed: {problem}") from None
    if left < len(content) or (not inflating.eof and left == len(content)):
        raise ValueError(f"it has more than {MOST_INFLATED >> 20} MiB when it is decompressed")
    if not inflating.eof:
        raise ValueError("a segment is cut or too large")
    return content


def _timed(content: bytes) -> Iterator[tuple[Any, ...]]:
    size = int.from_bytes(content[:_LENGTH], "little")
    gaps, place = read_rows(content, _LENGTH + size)
    durations, place = read_rows(content, place)
    starts, place = read_rows(content, place)
    if place != len(content):
        raise ValueError("a segment has more than its entries")
    return _entries(unpack_each(content[_LENGTH : _LENGTH + size]), *map(iter, (gaps, durations, starts)))


def _entries(
    entries: Iterable[Any], gaps: Iterator[int], durations: Iterator[int], starts: Iterator[int]
) -> Iterator[tuple[Any, ...]]:
    wall_ns = us = 0
    found: tuple[Any, ...]
    for entry in entries:
        try:
            match entry:
                case (-1, function, arguments):
                    wall_ns, us = wall_ns + next(starts) & _WRAP, 0
                    found = (CALL, function, arguments, wall_ns)
                case (-2, result):
                    us += next(gaps)
                    found = (END, us, result)
                case (int(slot), arguments, answer, *marks) if slot >= 0:
                    at_us, took_us = us + next(gaps), next(durations)
                    us = at_us + took_us
                    found = (slot, at_us, took_us, arguments, answer, *marks)
                case _:
                    raise ValueError("an entry has no kind")
        except StopIteration:
            raise ValueError("a segment lacks times") from None
        yield found
