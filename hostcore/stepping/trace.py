"""A traced replay: finds everything about a place in it within milliseconds."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Collection, Mapping, Sequence

from hostcore.quick_dataclass import dataclass
from hostcore.stepping.model import (
    Assignment,
    Change,
    Frame,
    Scope,
    Shown,
    Step,
    StepKind,
    TracedCall,
    TracedTransfer,
    Variable,
)
from hostcore.stepping.tape import KINDS, NOTHING, Tape

MOST_VALUES = 1_000
"""Values of a variable through time that a person looks at."""


@dataclass(frozen=True, slots=True)
class Columns:
    """What navigation reads of each step, without making a `Step` of it."""

    kinds: array[int]
    """Indexes in `hostcore.stepping.tape.KINDS`."""
    frames: array[int]
    """Numbers of frames."""
    lines: array[int]


class Trace:
    """A window of the calls of a replay, step by step. Immutable once it is made. Thread-safe.

    Args:
        tape: the steps. Nothing is added to it any more.
        calls: the calls, in order.
        transfers: the transfers, in order.
        sources: the text of the files whose code was traced.
        approximate: why the replay is not exactly what is recorded.
        missing: what is not in the trace.

    Attributes:
        calls: its calls, in order.
        transfers: its transfers, in order.
        sources: the text of the files whose code was traced, by `Code.file`. That of a library is there if this
            computer has its wheel: most recordings hold only bytecode.
        approximate: why the replay is not exactly what is recorded, in one line; "" if it is.
        missing: what of these calls is not in the trace, and why, in one line; "" if nothing is.
        columns: for `hostcore.stepping.navigation`.
    """

    def __init__(
        self,
        tape: Tape,
        calls: Sequence[TracedCall],
        transfers: Sequence[TracedTransfer],
        sources: Mapping[str, str],
        *,
        approximate: str = "",
        missing: str = "",
    ) -> None:
        self._tape = tape
        self.calls, self.transfers, self.sources = tuple(calls), tuple(transfers), sources
        self.approximate, self.missing = approximate, missing
        self.columns = Columns(tape.kinds, tape.frames, tape.lines)
        self._firsts = [each.first for each in self.calls]

    def __len__(self) -> int:
        """Number of steps."""
        return len(self._tape)

    @property
    def bytes(self) -> int:
        """An estimate of the memory that it takes."""
        return self._tape.size

    @property
    def files(self) -> Sequence[str]:
        """The files whose code was traced, in the order of their first steps."""
        return self._tape.files

    def step(self, number: int) -> Step:
        """The step with this number, from 0.

        Raises:
            IndexError: there is no such step.
        """
        tape = self._tape
        if not 0 <= number < len(tape):
            raise IndexError(f"step {number} of {len(tape)}")
        kind, result = KINDS[tape.kinds[number]], tape.result(number)
        return Step(
            number,
            kind,
            self.call_of(number).number,
            self.frame(tape.frames[number]),
            tape.lines[number],
            tape.transfers[number],
            tape.times_ns[number],
            value=None if kind is StepKind.RAISE else result,
            raised=result.text if result and kind is StepKind.RAISE else "",
        )

    def frame(self, number: int) -> Frame:
        """The frame with this number.

        Raises:
            IndexError: there is no such frame.
        """
        found = self._tape.frame(number)
        if found is None:
            raise IndexError(f"frame {number}")
        return found

    def file_number(self, file: str) -> int:
        """The number of a file, the owner of its global variables."""
        return self._tape.file(file)

    def changes(self, number: int) -> Sequence[Change]:
        """What is different at this step from the step before of the same frame."""
        return [Change(variable, value) for variable, value in self._tape.changes(number)]

    def locals(self, number: int, frame: int | None = None) -> Sequence[Shown]:
        """The local variables of the step's frame, or of another one of its stack, in the order of their first values.

        Args:
            number: the step.
            frame: number of the other frame (`Frame.number`).
        """
        return self._shown(Scope.LOCAL, self._tape.frames[number] if frame is None else frame, number)

    def globals(self, number: int, frame: int | None = None) -> Sequence[Shown]:
        """The global variables of the file of the step's frame that traced code of it has used up to here."""
        code = self.frame(self._tape.frames[number] if frame is None else frame).code
        return self._shown(Scope.GLOBAL, self._tape.file(code.file), number)

    def attributes(self, number: int, owner: int) -> Sequence[Shown]:
        """The attributes of an object (`Value.object`), such as ``self``, as they were last looked at."""
        return self._shown(Scope.ATTRIBUTE, owner, number)

    def stack(self, number: int) -> Sequence[tuple[Frame, int]]:
        """The frames around a step with the line that each is at, the innermost (that of the step) first."""
        tape = self._tape
        frame = self.frame(tape.frames[number])
        found = [(frame, tape.lines[number])]
        step = number
        while frame.parent:
            frame = self.frame(frame.parent)
            step = self.newest_of(frame.number, step)
            found.append((frame, tape.lines[step] if step != NOTHING else 0))
            if step == NOTHING:
                step = number
        return found

    def newest_of(self, frame: int, number: int) -> int:
        """The newest step of a frame up to this one; -1 if there is none."""
        return self._tape.newest_of(frame, number)

    def origin(self, variable: Variable, number: int) -> Assignment | None:
        """Where the value came from that a variable has at a step: the newest assignment up to there; None if none."""
        known = self._tape.number(variable)
        change = NOTHING if known is None else self._tape.change_at(known, number)
        return None if change == NOTHING else self._assignment(change)

    def history(self, variable: Variable, *, until: int | None = None, most: int = MOST_VALUES) -> Sequence[Assignment]:
        """The values of a variable through the trace, the oldest first: of a local one, in all calls of its function.

        Args:
            variable: the variable.
            until: the last step that counts; by default that of the trace.
            most: how many of the newest are returned at most. Each takes about 4 µs.
        """
        key = variable.scope, variable.owner, variable.name
        changes = self._tape.history(key, len(self) if until is None else until)
        return [self._assignment(each) for each in changes[max(0, len(changes) - most) :]]

    def call_of(self, number: int) -> TracedCall:
        """The call that a step belongs to."""
        return self.calls[max(0, bisect_right(self._firsts, number) - 1)]

    def lines_of(self, file: str) -> Collection[int]:
        """The lines of a file that ran: only there can a breakpoint stop."""
        return self._tape.lines_of(file)

    def _shown(self, scope: Scope, owner: int, number: int) -> list[Shown]:
        tape, shown = self._tape, []
        before = tape.before[number]
        since = number - 1 if before == NOTHING else before
        for each in tape.owned(scope, owner):
            change = tape.change_at(each, number)
            if change == NOTHING:
                continue
            step, variable, value = tape.change(change)
            if value is not None:
                shown.append(Shown(variable, value, step > since and tape.is_other(change)))
        return shown

    def _assignment(self, change: int) -> Assignment:
        step, variable, value = self._tape.change(change)
        by = self._by(change, step, variable)
        return Assignment(step, NOTHING if by < self._tape.gap <= step else by, value)

    def _by(self, change: int, step: int, variable: Variable) -> int:
        """The step whose line made a change that was seen at `step`."""
        tape = self._tape
        frame, before = tape.frame(tape.frames[step]), tape.before[step]
        if variable.scope is Scope.LOCAL and (frame is None or variable.owner != frame.number):
            return NOTHING  # it was told late, because the steps before are not in the trace
        if before != NOTHING:
            return before
        if variable.scope is Scope.LOCAL:
            return tape.newest_of(frame.parent, step) if frame and frame.parent else NOTHING
        is_global = variable.scope is Scope.GLOBAL
        is_first = tape.is_first_of_variable(change) if is_global else tape.is_first_of_owner(change)
        return NOTHING if is_first else step - 1
