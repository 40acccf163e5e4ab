"""What a traced replay consists of: steps, frames, variables and their values.

All text in these values was reported by the guest, so it is hostile. It is bounded, and not yet fit for a terminal.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from hostcore.events import TransferCompleted
from hostcore.quick_dataclass import dataclass
from hostcore.recording.model import Ending
from hostcore.replay.answering import CROSSING
from hostcore.replay.running import Played


class StepKind(StrEnum):
    """What happens at a step."""

    LINE = "line"
    """A line is about to run."""
    RETURN = "return"
    """The line has run, and its function returns."""
    YIELD = "yield"
    """The line has run, and its generator yields a value."""
    RAISE = "raise"
    """The line has raised an exception, or a function that it called has."""


class CodeKind(StrEnum):
    """Whose code it is. Only these are traced: the standard library and the modules of the host are not."""

    DRIVER = "driver"
    LIBRARY = "library"


class Scope(StrEnum):
    """Where a variable lives."""

    LOCAL = "local"
    ATTRIBUTE = "attribute"
    GLOBAL = "global"


class ValueKind(StrEnum):
    """The type of a value, as far as showing it depends on it."""

    NONE = "none"
    BOOL = "bool"
    INT = "int"
    FLOAT = "float"
    TEXT = "text"
    BYTES = "bytes"
    """Bytes, a bytearray, or an array of numbers."""
    SEQUENCE = "sequence"
    MAP = "map"
    SET = "set"
    OBJECT = "object"
    """An instance of a class of the driver or a library. Its attributes are variables of their own."""
    CODE = "code"
    """A function, a class or a module."""
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Code:
    """A function, or the top level of a file or a class."""

    file: str
    """As tracebacks name it: ``light.py``, or ``adafruit_circuitpython_sht4x-1.0.27/adafruit_sht4x.py``."""
    function: str
    """Its qualified name, such as ``Light.read``; ``<module>`` for the top level of a file."""
    first_line: int
    kind: CodeKind


@dataclass(frozen=True, slots=True)
class Frame:
    """One call of a Python function, during the whole of the call."""

    number: int
    """From 1, in the order of their beginnings."""
    code: Code
    parent: int
    """Number of the traced frame that called it; 0 if none did, as for ``read``."""
    depth: int
    """Number of traced frames around it, from 0."""


@dataclass(frozen=True, slots=True)
class Variable:
    """A name that has a value."""

    scope: Scope
    owner: int
    """The number of the frame (`Scope.LOCAL`), of the object (`Scope.ATTRIBUTE`), or of the file (`Scope.GLOBAL`, see
    `Trace.file_number`)."""
    name: str


@dataclass(frozen=True, slots=True)
class Value:
    """A value, as text."""

    kind: ValueKind
    text: str
    """As Python writes it, cut with an "…" where it is long. An object is ``<ClassName>``."""
    object: int = 0
    """The number of the object, the owner of its attributes; 0 if its attributes are not traced."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A variable with its value at a step."""

    variable: Variable
    value: Value
    is_new: bool
    """Whether the value is another one than at the step before of the same frame, or was not there."""


@dataclass(frozen=True, slots=True)
class Change:
    """A variable got another value."""

    variable: Variable
    value: Value | None
    """None if the variable is deleted."""


@dataclass(frozen=True, slots=True)
class Assignment:
    """One value of a variable through time."""

    step: int
    """The first step at which the variable has the value."""
    by: int
    """The step whose line set it: `step` is the one after. For the argument of a function it is the line of the call.
    -1 if it was set before the trace begins, or among steps that were left out."""
    value: Value | None
    """None if the variable is deleted."""


@dataclass(frozen=True, slots=True)
class Step:
    """A place in a traced replay."""

    number: int
    """From 0, in the trace."""
    kind: StepKind
    call: int
    """Number of the plugin's call, from 0 on, which is its start."""
    frame: Frame
    line: int
    """In `frame.code.file`, from 1; 0 if it is not known."""
    transfers: int
    """Number of transfers of the trace before it. So that many rows of `Trace.transfers` are shown."""
    time_ns: int
    """Recorded wall clock at the last call of a host function before it: the time between two of them is not known."""
    value: Value | None = None
    """What is returned or yielded."""
    raised: str = ""
    """The exception of `StepKind.RAISE`, such as ``ValueError: found 0x80``; else ""."""


@dataclass(frozen=True, slots=True)
class TracedCall:
    """A call of the plugin in a trace."""

    played: Played
    """Its number, function, arguments, recorded result and result now."""
    first: int
    """Its first step."""
    end: int
    """The step after its last one; `first` if no step of it was traced."""
    reading: Any = None
    """What ``read`` returned, parsed from its JSON; None if it returned no reading."""

    @property
    def is_crash(self) -> bool:
        """Whether the instance died in it. Tracing may move the death, so that it differs from the recorded one."""
        played, recorded = self.played, self.played.recorded.ending
        if played.has_crashed or recorded is None or recorded.kind is None:
            return played.has_crashed
        is_recorded_version = played.divergence is None or played.divergence.counts == CROSSING
        return isinstance(played.result, Ending) and is_recorded_version

    @property
    def number(self) -> int:
        """From 0 on, which is the plugin's start."""
        return self.played.number

    @property
    def function(self) -> str:
        """Its name, such as ``driver#read`` or ``python-runtime#load``."""
        return self.played.recorded.function


@dataclass(frozen=True, slots=True)
class TracedTransfer:
    """A transfer in a trace."""

    transfer: TransferCompleted
    step: int
    """The step whose line made it, which may be a line of a library; -1 if no step was before it."""
    call: int
    """Number of the call."""
    is_guess: bool = False
    """Whether its answer is a guess, or follows one."""
