"""What answers the calls of host functions in a replay, and where the guest leaves the recording."""

from __future__ import annotations

from typing import Any, Protocol

from hostcore.hostcall import CrashKind, HostFunctions, Trap
from hostcore.quick_dataclass import dataclass
from hostcore.recording.model import Call, Ending
from hostcore.runtime.contract import PACKAGE
from hostcore.wasi.stdio import WRITES

STACK = f"{PACKAGE}python-wire#stack"
"""Only a traced instance calls it. It is never recorded."""
STEP = f"{PACKAGE}python-wire#step"
"""Only an instance calls it whose steps are traced. It is never recorded."""
THE_END = "the recording ends here"
"""Why the last call of a recording ends that was still under way."""
LOG = f"{PACKAGE}log#write"
SAID = frozenset({LOG, *WRITES})
"""Functions that a plugin logs and prints with."""
RUN = "python-runtime#run"
"""The call that runs a script. It may last for days."""
STEPS = 10
"""How often the limit of a replayed call may begin again while the guest follows the recording. This computer may be
slower than the recorded one, or busy, and a call that was ended at its limit leaves no time to spare."""
CROSSING, ACCESS = "crossing", "access"
"""Words for what is compared: every call of a host function, or only those that reach a bus or an output."""


@dataclass(frozen=True, slots=True)
class Request:
    """A call of a host function."""

    name: str
    """``interface#function``."""
    arguments: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Divergence:
    """The first place where the guest asked for something else than in the recording."""

    call: int
    """Number of the guest's call, from 0 on, which is its start."""
    crossing: int
    """Number in the call, from 0 on, of the crossing, or of the effect where only effects are compared."""
    recorded: Request | None
    """None if nothing more was recorded in this call."""
    asked: Request | None
    """None if the guest's call ended instead."""
    counts: str = CROSSING
    """What `crossing` counts: `CROSSING` or `ACCESS`."""
    has_crashed: bool = False
    """Whether the recorded version crashed where this one asked for more."""


def progress_of(call: Call | None, place: int) -> int:
    """`Answering.progress` of one that has given `place` answers in `call`."""
    if call is None or call.function == RUN:
        return place
    return place * STEPS // max(1, len(call.crossings))


class DivergedError(Trap):
    """Ends the guest's call: what it asks for was not recorded."""

    def __init__(self, divergence: Divergence) -> None:
        self.divergence = divergence
        super().__init__(CrashKind.HOST, "it asks for something else than in the recording")


class Answering(Protocol):
    """Answers one guest, call by call, and touches no hardware. For the replaying thread."""

    @property
    def divergence(self) -> Divergence | None:
        """The first place where the guest left the recording; None while it follows."""

    @property
    def is_guess(self) -> bool:
        """Whether answers are guesses from now on."""

    @property
    def said_otherwise(self) -> int | None:
        """The number of the first call in which it logged or printed something else than recorded, where that is no
        divergence; None if it did not."""

    @property
    def can_restore(self) -> bool:
        """Whether the guest is the recorded program, whose memory a checkpoint holds."""

    @property
    def ending(self) -> Ending | None:
        """How the host ended the present call while the guest computed, if it has come to that point."""

    @property
    def progress(self) -> int:
        """How far the call has come: a script's run in recorded answers, another call in `STEPS` at most."""

    def functions(self) -> HostFunctions:
        """Return the host functions of the instance."""

    def drop(self, type_id: int, rep: int) -> None:
        """Free a resource that the guest returned."""

    def next_call(self) -> Call | None:
        """Go on to the next call, and return it; None after the last."""

    def returned(self) -> None:
        """The guest's call has returned."""
