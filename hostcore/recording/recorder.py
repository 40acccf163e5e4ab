"""Keeps the recording of one instance in memory: its beginning, and its newest part, never more than a bound."""

from __future__ import annotations

import threading
from array import array
from collections import deque
from collections.abc import Callable
from typing import Protocol

from hostcore.clock import Clock
from hostcore.quick_dataclass import dataclass, field
from hostcore.recording.contents import FORGOTTEN, LOST, Packed, packed_checkpoint, packed_header
from hostcore.recording.edges import slots_of_edges
from hostcore.recording.model import PAGE, Checkpoint, Header
from hostcore.recording.pages import Memory, changed_pages, sums_of
from hostcore.recording.tape import Tape

MOST_PARTS = 2
"""Most parts that are kept: so at least half of the bound can be replayed, however old the instance is."""
MOST_FIRST = 1 << 16
"""Most bytes of the calls up to the first that worked, if they are to stay with the beginning. In its first call, a
driver often sets up its chip."""
MOST_PAGES = 2048
"""Most pages of a checkpoint that is kept, 8 MiB. The shipped drivers change 75 to 243; a plugin could change all."""


TOO_MUCH = f"more than {MOST_PAGES * PAGE >> 20} MiB"
NO_CHECKPOINT = "no checkpoint of its memory can be taken"


class Checkpoints(Protocol):
    """Reduces memories to checkpoints, on a thread of its own."""

    @property
    def is_free(self) -> bool:
        """Whether none is being made. Copies of memories must not wait in a row: each has up to `memory_mib`."""

    def reduce(
        self, header: Header, beginning: list[bytes], calls: int, memory: bytes, deliver: Callable[[bytes | None], None]
    ) -> bool:
        """Begin to make a checkpoint. Does not block. Returns False if others are being made.

        Args:
            header: of the recording.
            beginning: its first segments.
            calls: how many calls the instance had made, with its start.
            memory: its linear memory.
            deliver: gets the packed checkpoint, on another thread; None if there can be none.
        """


@dataclass(slots=True)
class _Part:
    """What was recorded since a checkpoint."""

    checkpoint: bytes | None = None
    """None for the part that follows the beginning directly, and while the checkpoint is being made."""
    segments: deque[bytes] = field(default_factory=deque)
    size: int = 0
    """Bytes of the segments."""
    first: int = 0
    """How many calls had ended before it."""
    has_lost: bool = False
    """Whether its first segments are not kept."""


@dataclass(frozen=True, slots=True)
class Resumed:
    """What a replay of a recording has found out, for the recorder that goes on with it."""

    calls: int
    """How many calls the instance has made, with its start."""
    newest: int
    """How many of them follow the checkpoint, or the beginning if there is none."""
    handles: dict[tuple[int, int], int]
    """How many handles the guest has to each resource now, by its type and number."""
    begun_handles: dict[tuple[int, int], int]
    """The same at the end of the beginning."""
    sums: array[int]
    """Of the memory's pages at the end of the beginning."""


class Recorder:
    """Keeps an instance's recording. For the instance's own thread; `snapshot` and `size` are for any thread.

    The newest part of the recording consists of parts, each with a checkpoint of its own. The oldest of three goes.
    Where no checkpoint can be taken, the part grows to the bound, and then loses its oldest segments. Such a recording
    can be read, but not replayed.

    Args:
        header: what the instance begins with.
        clock: times the calls.
        most_bytes: most bytes of the segments, and of the beginning. Checkpoints come on top of it.
        checkpoints: makes the checkpoints; None for none.
        can_sleep: whether a checkpoint of any moment can be taken at once, see `newest`.

    Attributes:
        tape: what the instance writes to.
        is_reducing: whether a checkpoint is being made.
    """

    def __init__(
        self,
        header: Header,
        clock: Clock,
        most_bytes: int,
        checkpoints: Checkpoints | None = None,
        *,
        can_sleep: bool = False,
    ) -> None:
        self._header, self._packed_header = header, packed_header(header)
        self._most_bytes, self._checkpoints = most_bytes, checkpoints
        self._beginning: list[bytes] = []
        self._began_bytes, self._can_sleep = 0, can_sleep
        self._is_begun = False
        """Whether the beginning is complete."""
        self._sums: array[int] | None = None
        """Of the memory that a replay of the beginning leaves, if checkpoints of any moment are wanted."""
        self._has_lost_beginning = False
        self._parts: deque[_Part] = deque()
        self.is_reducing = False
        self._handles: dict[tuple[int, int], int] = {}
        self._lock = threading.Lock()
        self.tape = Tape(clock, self._keep, slots_of_edges(header.imports))

    @property
    def size(self) -> int:
        """Bytes that it keeps now, without the entries that are not compressed yet (at most 64 KiB)."""
        with self._lock:
            return self._began_bytes + sum(part.size + len(part.checkpoint or b"") for part in self._parts)

    def loaded(self) -> None:
        """The plugin has loaded: the newest part begins here."""
        self.tape.cut()
        self._handles = dict(self.tape.handles)
        with self._lock:
            self._parts.append(_Part(first=self.tape.calls))

    def rest(self, memory: Callable[[], Memory | None]) -> None:
        """A call has ended. Begin a new part if this one has become long. Blocks as long as copying the memory does.

        Args:
            memory: returns the instance's linear memory, or None if that is not known. It is not used after the call.
        """
        if not self._is_begun:
            self._end_beginning(memory)
        if self._checkpoints is None or not self._can_cut() or not self._checkpoints.is_free:
            return
        content = memory()
        if content is None:
            self._checkpoints = None
            return
        self.tape.cut()
        calls = self.tape.calls
        part = _Part(first=calls)
        if self._checkpoints.reduce(
            self._header, list(self._beginning), calls, bytes(content), lambda packed: self._reduced(part, packed)
        ):
            with self._lock:
                self._parts.append(part)
                self.is_reducing = True

    def snapshot(self, report: bytes | None = None) -> bytes:
        """The recording as a file, up to now. Thread-safe. Blocks for a few milliseconds.

        Args:
            report: the report of the crash that ended the instance, as JSON.
        """
        self.tape.cut()
        with self._lock:
            parts = self._usable()
            first = parts[0].checkpoint if parts else None
            segments = [each for part in parts for each in part.segments]
            has_lost = self._has_lost_beginning or any(part.has_lost for part in parts)
            beginning, gap = tuple(self._beginning), self._loss if has_lost else ""
        broken = self.tape.problem
        problem = f"it ends early, because a value could not be written ({broken})" if broken else ""
        packed = Packed(self._packed_header, beginning, first, tuple(segments), problem, gap)
        return packed.content(report=report)

    @property
    def _loss(self) -> str:
        """Why a part is missing."""
        return FORGOTTEN if self._checkpoints is None and not self._has_lost_beginning else LOST

    def resume(self, packed: Packed, known: Resumed) -> None:
        """Go on with the recording of an instance that has just replayed it. Call it instead of `loaded`."""
        self._packed_header, self._beginning = packed.header, list(packed.beginning)
        self._began_bytes = sum(map(len, packed.beginning))
        self._is_begun, self._sums, self._handles = True, known.sums, known.begun_handles
        self.tape.calls = known.calls
        self.tape.handles.update(known.handles)
        size = sum(map(len, packed.segments))
        part = _Part(packed.checkpoint, deque(packed.segments), size, known.calls - known.newest)
        with self._lock:
            self._parts.append(part)

    def newest(self, memory: Memory, sums: array[int], most_calls: int) -> Packed:
        """The shortest recording that leads to now, between two calls. For the instance's own thread.

        It has the newest checkpoint and the calls since. If these are too many, it has a checkpoint of now. That blocks
        for about 15 ms for each megabyte that has changed.

        Args:
            memory: the instance's linear memory.
            sums: of its pages.
            most_calls: most calls since the checkpoint.
        """
        self.tape.cut()
        with self._lock:
            parts = list(self._parts)
            while len(parts) > 1 and any(each.checkpoint is not None for each in parts[1:]):
                parts.pop(0)
            beginning = tuple(self._beginning)
            has_lost = self._has_lost_beginning or any(each.has_lost for each in parts)
            segments = tuple(segment for each in parts for segment in each.segments)
        if self.tape.problem or self._has_lost_beginning or not parts:
            return Packed(self._packed_header, beginning, None, (), self.tape.problem, LOST)
        if not has_lost and self.tape.calls - parts[0].first <= most_calls:
            return Packed(self._packed_header, beginning, parts[0].checkpoint, segments)
        return self._up_to_now(beginning, memory, sums)

    def _up_to_now(self, beginning: tuple[bytes, ...], memory: Memory, sums: array[int]) -> Packed:
        if self._sums is None or dict(self.tape.handles) != self._handles:
            return Packed(self._packed_header, beginning, None, (), NO_CHECKPOINT)
        pages = changed_pages(memory, sums, self._sums)
        if len(pages) > MOST_PAGES:
            return Packed(self._packed_header, beginning, None, (), f"it has changed {TOO_MUCH} of its memory")
        checkpoint = packed_checkpoint(Checkpoint(self.tape.calls, len(memory), pages))
        return Packed(self._packed_header, beginning, checkpoint, ())

    def _end_beginning(self, memory: Callable[[], Memory | None]) -> None:
        """A call has worked. What has set up the instance belongs to its beginning, unless that is much."""
        self.tape.cut()
        self._is_begun = True
        with self._lock:
            part = self._parts[0]
            if part.has_lost or part.size > MOST_FIRST:
                return
            self._beginning += part.segments
            self._began_bytes += part.size
            self._parts[0] = _Part(first=self.tape.calls)
        self._handles = dict(self.tape.handles)
        if self._can_sleep and (content := memory()) is not None:
            self._sums = sums_of(content)

    def _can_cut(self) -> bool:
        with self._lock:
            long = bool(self._parts) and self._parts[-1].size >= self._most_bytes // MOST_PARTS
            is_free = not self.is_reducing and not self._has_lost_beginning
            return long and is_free and dict(self.tape.handles) == self._handles

    def _usable(self) -> list[_Part]:
        """The longest row of newest parts that can be replayed; all parts if there is none."""
        parts = list(self._parts)
        for number, part in enumerate(parts):
            is_start = number == 0 or part.checkpoint is not None
            if is_start and not any(each.has_lost for each in parts[number:]):
                return parts[number:]
        return parts

    def _reduced(self, part: _Part, checkpoint: bytes | None) -> None:
        """A checkpoint is ready, or cannot be made: then its part goes on from the one before."""
        with self._lock:
            self.is_reducing = False
            if checkpoint is None:
                self._checkpoints = None
                before = self._parts[-2]
                before.segments.extend(part.segments)
                before.size += part.size
                before.has_lost |= part.has_lost
                self._parts.pop()
                return
            part.checkpoint = checkpoint
            while len(self._parts) > MOST_PARTS:
                self._parts.popleft()

    def _keep(self, segment: bytes) -> None:
        with self._lock:
            if not self._parts:
                self._keep_beginning(segment)
                return
            part = self._parts[-1]
            part.segments.append(segment)
            part.size += len(segment)
            while part.size > self._most_bytes and len(part.segments) > 1:
                part.size -= len(part.segments.popleft())
                part.has_lost = True

    def _keep_beginning(self, segment: bytes) -> None:
        if self._began_bytes + len(segment) > self._most_bytes:
            self._has_lost_beginning = True
            return
        self._beginning.append(segment)
        self._began_bytes += len(segment)
