"""Edges of a pulse as bytes: half of what they take as numbers, which were most of the recording of a DHT22.

::

    edges  = the gaps between the edges, in ns, as rows  levels
    levels = a bit for each edge, the first one lowest; 1 is rising
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

from hostcore.recording.rows import packed_rows, read_rows

Edge = tuple[int, bool]
"""Nanoseconds since the host released the line, and whether it rises."""
CAPTURES = frozenset({"wasi-host:plugin/python-wire#gpio-capture", "wasi-host:plugin/gpio#capture"})
"""Host functions that return edges."""
MOST_EDGES = 1 << 12
"""Most edges that are packed and read. A capture returns 1,024 at most."""


def packed_edges(edges: Sequence[Edge]) -> bytes | None:
    """Write edges; None if they are not in their order, or too many."""
    times = [time for time, _ in edges]
    gaps = [time - before for before, time in zip((0, *times), times, strict=False)]
    if len(gaps) > MOST_EDGES or min(gaps, default=0) < 0:
        return None
    levels = sum(rising << place for place, (_, rising) in enumerate(edges))
    return packed_rows(gaps) + levels.to_bytes(_level_bytes(len(gaps)), "little")


def read_edges(content: bytes) -> tuple[Edge, ...]:
    """Read what `packed_edges` wrote.

    Raises:
        ValueError: it is damaged.
    """
    gaps, start = read_rows(content, 0)
    if len(gaps) > MOST_EDGES or len(content) != start + _level_bytes(len(gaps)):
        raise ValueError("edges are damaged")
    levels = int.from_bytes(content[start:], "little")
    return tuple((time, bool(levels >> place & 1)) for place, time in enumerate(accumulate(gaps)))


def slots_of_edges(imports: Sequence[str]) -> frozenset[int]:
    """The slots of the imports that return edges."""
    return frozenset(slot for slot, name in enumerate(imports) if name in CAPTURES)


def _level_bytes(count: int) -> int:
    return (count + 7) // 8
