"""The values of a trial: the turns of a driver, one run, and the verdict about each fault."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path

from hostcore.devices.catalog import SimulatedChip
from hostcore.faults.model import Fault
from hostcore.permissions import Permission
from hostcore.place import Place
from hostcore.quick_dataclass import dataclass, field


class Ending(StrEnum):
    """How a turn of a driver ended."""

    ANSWERED = "answered"
    """It brought a reading, or showed a picture."""
    REPORTED = "reported"
    """It reported an error, or a reading without any value."""
    CRASHED = "crashed"
    HUNG = "hung"
    """It did not return within its time limit."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of a driver. The times are seconds since the simulated Pi started."""

    began_s: float
    ended_s: float
    ending: Ending
    values: Mapping[str, float] = field(default_factory=dict)
    """The numbers of its reading, each under the path to it, such as ``air_quality.index``."""
    problem: str = ""
    """One line of safe text: what it reported, or why it crashed."""
    is_struck: bool = False
    """Whether a fault struck one of its transfers."""


@dataclass(frozen=True, slots=True)
class Uses:
    """The devices that a driver used without an error."""

    places: frozenset[Place] = frozenset()
    read: frozenset[Place] = frozenset()
    """Those from which bytes came."""
    captured: frozenset[Place] = frozenset()
    """Those from which edges came."""


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a driver on a simulated Pi of its own."""

    turns: tuple[Turn, ...]
    uses: Uses = Uses()
    denied: tuple[Permission, ...] = ()
    """What it wanted to use and may not."""
    is_quarantined: bool = False
    """Whether it crashed so often that the host does not start it again."""


@dataclass(frozen=True, slots=True)
class Span:
    """The time of a fault, in seconds since the simulated Pi started."""

    from_s: float
    to_s: float


@dataclass(frozen=True, slots=True)
class Case:
    """A fault that applies to a driver."""

    fault: Fault
    """Without its times."""
    shows_at_start: bool = True
    """Whether a driver that starts while it is on can see that the bytes are wrong."""
    shows_later: bool = True
    """Whether a driver that runs already can see it."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a driver did under one fault, whether the fault came while it ran or was there at its start."""

    fault: Fault
    survives: bool
    """It kept running: it neither crashed nor hung."""
    reports: bool | None
    """It returned an error. None: it had no need to, because every value was right."""
    recovers: bool
    """It brought right values again soon after the fault was gone."""
    hangs: bool
    """It did not return within its time limit."""
    lies: bool
    """It published a wrong value as right, which it could have known."""
    is_unseen: bool = False
    """It published a wrong value, but no driver can see that it is wrong: its chip sends no checksum."""
    said: str = ""
    """What it reported, or why it crashed; one line of safe text."""
    why: str = ""
    """Why it does not pass, or which wrong value it published; "" if there is nothing to say."""

    @property
    def passes(self) -> bool:
        """Whether it neither hangs nor lies, and recovers."""
        return self.recovers and not (self.hangs or self.lies)


@dataclass(frozen=True, slots=True)
class TrialReport:
    """The result of a trial."""

    plugin: str
    path: Path
    seed: int
    verdicts: tuple[Verdict, ...]
    """One for each fault, in the order of the trial. None if no fault applies to what the driver uses."""
    unchanging: tuple[str, ...] = ()
    """The values that stayed the same without a fault, although the simulated room changed."""
    added: tuple[SimulatedChip, ...] = ()
    """The chips that were wired for the driver, because host.toml wires none at their addresses."""

    @property
    def passes(self) -> bool:
        """Whether it passes under every fault."""
        return all(each.passes for each in self.verdicts)
