"""Keeps the recording of one instance in memory: its beginning, and its newest part, never more than a bound."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from hostcore.clock import Clock
from hostcore.recording.contents import packed_checkpoint, packed_header, recording_bytes
from hostcore.recording.model import Checkpoint, Header
from hostcore.recording.tape import Tape

TakeCheckpoint = Callable[[int], Checkpoint | None]
"""Takes a checkpoint of an instance between two calls, after so many calls. None if that is not possible exactly."""


@dataclass(slots=True)
class _Part:
    """What was recorded since a checkpoint."""

    checkpoint: bytes | None
    """None for the part that follows the beginning directly."""
    segments: deque[bytes] = field(default_factory=deque)
    size: int = 0
    """Bytes of the segments."""


class Recorder:
    """Keeps an instance's recording. For the instance's own thread; only `snapshot` is for any thread.

    The newest part is cut into parts, each with a checkpoint of its own, and the oldest goes when there are three: so
    at least half of the bound is replayed, however old the instance is. Where no checkpoint can be taken, the part
    grows to the bound, and then loses its oldest segments. Then the recording can be read, but not replayed.

    Args:
        header: what the instance begins with.
        clock: times the calls.
        most_bytes: most bytes of the segments, and of the beginning. Checkpoints come on top of it.

    Attributes:
        tape: what the instance writes to.
    """

    def __init__(self, header: Header, clock: Clock, most_bytes: int) -> None:
        self._header, self._most_bytes = packed_header(header), most_bytes
        self._beginning: list[bytes] = []
        self._parts: deque[_Part] = deque()
        self._calls = self._lost = self._began_bytes = 0
        self._lock = threading.Lock()
        self.tape = Tape(clock, self._keep)

    @property
    def size(self) -> int:
        """Bytes that it keeps now."""
        with self._lock:
            parts = sum(part.size + len(part.checkpoint or b"") for part in self._parts)
            return sum(map(len, self._beginning)) + parts

    def loaded(self) -> None:
        """The plugin has loaded: the beginning ends here."""
        self.tape.cut()
        self._parts.append(_Part(None))

    def rest(self, take_checkpoint: TakeCheckpoint) -> None:
        """A call has ended. Take a checkpoint if the part has become long. Blocks then, for about 0.1 s."""
        self._calls += 1
        if not self._parts or self._parts[-1].size < self._most_bytes // 2:
            return
        checkpoint = take_checkpoint(self._calls)
        if checkpoint is None:
            return
        packed = packed_checkpoint(checkpoint)
        self.tape.cut()
        with self._lock:
            self._parts.append(_Part(packed))
            if len(self._parts) > 2:
                self._parts.popleft()
            self._lost = 0

    def snapshot(self, report: bytes | None = None) -> bytes:
        """The recording as a file, up to now. Thread-safe. Blocks for a few milliseconds.

        Args:
            report: the report of the crash that ended the instance, as JSON.
        """
        self.tape.cut()
        with self._lock:
            parts = list(self._parts)
            first = parts[0].checkpoint if parts else None
            segments = [each for part in parts for each in part.segments]
            beginning, lost = list(self._beginning), self._lost
        return recording_bytes(self._header, beginning, first, segments, lost=lost, report=report)

    def _keep(self, segment: bytes) -> None:
        with self._lock:
            if not self._parts:
                self._beginning.append(segment)
                self._began_bytes += len(segment)
                if self._began_bytes > self._most_bytes:
                    self._lost += 1
                    self._beginning.pop()
                return
            part = self._parts[-1]
            part.segments.append(segment)
            part.size += len(segment)
            while part.size > self._most_bytes:
                part.size -= len(part.segments.popleft())
                self._lost += 1
