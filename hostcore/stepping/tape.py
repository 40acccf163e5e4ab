"""The columns of a trace: what happened at each step, packed so that 100,000 steps take a few megabytes."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence

from hostcore.stepping.model import Code, Frame, Scope, StepKind, Value, ValueKind, Variable

LATEST = (1 << 63) - 1
"""The latest time in nanoseconds that can be kept. A forged one may be later."""
NOTHING = -1
"""Stands for no step, no value, or no result."""
KINDS = tuple(StepKind)
Key = tuple[Scope, int, str]
Content = tuple[ValueKind, str, int]
"""Kind, text and number of the object of a value."""


class Tape:
    """Grows with each step. Only the values of variables that changed are kept, with an index for each variable.

    Attributes:
        kinds, frames, lines, transfers, times_ns: of each step: the index in `KINDS`, the number of the frame, the
            line, the number of transfers before it, and the time.
        before: of each step: the step before of the same frame; `NOTHING` at its first.
        results: of each step: the index in `texts` of what is returned, yielded or raised; `NOTHING` for a line.
        first_changes: of each step: the index of its first change.
        gap: the step before which some are left out; 0 if none are.
        size: an estimate of the bytes that all of it takes.
    """

    def __init__(self) -> None:
        self.kinds, self.frames, self.lines = array("B"), array("I"), array("I")
        self.transfers, self.times_ns = array("I"), array("q")
        self.before, self.results, self.first_changes = array("i"), array("i"), array("I")
        self.gap = self.size = 0
        self._all_frames: dict[int, Frame] = {}
        self._frames_of: dict[tuple[str, str, int], array[int]] = {}
        self._steps_of: dict[int, array[int]] = {}
        self._changed, self._changed_to, self._changed_at = array("I"), array("i"), array("I")
        self._variables: list[Key] = []
        self._numbers: dict[Key, int] = {}
        self._histories: list[int | array[int]] = []
        self._owned: dict[tuple[Scope, int], list[int]] = {}
        self._contents: list[Content] = []
        self._content_numbers: dict[Content, int] = {}
        self._files: dict[str, int] = {}
        self._lines_of: dict[str, set[int]] = {}

    def __len__(self) -> int:
        return len(self.kinds)

    def add_frame(self, number: int, parent: int, code: Code) -> bool:
        """Add a frame. Returns False if its number is taken, or its parent is not known."""
        above = self._all_frames.get(parent)
        if number < 1 or number in self._all_frames or (parent and above is None):
            return False
        self._all_frames[number] = Frame(number, code, parent, above.depth + 1 if above else 0)
        self._frames_of.setdefault((code.file, code.function, code.first_line), array("I")).append(number)
        self.size += _FRAME
        return True

    def frame(self, number: int) -> Frame | None:
        """A frame by its number."""
        return self._all_frames.get(number)

    def newest_of(self, frame: int, step: int) -> int:
        """The newest step of a frame up to a step; `NOTHING` if there is none."""
        steps = self._steps_of.get(frame, _NO_STEPS)
        index = bisect_right(steps, step)
        return steps[index - 1] if index else NOTHING

    def file(self, name: str) -> int:
        """The number of a file, from 1."""
        return self._files.setdefault(name, len(self._files) + 1)

    def add_step(self, kind: StepKind, frame: int, line: int, transfers: int, time_ns: int) -> None:
        """Add a step. Its changes follow."""
        number = len(self.kinds)
        self.kinds.append(KINDS.index(kind))
        self.frames.append(frame)
        self.lines.append(line)
        self.transfers.append(transfers)
        self.times_ns.append(max(-LATEST, min(time_ns, LATEST)))
        steps = self._steps_of.setdefault(frame, array("I"))
        self.before.append(steps[-1] if steps else NOTHING)
        steps.append(number)
        self.results.append(NOTHING)
        self.first_changes.append(len(self._changed))
        self._lines_of.setdefault(self._all_frames[frame].code.file, set()).add(line)
        self.size += _STEP

    def set_result(self, content: Content) -> None:
        """Set what the newest step returns, yields or raises."""
        self.results[-1] = self._content(content)

    def add_change(self, key: Key, content: Content | None) -> None:
        """Add a change of a variable, seen at the newest step. None deletes it."""
        number = self._numbers.get(key)
        change = len(self._changed)
        if number is None:
            number = self._numbers[key] = len(self._variables)
            self._variables.append(key)
            self._histories.append(change)
            self._owned.setdefault(key[:2], []).append(number)
            self.size += _VARIABLE
        else:
            history = self._histories[number]
            if isinstance(history, int):
                self._histories[number] = array("I", (history, change))
            else:
                history.append(change)
        self._changed.append(number)
        self._changed_to.append(NOTHING if content is None else self._content(content))
        self._changed_at.append(len(self.kinds) - 1)
        self.size += _CHANGE

    def changes(self, step: int) -> list[tuple[Variable, Value | None]]:
        """The changes that were seen at a step."""
        first = self.first_changes[step]
        end = self.first_changes[step + 1] if step + 1 < len(self.first_changes) else len(self._changed)
        return [(self._variable(self._changed[each]), self._value(each)) for each in range(first, end)]

    def owned(self, scope: Scope, owner: int) -> list[int]:
        """The numbers of an owner's variables, in the order of their first values."""
        return self._owned.get((scope, owner), [])

    def number(self, variable: Variable) -> int | None:
        """The number of a variable; None if it never had a value."""
        return self._numbers.get((variable.scope, variable.owner, variable.name))

    def history(self, key: Key, until: int) -> Sequence[int]:
        """The numbers of the changes of a variable up to a step, the oldest first: of a local one, in all calls of its
        function."""
        found = array("I")
        for each in self._same(key):
            changes = self._histories[each]
            found.extend((changes,) if isinstance(changes, int) else changes)
        return sorted(each for each in found if self._changed_at[each] <= until)

    def _same(self, key: Key) -> Iterator[int]:
        """The numbers of the variables with this name, in all frames of the function."""
        scope, owner, name = key
        owners: Sequence[int] = (owner,)
        if scope is Scope.LOCAL and (frame := self._all_frames.get(owner)) is not None:
            owners = self._frames_of[frame.code.file, frame.code.function, frame.code.first_line]
        for each in owners:
            number = self._numbers.get((scope, each, name))
            if number is not None:
                yield number

    def change_at(self, number: int, step: int) -> int:
        """The newest change of a variable that was seen up to a step; `NOTHING` if there is none."""
        found = self._histories[number]
        if isinstance(found, int):
            return found if self._changed_at[found] <= step else NOTHING
        index = bisect_right(found, step, key=self._changed_at.__getitem__)
        return found[index - 1] if index else NOTHING

    def is_other(self, change: int) -> bool:
        """Whether a change gave its variable another value than it had: a line may set the same one again."""
        history = self._histories[self._changed[change]]
        if isinstance(history, int) or history[0] == change:
            return True
        earlier = history[bisect_left(history, change) - 1]
        return self._changed_to[earlier] != self._changed_to[change]

    def change(self, change: int) -> tuple[int, Variable, Value | None]:
        """The step at which a change was seen, its variable, and the new value."""
        return self._changed_at[change], self._variable(self._changed[change]), self._value(change)

    def is_first_of_owner(self, change: int) -> bool:
        """Whether a change was seen together with the first value of its owner."""
        scope, owner, _ = self._variables[self._changed[change]]
        return self._changed_at[change] == self._changed_at[self._first(self._owned[scope, owner][0])]

    def is_first_of_variable(self, change: int) -> bool:
        """Whether a change is the first value of its variable."""
        return self._first(self._changed[change]) == change

    def result(self, step: int) -> Value | None:
        """What a step returns, yields or raises."""
        found = self.results[step]
        return None if found == NOTHING else Value(*self._contents[found])

    def lines_of(self, file: str) -> frozenset[int]:
        """The lines of a file at which there is a step."""
        return frozenset(self._lines_of.get(file, ()))

    @property
    def files(self) -> tuple[str, ...]:
        """The files in which there is a step."""
        return tuple(self._lines_of)

    def _first(self, number: int) -> int:
        """The first change of a variable."""
        found = self._histories[number]
        return found if isinstance(found, int) else found[0]

    def _variable(self, number: int) -> Variable:
        return Variable(*self._variables[number])

    def _value(self, change: int) -> Value | None:
        content = self._changed_to[change]
        return None if content == NOTHING else Value(*self._contents[content])

    def _content(self, content: Content) -> int:
        number = self._content_numbers.get(content)
        if number is None:
            number = self._content_numbers[content] = len(self._contents)
            self._contents.append(content)
            self.size += _CONTENT + len(content[1])
        return number


_NO_STEPS = array("I")
_STEP, _CHANGE, _FRAME, _VARIABLE, _CONTENT = 50, 16, 400, 450, 300
"""Bytes that one of them takes, about, on a 64-bit computer."""
