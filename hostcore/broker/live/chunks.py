"""The messages of a byte stream over two topics: numbered chunks, what was taken of them, and the end.

A payload is a kind, a number of 8 bytes, and the rest. Each direction has its topic, and numbers of its own.
"""

from __future__ import annotations

from struct import Struct

from hostcore.quick_dataclass import dataclass

MOST_DATA = 32_000
"""The most bytes of one chunk, so that a payload is shorter than 32 KiB."""
MOST_REASON = 400
"""The most bytes of the text that says why a stream ended."""
LONGEST = 1 << 15
"""The most bytes of a payload."""
_HEAD = Struct(">BQ")
_DATA, _TAKEN, _END = 1, 2, 3


@dataclass(frozen=True, slots=True)
class Chunk:
    """Bytes of the stream."""

    number: int
    """Counts from 1. A gap tells that one was lost; one that comes twice has the same."""
    data: bytes


@dataclass(frozen=True, slots=True)
class Taken:
    """Says how many bytes of chunks the sender of this has taken in so far. It is also a sign of life."""

    bytes: int


@dataclass(frozen=True, slots=True)
class Ended:
    """Says that nothing follows."""

    reason: str
    """One line for a person; "" if there is nothing to say."""


Part = Chunk | Taken | Ended
"""What a payload can be."""


def encoded(part: Part) -> bytes:
    """Return the payload of a part."""
    match part:
        case Chunk(number, data):
            return _HEAD.pack(_DATA, number) + data
        case Taken(count):
            return _HEAD.pack(_TAKEN, count)
        case Ended(reason):
            return _HEAD.pack(_END, 0) + reason.encode(errors="replace")[:MOST_REASON]


def decoded(payload: bytes) -> Part:
    """Return the part of a payload.

    Raises:
        ValueError: it is none.
    """
    if not _HEAD.size <= len(payload) <= LONGEST:
        raise ValueError(f"a message of {len(payload)} bytes, and {_HEAD.size} to {LONGEST} are allowed")
    kind, number = _HEAD.unpack_from(payload)
    rest = payload[_HEAD.size :]
    if kind == _DATA and rest:
        return Chunk(number, rest)
    if kind == _TAKEN and not rest:
        return Taken(number)
    if kind == _END:
        return Ended(rest[:MOST_REASON].decode(errors="replace"))
    raise ValueError(f"a message of the kind {kind} with {len(rest)} bytes, which no version of this host sends")
