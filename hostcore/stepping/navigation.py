"""Goes from a step of a trace to another one. Pure functions: forward and back take the same time.

All of them take the present step's number and return another one, or None if there is none in that direction. A `Folds`
says which libraries are folded: their steps are skipped, unless a function is asked for an exact line.
"""

from __future__ import annotations

from collections.abc import Collection
from enum import Enum

from hostcore.quick_dataclass import dataclass
from hostcore.stepping.model import Frame
from hostcore.stepping.trace import Trace


class Direction(Enum):
    """Through time."""

    FORWARD = 1
    BACK = -1


@dataclass(frozen=True, slots=True)
class Breakpoint:
    """A line of a file."""

    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Folds:
    """Which code is skipped."""

    opened: frozenset[str] = frozenset()
    """Files of libraries that the user has opened. The driver's own file is always open."""

    def hides(self, frame: Frame) -> bool:
        """Whether the steps of a frame are skipped."""
        raise NotImplementedError


def into(trace: Trace, step: int, direction: Direction, folds: Folds) -> int | None:
    """The next or previous step of any frame that is not folded."""
    raise NotImplementedError


def over(trace: Trace, step: int, direction: Direction, folds: Folds) -> int | None:
    """The next or previous step in this frame, or in the one that called it."""
    raise NotImplementedError


def out(trace: Trace, step: int, direction: Direction, folds: Folds) -> int | None:
    """Forward, the step after this frame has ended. Back, the line that called it."""
    raise NotImplementedError


def next_call(trace: Trace, step: int, direction: Direction, folds: Folds) -> int | None:
    """The first visible step of the next call of the plugin. Back: of this call, or from there, of the call before."""
    raise NotImplementedError


def next_transfer(trace: Trace, step: int, direction: Direction, folds: Folds) -> int | None:
    """The visible step whose line makes the next or previous transfer. For a folded library, the line that called it."""
    raise NotImplementedError


def to_transfer(trace: Trace, transfer: int, folds: Folds) -> int | None:
    """The visible step whose line makes a transfer, an index of `Trace.transfers`."""
    raise NotImplementedError


def to_line(trace: Trace, step: int, direction: Direction, lines: Collection[Breakpoint]) -> int | None:
    """The next or previous step at one of these lines: "run to the line", and breakpoints. Opens no folds: it stops
    in a folded library if the line is there."""
    raise NotImplementedError


def to_call(trace: Trace, call: int, folds: Folds) -> int | None:
    """The first visible step of a call, by its number in the recording. None if it is not in this trace."""
    raise NotImplementedError


def to_end_of_call(trace: Trace, call: int, folds: Folds) -> int | None:
    """The last visible step of a call, such as the return of a reading."""
    raise NotImplementedError


def to_moment(trace: Trace, time_ns: int, folds: Folds) -> int | None:
    """The visible step that made the transfer that began at this time on the wall clock (`TransferCompleted.time_ns`).
    If none did, the last visible step before that time. None if the trace begins later."""
    raise NotImplementedError


def to_crash(trace: Trace, folds: Folds) -> int | None:
    """Where the exception of the crash was raised in the driver, or the last visible step before the instance died.
    None if it did not crash in this trace."""
    raise NotImplementedError
