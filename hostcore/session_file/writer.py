"""Turns what a session says into the frames of a file."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterable, Sequence

from hostcore.events import (
    CaughtUp,
    ConnectionLost,
    ConnectionRestored,
    Event,
    EventsDropped,
    PluginsChanged,
)
from hostcore.events.backlog import Backlog
from hostcore.events.event_json import to_json
from hostcore.events.stream import Numbered
from hostcore.files.frames import frame
from hostcore.session_file.entries import written
from hostcore.session_file.marking import Marking
from hostcore.session_file.masking import Mask
from hostcore.session_file.model import MAGIC, MIB, MOST_MARKS, PART, Header, Kind, Known, Mark

KEYFRAME_ENTRIES = 1_000
"""Entries after which there is another keyframe. A jump reads as many at most, besides those of the keyframe."""
KEYFRAME_US = 20_000_000
"""The least microseconds between two keyframes, so that a flood of events does not make the file much larger."""
KEYFRAME_MOST, KEYFRAME_BYTES = 50_000, 48 * MIB
"""Entries, and bytes of entries, after which there is another keyframe in any case."""
SEGMENT_ENTRIES = 10_000
SEGMENT_BYTES = 4 << 20
"""What makes a segment full, besides time."""
LEVEL = 6
"""zlib's level of compression."""


class SessionWriter:
    """Makes frames. It never blocks. For one thread.

    Args:
        header: what the file begins with.
        known: what the session says apart from its events.
        earlier: the events before now that a front end needs.
        mask: leaves out secrets.

    Attributes:
        lost: events that did not arrive here.
    """

    def __init__(self, header: Header, known: Known, earlier: Iterable[Event], mask: Mask) -> None:
        self.mask = mask
        self._known = mask.known(known)
        self._began_ns, self._header = header.began_ns, header
        self._backlog, self._marking = Backlog(), Marking()
        self._sequence = self._marked = self.lost = 0
        self._connection: Event | None = None
        self._at_us = self._keyframe_us = self._since_keyframe = self._bytes_since_keyframe = 0
        self._lines: list[bytes] = []
        self._size = 0
        self._marks: list[Mark] = []
        self._begin_us, self._begin_ns = 0, header.began_ns
        self._deflate = zlib.compressobj(LEVEL)
        for event in earlier:
            cleaned = mask.event(event)
            self._keep(cleaned)
            self._marking.take(cleaned, 0)

    def beginning(self) -> bytes:
        """Return the begin of the file."""
        header = json.dumps(to_json(self._header)).encode()
        return MAGIC + frame(Kind.HEADER, header) + self._keyframe()

    @property
    def is_full(self) -> bool:
        """Whether a segment should end now."""
        return len(self._lines) >= SEGMENT_ENTRIES or self._size >= SEGMENT_BYTES

    def take(self, event: Event, now_us: int, known: Callable[[], Known]) -> None:
        """Take in an event.

        Args:
            event: what happened.
            now_us: the present, in microseconds since the file's begin.
            known: returns what the session says now apart from its events.
        """
        event_ns = getattr(event, "time_ns", self._began_ns)
        self._at_us = min(max(self._at_us, (event_ns - self._began_ns) // 1_000), max(self._at_us, now_us))
        if isinstance(event, PluginsChanged | ConnectionRestored):
            self._known = self.mask.known(known())
            self._add(self._known)
        if isinstance(event, ConnectionRestored) and event.is_new_host:
            self._backlog = Backlog()  # a view forgets what the host before has said
        cleaned = self.mask.event(event)
        self._keep(cleaned)
        self._add(cleaned)
        mark = self._marking.take(cleaned, self._at_us)
        if mark is not None and self._marked < MOST_MARKS:
            self._marked += 1
            self._marks.append(mark)

    def segment(self, now_us: int, now_ns: int) -> bytes:
        """Return the frames of what has come since the last ones, with a keyframe behind them if one is due.

        Args:
            now_us: the present, in microseconds since the file's begin.
            now_ns: the wall clock.
        """
        self._at_us = max(self._at_us, now_us)
        made = self._part(Kind.SEGMENT, self._lines, self._begin_us, self._at_us)
        if self._marks:
            made += frame(Kind.MARKS, json.dumps(to_json(tuple(self._marks))).encode())
        self._since_keyframe += len(self._lines)
        self._bytes_since_keyframe += self._size
        self._lines, self._size, self._marks = [], 0, []
        self._begin_us, self._begin_ns = self._at_us, now_ns
        return made + (self._keyframe() if self._needs_keyframe else b"")

    def end(self, reason: str) -> bytes:
        """Return the end of the file."""
        return frame(Kind.END, reason.encode(errors="replace"))

    @property
    def _needs_keyframe(self) -> bool:
        is_time = self._at_us - self._keyframe_us >= KEYFRAME_US and self._since_keyframe >= KEYFRAME_ENTRIES
        return is_time or self._since_keyframe >= KEYFRAME_MOST or self._bytes_since_keyframe >= KEYFRAME_BYTES

    def _keyframe(self) -> bytes:
        self._deflate = zlib.compressobj(LEVEL)
        self._since_keyframe = self._bytes_since_keyframe = 0
        self._keyframe_us = self._begin_us
        said: list[Event | Known] = [self._known]
        if self.lost:
            said.append(EventsDropped(self._begin_ns, self.lost))
        said += [item.event for item in self._backlog.since(0).items]
        if self._connection is not None:
            said.append(self._connection)
        lines = [written(0, each) for each in said]
        return self._part(Kind.KEYFRAME, lines, self._begin_us, self._begin_us)

    def _part(self, kind: Kind, lines: Sequence[bytes], begin_us: int, end_us: int) -> bytes:
        head = PART.pack(begin_us, end_us, self._begin_ns, len(lines))
        return frame(kind, head + self._deflate.compress(b"".join(lines)) + self._deflate.flush(zlib.Z_SYNC_FLUSH))

    def _add(self, said: Event | Known) -> None:
        line = written(self._at_us - self._begin_us, said)
        self._lines.append(line)
        self._size += len(line)

    def _keep(self, event: Event) -> None:
        self._sequence += 1
        self._backlog.offer(Numbered(self._sequence, event))
        match event:
            case EventsDropped(count=count):
                self.lost += count
            case ConnectionLost():
                self._connection = event
            case CaughtUp() | ConnectionRestored():
                self._connection = None
