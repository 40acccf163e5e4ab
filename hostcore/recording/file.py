"""The file of a recording: frames with checksums, one after the other.

::

    file    = "WASIHOST recording 2\\n" frame*

`hostcore.files.frames` has the frames, and docs/recordings.md describes the contents.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import IntEnum

from hostcore.files.frames import HEAD_BYTES, checked, content_size, frame

MAGIC = b"WASIHOST recording 2\n"
SUFFIX = ".recording"
MOST_BYTES = 256 << 20
"""The largest file that is read. A recording of the largest allowed bound has less than half of it."""


class Kind(IntEnum):
    """What a frame holds."""

    HEADER = 1
    """The `Header`."""
    BEGINNING = 2
    """A segment of the tape until the plugin had loaded."""
    CHECKPOINT = 3
    SEGMENT = 4
    """A segment of the newest part of the tape."""
    REPORT = 5
    """The report of the crash, as JSON."""
    PROBLEM = 6
    """Why the recording is not whole, one line of UTF-8."""
    ASLEEP = 8
    """What an instance that sleeps needs beside its recording, as JSON."""
    GAP = 9
    """Why calls are missing before the newest part, one line of UTF-8. Without it, none are."""
    END = 7
    """Nothing follows. Without it, the file is cut."""


_KINDS = frozenset(map(int, Kind))


def written(frames: Iterable[tuple[Kind, bytes]]) -> bytes:
    """Write a whole file."""
    return MAGIC + b"".join(frame(kind, content) for kind, content in frames) + frame(Kind.END, b"")


def frames_of(content: bytes) -> Iterator[tuple[Kind, bytes]]:
    """Read the frames of a file, up to the first that is not whole.

    Raises:
        ValueError: the file is no recording, or it is cut or damaged. Frames before that place were yielded.
    """
    if not content.startswith(MAGIC):
        raise ValueError(_not_a_recording(content))
    place, kind = len(MAGIC), None
    while place < len(content):
        found = _frame_at(content, place)
        if found is None:
            raise ValueError(f"it is cut or damaged at byte {place:,} of {len(content):,}")
        kind, inner = found
        if kind is Kind.END:
            return
        yield kind, inner
        place += HEAD_BYTES + len(inner)
    raise ValueError(f"it is cut at byte {place:,}, after {'its beginning' if kind is None else 'a whole part'}")


def _frame_at(content: bytes, place: int) -> tuple[Kind, bytes] | None:
    head = content[place : place + HEAD_BYTES]
    size = content_size(head)
    if size is None:
        return None
    inner = content[place + HEAD_BYTES : place + HEAD_BYTES + size]
    kind = checked(head, inner)
    return (Kind(kind), inner) if kind in _KINDS else None


def _not_a_recording(content: bytes) -> str:
    start = MAGIC[:-2]
    if content.startswith(start):
        version = content[len(start) : len(start) + 8].split(b"\n")[0].decode("ascii", "replace")
        return f"it is a recording of version {version}; this host reads version 2"
    if MAGIC.startswith(content[: len(MAGIC)]):
        return "it is cut before its first part"
    return "it is no recording of wasi-host"
