"""Reads a session file, which may be forged: within bounds, and up to the first part that is not whole."""

from __future__ import annotations

import errno
import json
import os
import zlib
from bisect import bisect_right
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

from hostcore.errors import RecordingError
from hostcore.events.event_json import from_json
from hostcore.files import open_ordinary
from hostcore.files.frames import HEAD_BYTES, checked, content_size
from hostcore.quick_dataclass import dataclass
from hostcore.session_file.entries import Entry, EntryReader
from hostcore.session_file.model import (
    LONGEST_MARK,
    LONGEST_US,
    MAGIC,
    MIB,
    MOST_ENTRIES,
    MOST_FILE,
    MOST_MARKS,
    MOST_OF_GROUP,
    MOST_RAW,
    MOST_RAW_OF_GROUP,
    PART,
    Header,
    Kind,
    Mark,
)

MOST_PARTS = 500_000
"""Parts of a file: those of two weeks and more."""
LONGEST_NAME = 250
"""Characters of the host's name, and of the version."""
MOST_JSON = MIB
"""Bytes of a header, and of the marks of one segment."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Part:
    """Where a keyframe or a segment is, and what time it is about."""

    place: int
    """The byte at which its frame begins."""
    size: int
    """Bytes of its content."""
    is_keyframe: bool
    begin_us: int
    end_us: int
    wall_ns: int
    """The wall clock at its begin."""
    count: int


class SessionFile:
    """A session file that is open for reading. Only its frames are in memory. Close it after use. For one thread.

    Args:
        path: the file.

    Attributes:
        path: the file.
        header: what it begins with.
        parts: its keyframes and segments.
        marks: what is wrong in it, in the order of time.
        reason: why its recording ended; "" if it does not say so.
        problem: why it is not whole, one line; "" if it is.

    Raises:
        RecordingError: it cannot be read, or is no session file, or it is cut before its first part.
    """

    def __init__(self, path: Path) -> None:
        self.path, self.parts, self.marks = path, list[Part](), list[Mark]()
        self.reason = self.problem = ""
        self._grouped = self._mark_frames = 0
        try:
            self._handle = open_ordinary(path)
        except OSError as error:
            raise RecordingError(f"{path}: {error.strerror or error}") from None
        try:
            self._size = os.fstat(self._handle).st_size
            self.header = self._begin()
            self._index()
        except OSError as error:
            self.close()
            raise RecordingError(f"{path}: {error.strerror or error}") from None
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close the file."""
        os.close(self._handle)

    @property
    def size(self) -> int:
        """The bytes of the file."""
        return self._size

    @property
    def end_us(self) -> int:
        """How long the session is, in microseconds."""
        return self.parts[-1].end_us

    def keyframe_before(self, at_us: int) -> int:
        """Return the number of the last keyframe that is not after a time."""
        number = max(0, bisect_right(self.parts, at_us, key=lambda part: part.begin_us) - 1)
        while not self.parts[number].is_keyframe:
            number -= 1
        return number

    def raw_from(self, keyframe: int) -> Iterator[tuple[Part, bytes]]:
        """Yield a keyframe and the segments up to the next one, with their entries as lines.

        Args:
            keyframe: its number in `parts`.

        Raises:
            RecordingError: a part cannot be read. The message names its byte.
        """
        inflate, left = zlib.decompressobj(), MOST_RAW_OF_GROUP
        for number in range(keyframe, len(self.parts)):
            part = self.parts[number]
            if part.is_keyframe and number != keyframe:
                return
            try:
                content = os.pread(self._handle, part.size, part.place + HEAD_BYTES)[PART.size :]
                raw = inflate.decompress(content, MOST_RAW + 1)
            except (OSError, zlib.error) as error:
                raise self._damage(part, str(error)) from None
            left -= len(raw)
            if len(raw) > MOST_RAW or inflate.unconsumed_tail or left < 0:
                raise self._damage(part, f"it has more than {MOST_RAW // MIB} MiB, or too much since a keyframe")
            yield part, raw

    def entries(self, part: Part, raw: bytes, reader: EntryReader) -> Iterator[Entry]:
        """Yield the entries of a part.

        Raises:
            RecordingError: it has none.
        """
        try:
            yield from reader.entries(raw, part.count, part.begin_us, part.end_us)
        except ValueError as error:
            raise self._damage(part, str(error)) from None

    def _damage(self, part: Part, problem: str) -> RecordingError:
        return RecordingError(f"{self.path}: the part at byte {part.place:,} cannot be read: {problem}")

    def _begin(self) -> Header:
        """Read what the file begins with."""
        if self._size > MOST_FILE:
            raise OSError(errno.EFBIG, f"it has more than {MOST_FILE // MIB:,} MiB")
        start = os.pread(self._handle, len(MAGIC), 0)
        if start != MAGIC:
            raise RecordingError(f"{self.path}: {_not_a_session(start)}")
        found = self._frame(len(MAGIC))
        if found is None or found[0] != Kind.HEADER:
            raise RecordingError(f"{self.path}: it is cut or damaged at byte {len(MAGIC)}, before its first part")
        header = self._decoded(Header, found[1], len(MAGIC))
        if max(len(header.version), len(header.host_name)) > LONGEST_NAME:
            raise RecordingError(f"{self.path}: a name at byte {len(MAGIC)} has more than {LONGEST_NAME} characters")
        return header

    def _index(self) -> None:
        """Find the parts, up to the first that is not whole."""
        place = len(MAGIC)
        while place < self._size and not self.reason:
            found = self._frame(place)
            problem = "it is cut or damaged" if found is None else self._take(place, *found)
            if found is None or problem:
                self.problem = f"{problem} at byte {place:,} of {self._size:,}"
                break
            place += HEAD_BYTES + len(found[1])
        else:
            if not self.reason:
                self.problem = f"it is cut at byte {place:,}, after a whole part, or is still being written"
        self.marks.sort(key=lambda mark: mark.at_us)
        if not self.parts:
            raise RecordingError(f"{self.path}: {self.problem or 'it has ended'}, before anything can be shown")

    def _frame(self, place: int) -> tuple[int, bytes] | None:
        head = os.pread(self._handle, HEAD_BYTES, place)
        size = content_size(head)
        if size is None:
            return None
        content = os.pread(self._handle, size, place + HEAD_BYTES)
        kind = checked(head, content)
        return None if kind is None else (kind, content)

    def _take(self, place: int, kind: int, content: bytes) -> str:
        """Take in a frame. Return what is wrong with it; "" if nothing is."""
        match kind:
            case Kind.HEADER if place == len(MAGIC):
                return ""
            case Kind.KEYFRAME | Kind.SEGMENT:
                return self._take_part(place, content, is_keyframe=kind == Kind.KEYFRAME)
            case Kind.MARKS:
                return self._take_marks(self._decoded(tuple[Mark, ...], content, place))
            case Kind.END:
                self.reason = content[:1_000].decode(errors="replace") or "it does not say why"
                return ""
        return f"a part of kind {kind}, which this program does not know,"

    def _take_part(self, place: int, content: bytes, *, is_keyframe: bool) -> str:
        if len(content) < PART.size:
            return "a part without its head"
        begin_us, end_us, wall_ns, count = PART.unpack_from(content)
        before_us = self.parts[-1].end_us if self.parts else 0
        self._grouped = count if is_keyframe else self._grouped + max(1, count)
        if not (self.parts or is_keyframe):
            return "there is no keyframe before the first segment"
        if not before_us <= begin_us <= end_us <= LONGEST_US:
            return "times that go back"
        if count > MOST_ENTRIES or self._grouped > MOST_OF_GROUP or len(self.parts) >= MOST_PARTS:
            return "too many entries"
        self.parts.append(Part(place, len(content), is_keyframe, begin_us, end_us, wall_ns, count))
        return ""

    def _take_marks(self, marks: tuple[Mark, ...]) -> str:
        if not all(0 <= each.at_us <= LONGEST_US and len(each.text) <= LONGEST_MARK for each in marks):
            return "marks that cannot be"
        self.marks += marks[: MOST_MARKS - len(self.marks)]
        self._mark_frames += 1
        return "too many marks" if self._mark_frames > MOST_PARTS else ""

    def _decoded(self, kind: type[T], content: bytes, place: int) -> T:
        try:
            if len(content) > MOST_JSON:
                raise ValueError(f"it has more than {MOST_JSON:,} bytes")
            return from_json(kind, json.loads(content))
        except (ValueError, RecursionError) as error:
            raise RecordingError(f"{self.path}: the part at byte {place:,} cannot be read: {error}") from None


def is_session_file(path: Path) -> bool:
    """Whether a file begins as a session file does. One that cannot be read does not."""
    try:
        handle = open_ordinary(path)
    except OSError:
        return False
    try:
        return os.pread(handle, len(MAGIC), 0).startswith(MAGIC[:-2])
    except OSError:
        return False
    finally:
        os.close(handle)


def _not_a_session(start: bytes) -> str:
    if start.startswith(MAGIC[:-2]):
        return "it is a session of another version; this program reads version 1"
    return "it is no session of wasi-host"
