"""The player of a session file: a clock that a person moves, and the events up to it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator
from itertools import takewhile

from hostcore.errors import RecordingError
from hostcore.events import Event
from hostcore.quick_dataclass import dataclass
from hostcore.session_file.entries import Entry, EntryReader
from hostcore.session_file.model import Known, Mark
from hostcore.session_file.reading import SessionFile

SPEEDS = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0)
"""The speeds, as multiples of the recorded one."""
MOST_AT_ONCE = 2_000
"""Events of one step. If more are due, the clock waits for them, so that a person can still press keys."""
MOST_REMEMBERED = 20_000
"""Entries that are remembered since the last keyframe, so that a step back is quick."""
US = 1_000
"""Nanoseconds in a microsecond."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """What a front end needs that begins at another place."""

    known: Known
    events: Iterator[Event]


class _Remembering:
    """Goes through entries again and again, and reads each once.

    Attributes:
        has_all: whether it remembers all that it has read.
    """

    def __init__(self, entries: Iterator[Entry]) -> None:
        self._entries, self._kept = entries, list[Entry]()
        self.has_all = True

    def __iter__(self) -> Iterator[Entry]:
        """Yield all from the begin. The iterators before this one may not be used any more."""
        yield from self._kept
        try:
            for entry in self._entries:
                self.has_all = self.has_all and len(self._kept) < MOST_REMEMBERED
                if self.has_all:
                    self._kept.append(entry)
                yield entry
        except RecordingError:
            self.has_all = False  # who goes on gets the error again
            raise


class Player:
    """Plays a file. It has no thread: `advance` takes as much as is due. For one thread.

    Args:
        file: the file.
        now_ns: a clock that never goes back, in nanoseconds.

    Raises:
        RecordingError: the file is damaged at its begin.

    Attributes:
        file: the file.
        position_us: the place, in microseconds since the file's begin.
        speed: how many times faster than it was.
        is_playing: whether the clock runs.
        known: what the session says here apart from its events.
        problem: why the player can go no further, although the file does; "" if it can.
    """

    def __init__(self, file: SessionFile, now_ns: Callable[[], int]) -> None:
        self.file, self._now_ns = file, now_ns
        self.position_us, self.speed, self.is_playing = 0, 1.0, False
        self.problem = ""
        self._told_ns = now_ns()
        self._reader = EntryReader()
        self._read: tuple[int, _Remembering] | None = None
        """The keyframe at which the player has begun, and what it has read from there on."""
        self._entries: Iterator[Entry] = iter(())
        self._next: Entry | None = None
        self.known = self.go_to(0).known

    @property
    def end_us(self) -> int:
        """The end of the file."""
        return self.file.end_us

    @property
    def unreadable(self) -> int:
        """How many entries were left out since the last jump, because this program cannot read them."""
        return self._reader.unreadable

    @property
    def is_at_end(self) -> bool:
        """Whether there is no more."""
        return self.position_us >= self.end_us

    def wall_ns(self) -> int:
        """Return the recorded wall clock at this place."""
        parts = self.file.parts
        part = parts[max(0, bisect_right(parts, self.position_us, key=lambda each: each.begin_us) - 1)]
        return part.wall_ns + (self.position_us - part.begin_us) * US

    def play(self) -> None:
        """Let the clock run, unless it is at the end."""
        self._told_ns = self._now_ns()
        self.is_playing = not self.is_at_end

    def pause(self) -> None:
        """Stop the clock."""
        self.is_playing = False

    def change_speed(self, step: int) -> None:
        """Go faster (1) or slower (-1)."""
        place = SPEEDS.index(self.speed) + step
        self.speed = SPEEDS[min(max(0, place), len(SPEEDS) - 1)]

    def advance(self) -> tuple[Event, ...]:
        """Move the clock on by the time that has passed, and return what happened in it. Never blocks for long."""
        now_ns = self._now_ns()
        passed_us, self._told_ns = max(0, now_ns - self._told_ns) * self.speed / US, now_ns
        if not self.is_playing:
            return ()
        return tuple(self._up_to(self.position_us + round(passed_us), MOST_AT_ONCE))

    def forward(self, to_us: int) -> Iterator[Event] | None:
        """Move on to a later place. Yields what happened until there; None if `go_to` is faster. Take all of it."""
        if to_us < self.position_us or self.file.keyframe_before(to_us) != self.file.keyframe_before(self.position_us):
            return None
        self._told_ns = self._now_ns()
        return self._up_to(to_us)

    def go_to(self, to_us: int) -> Arrival:
        """Move to any place. Reading what it returns blocks for some tens of milliseconds.

        Returns:
            What a fresh front end needs there. Take all of its events.

        Raises:
            RecordingError: the file is damaged there. The player is where it was.
        """
        to_us = min(max(0, to_us), self.end_us)
        keyframe = self.file.keyframe_before(to_us)
        entries = self._entries_from(keyframe)
        first = next(entries, None)
        if first is None or not isinstance(first.said, Known):
            place = self.file.parts[keyframe].place
            raise RecordingError(f"{self.file.path}: the part at byte {place:,} does not say which host it is of")
        self.known, self._entries, self.problem = first.said, entries, ""
        self._next = self._following()
        self.position_us, self._told_ns = self.file.parts[keyframe].begin_us, self._now_ns()
        return Arrival(self.known, self._up_to(to_us))

    def mark_after(self) -> Mark | None:
        """Return the next mark; None if there is none."""
        place = bisect_right(self.file.marks, self.position_us, key=lambda mark: mark.at_us)
        return self.file.marks[place] if place < len(self.file.marks) else None

    def mark_before(self) -> Mark | None:
        """Return the mark before this place; None if there is none."""
        before = list(takewhile(lambda mark: mark.at_us < self.position_us, self.file.marks))
        return before[-1] if before else None

    def _up_to(self, to_us: int, most: int | None = None) -> Iterator[Event]:
        to_us, given = min(to_us, self.end_us), 0
        while self._next is not None and self._next.at_us <= to_us:
            if given == most:
                to_us = self._next.at_us
                break
            said, self._next = self._next.said, self._following()
            if isinstance(said, Known):
                self.known = said
            else:
                given += 1
                yield said
        self.position_us = max(self.position_us, to_us)
        if self.is_at_end or self.problem:
            self.is_playing = False

    def _following(self) -> Entry | None:
        try:
            return next(self._entries, None)
        except RecordingError as error:
            self.problem = str(error)
            return None

    def _entries_from(self, keyframe: int) -> Iterator[Entry]:
        """Return a keyframe and everything after it. What was read since this keyframe is not read again."""
        if self._read is None or self._read[0] != keyframe or not self._read[1].has_all:
            self._read = keyframe, _Remembering(self._from(keyframe))
        return iter(self._read[1])

    def _from(self, keyframe: int) -> Iterator[Entry]:
        """Yield a keyframe and everything after it."""
        self._reader = reader = EntryReader()
        number = keyframe
        while number < len(self.file.parts):
            for part, raw in self.file.raw_from(number):
                number += 1
                if not part.is_keyframe or number == keyframe + 1:
                    yield from self.file.entries(part, raw, reader)
