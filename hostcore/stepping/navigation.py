"""Goes from a step of a trace to another one. Pure functions: forward and back take the same time.

All of them take the present step's number and return another one, or None if there is none in that direction. A `Folds`
says which libraries are folded: their steps are skipped, unless a function is asked for an exact line.
"""

from __future__ import annotations

from collections.abc import Collection
from enum import Enum

from hostcore.quick_dataclass import dataclass
from hostcore.stepping.model import CodeKind, Frame, StepKind
from hostcore.stepping.tape import KINDS, NOTHING
from hostcore.stepping.trace import Trace

_RAISE, _LINE = KINDS.index(StepKind.RAISE), KINDS.index(StepKind.LINE)


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
        return frame.code.kind is CodeKind.LIBRARY and frame.code.file not in self.opened


def into(trace: Trace, step: int, direction: Direction, folds: Folds) -> int | None:
    """The next or previous step of any frame that is not folded."""
    hidden: dict[int, bool] = {}
    for at in _from(trace, step, direction):
        number = trace.columns.frames[at]
        if number not in hidden:
            hidden[number] = folds.hides(trace.frame(number))
        if not hidden[number]:
            return at
    return None


def over(trace: Trace, step: int, direction: Direction, folds: Folds) -> int | None:
    """The next or previous step in this frame, or in one that called it. After the last of a call, that of the next."""
    return _outside(trace, step, direction, folds, _around(trace, step))


def out(trace: Trace, step: int, direction: Direction, folds: Folds) -> int | None:
    """Forward, the step after this frame has ended. Back, the line that called it. From the outermost frame of a call,
    a step of the call after or before."""
    return _outside(trace, step, direction, folds, _around(trace, step)[1:])


def next_call(trace: Trace, step: int, direction: Direction, folds: Folds) -> int | None:
    """The first visible step of the next call of the plugin. Back: of this call, or from there, of the call before."""
    firsts = [found for each in trace.calls if (found := to_call(trace, each.number, folds)) is not None]
    if direction is Direction.FORWARD:
        return next((each for each in firsts if each > step), None)
    return next((each for each in reversed(firsts) if each < step), None)


def next_transfer(trace: Trace, step: int, direction: Direction, folds: Folds) -> int | None:
    """The visible step whose line makes the next or previous transfer. In a folded library, the line that called it."""
    forward = direction is Direction.FORWARD
    after = into(trace, step, Direction.FORWARD, folds) if forward else step
    if after is None:
        return None  # this line makes the others
    made = trace.step(after).transfers
    for transfer in range(made, len(trace.transfers)) if forward else range(made - 1, NOTHING, -1):
        found = to_transfer(trace, transfer, folds)
        if found is not None and (found > step if forward else found < step):
            return found
    return None


def to_transfer(trace: Trace, transfer: int, folds: Folds) -> int | None:
    """The visible step whose line makes a transfer, an index of `Trace.transfers`."""
    step = trace.transfers[transfer].step
    return None if step == NOTHING else visible(trace, step, folds)


def visible(trace: Trace, step: int, folds: Folds) -> int | None:
    """The step itself, or if it is folded, the newest one before it of the innermost frame around that is not."""
    for frame in _around(trace, step):
        if not folds.hides(trace.frame(frame)):
            found = trace.newest_of(frame, step)
            return None if found == NOTHING else found
    return into(trace, step, Direction.BACK, folds)


def to_line(trace: Trace, step: int, direction: Direction, lines: Collection[Breakpoint]) -> int | None:
    """The next or previous step at one of these lines: "run to the line", and breakpoints. Opens no folds: it stops
    in a folded library if the line is there. A return or an exception on the line is no stop of its own."""
    wanted: dict[str, set[int]] = {}
    for each in lines:
        wanted.setdefault(each.file, set()).add(each.line)
    columns, numbers = trace.columns, frozenset(each.line for each in lines)
    for at in _from(trace, step, direction):
        if columns.lines[at] in numbers and columns.kinds[at] == _LINE:
            file = trace.frame(columns.frames[at]).code.file
            if columns.lines[at] in wanted.get(file, ()):
                return at
    return None


def to_call(trace: Trace, call: int, folds: Folds) -> int | None:
    """The first visible step of a call, by its number in the recording. None if it is not in this trace."""
    for each in trace.calls:
        if each.number == call and each.first < each.end:
            found = into(trace, each.first - 1, Direction.FORWARD, folds)
            return found if found is not None and found < each.end else None
    return None


def to_end_of_call(trace: Trace, call: int, folds: Folds) -> int | None:
    """The last visible step of a call, such as the return of a reading."""
    for each in trace.calls:
        if each.number == call and each.first < each.end:
            found = into(trace, each.end, Direction.BACK, folds)
            return found if found is not None and found >= each.first else None
    return None


def to_crash(trace: Trace, folds: Folds) -> int | None:
    """Where the exception of the crash was raised in the driver, or the last visible step before the instance died.
    None if it did not crash in this trace."""
    last = trace.calls[-1] if trace.calls else None
    if last is None or not last.is_crash or last.first == last.end:
        return None
    columns, at = trace.columns, last.end - 1
    found = None
    while at >= last.first and columns.kinds[at] == _RAISE:
        frame = trace.frame(columns.frames[at])
        found = at if found is None or not folds.hides(frame) else found
        at -= 1
    return visible(trace, last.end - 1 if found is None else found, folds)


def _around(trace: Trace, step: int) -> list[int]:
    """The numbers of the frames around a step, the innermost first."""
    frame = trace.frame(trace.columns.frames[step])
    found = [frame.number]
    while frame.parent:
        frame = trace.frame(frame.parent)
        found.append(frame.number)
    return found


def _outside(trace: Trace, step: int, direction: Direction, folds: Folds, around: Collection[int]) -> int | None:
    """The next or previous visible step in one of these frames; without one in this call, that of another call."""
    wanted = frozenset(each for each in around if not folds.hides(trace.frame(each)))
    frames, call = trace.columns.frames, trace.call_of(step)
    within = range(step + 1, call.end) if direction is Direction.FORWARD else range(step - 1, call.first - 1, -1)
    for at in within:
        if frames[at] in wanted:
            return at
    edge = call.end - 1 if direction is Direction.FORWARD else call.first
    return into(trace, edge, direction, folds)


def _from(trace: Trace, step: int, direction: Direction) -> range:
    """The steps after or before this one, the nearest first."""
    return range(step + 1, len(trace)) if direction is Direction.FORWARD else range(min(step, len(trace)) - 1, -1, -1)
