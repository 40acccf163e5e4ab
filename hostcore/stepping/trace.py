"""A traced replay: finds everything about a place in it within milliseconds."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from hostcore.stepping.model import (
    Assignment,
    Change,
    Frame,
    Shown,
    Step,
    TracedCall,
    TracedTransfer,
    Variable,
)


class Trace:
    """A window of the calls of a replay, step by step. Immutable once it is made. Thread-safe.

    Attributes:
        calls: its calls, in order.
        transfers: its transfers, in order.
        sources: the text of the files whose code was traced, by `Code.file`; a library of which the recording holds
            only bytecode is not there.
        approximate: why the replay is not exactly what is recorded, in one line; "" if it is.
        missing: what of these calls is not in the trace, and why, in one line; "" if nothing is.
    """

    calls: Sequence[TracedCall]
    transfers: Sequence[TracedTransfer]
    sources: Mapping[str, str]
    approximate: str
    missing: str

    def __len__(self) -> int:
        """Number of steps."""
        raise NotImplementedError

    def step(self, number: int) -> Step:
        """The step with this number, from 0.

        Raises:
            IndexError: there is no such step.
        """
        raise NotImplementedError

    def changes(self, number: int) -> Sequence[Change]:
        """What is different at this step from the step before of the same frame."""
        raise NotImplementedError

    def locals(self, number: int, frame: int | None = None) -> Sequence[Shown]:
        """The local variables of the step's frame, or of another one of its stack, in the order of their first values.

        Args:
            number: the step.
            frame: number of the other frame (`Frame.number`).
        """
        raise NotImplementedError

    def globals(self, number: int, frame: int | None = None) -> Sequence[Shown]:
        """The global variables of the file of the step's frame that traced code of it has used up to here."""
        raise NotImplementedError

    def attributes(self, number: int, owner: int) -> Sequence[Shown]:
        """The attributes of an object (`Value.object`), such as ``self``."""
        raise NotImplementedError

    def stack(self, number: int) -> Sequence[tuple[Frame, int]]:
        """The frames around a step with the line that each is at, the innermost (that of the step) first."""
        raise NotImplementedError

    def origin(self, variable: Variable, number: int) -> Assignment | None:
        """Where the value came from that a variable has at a step: the newest assignment up to there; None if none."""
        raise NotImplementedError

    def history(self, variable: Variable) -> Sequence[Assignment]:
        """All values of a variable through the trace, the oldest first."""
        raise NotImplementedError

    def call_of(self, number: int) -> TracedCall:
        """The call that a step belongs to."""
        raise NotImplementedError

    def lines_of(self, file: str) -> Collection[int]:
        """The lines of a file that ran: only there can a breakpoint stop."""
        raise NotImplementedError
