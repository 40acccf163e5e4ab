"""What a session file holds, and its bounds."""

from __future__ import annotations

import struct
from enum import IntEnum, StrEnum

from hostcore.events.facts import HostFacts, PluginFacts
from hostcore.quick_dataclass import dataclass

MAGIC = b"WASIHOST session 1\n"
SUFFIX = ".session"
MIB = 1 << 20
"""Bytes."""
MOST_FILE = 1024 * MIB
"""The largest file that is read, bytes."""
MOST_ENTRIES = 50_000
"""The most entries of a keyframe or a segment."""
MOST_OF_GROUP = 200_000
"""The most entries from one keyframe to the next. A jump reads up to this number."""
MOST_RAW = 32 * MIB
"""The most bytes of a keyframe or a segment before it was compressed."""
MOST_RAW_OF_GROUP = 128 * MIB
"""The most bytes from one keyframe to the next before they were compressed."""
MOST_MARKS = 10_000
"""Marks of a file. Later ones are left out."""
LONGEST_MARK = 200
"""Characters of the text of a mark."""
LONGEST_US = 10 * 366 * 86_400 * 1_000_000
"""The longest session, about ten years, in microseconds."""

PART = struct.Struct("<QQqI")
"""What precedes the compressed entries: begin and end in microseconds since the file's start, the wall clock at that
begin in nanoseconds since the Unix epoch, and the number of entries."""


class Kind(IntEnum):
    """What a frame holds."""

    HEADER = 1
    """The `Header`, as JSON."""
    KEYFRAME = 2
    """All that a front end needs that begins here."""
    SEGMENT = 3
    """What happened next."""
    MARKS = 4
    """The `Mark`s of the segment before, as JSON."""
    END = 5
    """Why the recording ended, one line of UTF-8. Without it, the file is cut, or is still being written."""


@dataclass(frozen=True, slots=True)
class Header:
    """What a file begins with."""

    version: str
    """The version of the program that wrote it."""
    host_name: str
    began_ns: int
    """The wall clock, nanoseconds since the Unix epoch."""
    knows_settings: bool
    """Whether the texts of the plugins' settings were known, so that they are left out wherever they appear."""


@dataclass(frozen=True, slots=True)
class Known:
    """What a session says apart from its events."""

    facts: HostFacts
    plugins: tuple[PluginFacts, ...]


class MarkKind(StrEnum):
    """What a mark stands for."""

    CRASH = "crash"
    FINDING = "finding"
    ALARM = "alarm"
    FAULT = "fault"
    """A transfer failed on the wires, after those at the same place worked."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Something wrong, for a jump to it."""

    at_us: int
    """Microseconds since the file's start."""
    kind: MarkKind
    text: str
    """One line. It may contain a plugin's words: escape it."""
