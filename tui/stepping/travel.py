"""Where a person is in a traced replay, and where the keys lead. It has no widget and no thread."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from enum import StrEnum

from hostcore.quick_dataclass import dataclass
from hostcore.stepping.model import Frame, Step
from hostcore.stepping.navigation import (
    Breakpoint,
    Direction,
    Folds,
    into,
    next_call,
    next_transfer,
    out,
    over,
    to_call,
    to_end_of_call,
    to_line,
)
from hostcore.stepping.trace import Trace
from tui.stepping.window import Window

MOST_PAST = 100
"""Places to which a key leads back."""


class Move(StrEnum):
    """What a key moves by, in words for the case that there is nothing more of it."""

    INTO = "line"
    OVER = "line of this function or of its caller"
    OUT = "caller"
    TRANSFER = "transfer"
    CALL = "call"
    BREAKPOINT = "breakpoint"


LINES = (Move.INTO, Move.OVER, Move.OUT)
"""The moves from which a key leads back by the same move in the other direction."""
_FUNCTIONS: dict[Move, Callable[[Trace, int, Direction, Folds], int | None]] = {
    Move.INTO: into,
    Move.OVER: over,
    Move.OUT: out,
    Move.TRANSFER: next_transfer,
    Move.CALL: next_call,
}


@dataclass(frozen=True, slots=True)
class Stop:
    """A step, also if its window has to be traced again."""

    call: int
    offset: int
    """The number of steps of the call before it."""


@dataclass(frozen=True, slots=True)
class Wish:
    """A move that leads out of the window."""

    move: Move
    direction: Direction
    call: int
    """The call next to the window."""


class Travel:
    """A person's place. For the screen's own thread.

    Attributes:
        window: the calls in which they are; None until one is traced.
        step: the number of the step there.
        folds: the libraries that they have opened.
        breakpoints: the lines at which a run stops.
        level: which frame of the stack they look at: 0 is the innermost, where the step is.
    """

    def __init__(self) -> None:
        self.window: Window | None = None
        self.step = 0
        self.folds = Folds()
        self.breakpoints: frozenset[Breakpoint] = frozenset()
        self.level = 0
        self._past: deque[Stop] = deque(maxlen=MOST_PAST)

    @property
    def trace(self) -> Trace:
        """The trace of the window. There has to be one."""
        assert self.window is not None
        return self.window.trace

    @property
    def has_steps(self) -> bool:
        """Whether there is anything to see."""
        return self.window is not None and len(self.window.trace) > 0

    @property
    def here(self) -> Step:
        """The present step. There has to be one."""
        return self.trace.step(self.step)

    @property
    def stack(self) -> Sequence[tuple[Frame, int]]:
        """The frames around it, each with its line, the innermost first."""
        return self.trace.stack(self.step)

    @property
    def looked_at(self) -> tuple[Frame, int]:
        """The frame that the person looks at, and its line."""
        stack = self.stack
        return stack[min(self.level, len(stack) - 1)] if stack else (self.here.frame, self.here.line)

    def enter(self, window: Window, step: int) -> None:
        """Go to a step of a window."""
        self.window, self.step, self.level = window, step, 0

    def jump(self, step: int) -> None:
        """Go to a step of this window, and remember the place before."""
        if self.has_steps:
            self._past.append(self.stop)
        self.step, self.level = step, 0

    def leave_for(self, window: Window, step: int) -> None:
        """Go to a step of another window, and remember the place before."""
        if self.has_steps:
            self._past.append(self.stop)
        self.enter(window, step)

    @property
    def stop(self) -> Stop:
        """The present step, to come back to it."""
        call = self.trace.call_of(self.step)
        return Stop(call.number, self.step - call.first)

    def back(self) -> Stop | None:
        """Forget the newest of the places before, and return it; None if there is none."""
        return self._past.pop() if self._past else None

    def step_of(self, stop: Stop) -> int | None:
        """The step of a place; None if it is not in this window."""
        found = next((call for call in self.trace.calls if call.number == stop.call), None)
        if found is None or found.end <= found.first:
            return None
        return min(found.first + stop.offset, found.end - 1)

    def find(self, move: Move, direction: Direction, since: int | None = None) -> int | None:
        """The step to which a move leads within this window.

        Args:
            move: the move.
            direction: through time.
            since: where it begins; by default here.
        """
        step = self.step if since is None else since
        if move is Move.BREAKPOINT:
            return to_line(self.trace, step, direction, self.breakpoints) if self.breakpoints else None
        return _FUNCTIONS[move](self.trace, step, direction, self.folds)

    def beyond(self, direction: Direction, calls: range) -> int | None:
        """The call next to this window; None if the replay has no more.

        Args:
            direction: through time.
            calls: the calls that can be traced.
        """
        own = self.trace.calls
        if not own:
            return None
        call = own[-1].number + 1 if direction is Direction.FORWARD else own[0].number - 1
        return call if call in calls else None

    def edge(self, trace: Trace, wish: Wish) -> int | None:
        """The step by which a wish enters another window; None if nothing in that direction can be seen there."""
        numbers = [each.number for each in trace.calls]
        if wish.direction is Direction.FORWARD:
            found = (to_call(trace, each, self.folds) for each in numbers if each >= wish.call)
        else:
            found = (to_end_of_call(trace, each, self.folds) for each in reversed(numbers) if each <= wish.call)
        return next((each for each in found if each is not None), None)

    def fulfil(self, wish: Wish, window: Window) -> bool:
        """Enter the window next to this one. Return whether what the person wants is there; if not, it may be further.

        Args:
            wish: what they want.
            window: the window with the call of the wish.
        """
        edge = self.edge(window.trace, wish)
        if edge is None:
            return False
        before = self.stop
        self.enter(window, edge)
        if wish.move not in LINES:
            self._past.append(before)
        if wish.move in LINES or (wish.move is Move.CALL and wish.direction is Direction.FORWARD):
            return True
        if wish.move is Move.BREAKPOINT and Breakpoint(self.here.frame.code.file, self.here.line) in self.breakpoints:
            return True
        found = self.find(wish.move, wish.direction)
        if found is not None:
            self.step = found
        return found is not None or wish.move is Move.CALL

    def toggle(self, place: Breakpoint) -> bool:
        """Set or remove a breakpoint. Return whether it is set now."""
        self.breakpoints ^= {place}
        return place in self.breakpoints

    def look(self, steps: int) -> bool:
        """Look at the caller (1) of the frame, or back at what it called (-1). Return whether there is one."""
        level = self.level + steps
        if not 0 <= level < len(self.stack):
            return False
        self.level = level
        return True
