"""Compares two versions of a driver on one recording, call by call."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import zip_longest
from typing import Any

from hostcore.quick_dataclass import dataclass
from hostcore.recording.model import Call
from hostcore.replay.versions import Step


@dataclass(frozen=True, slots=True)
class Compared:
    """One call of two versions. One of them may have ended before."""

    this: Step | None
    other: Step | None

    @property
    def number(self) -> int:
        """Number of the call in the recording."""
        return self._any.played.number

    @property
    def recorded(self) -> Call:
        """The recorded call."""
        return self._any.played.recorded

    @property
    def _any(self) -> Step:
        step = self.this or self.other
        assert step is not None, "a pair has a step"
        return step

    @property
    def readings(self) -> Mapping[str, tuple[Any, Any]]:
        """The readings that differ, as (this, other), by their keys. None stands for a value that is not there."""
        this, other = (each.readings if each else {} for each in (self.this, self.other))
        keys = dict.fromkeys((*this, *other))
        return {key: (this.get(key), other.get(key)) for key in keys if this.get(key) != other.get(key)}

    @property
    def differs(self) -> bool:
        """Whether a person sees a difference: in readings, results, the number of transfers, or the time on buses."""
        if self.this is None or self.other is None:
            return True
        this, other = self.this, self.other
        return bool(
            this.played.result != other.played.result
            or len(this.transfers) != len(other.transfers)
            or this.bus_us != other.bus_us
        )


@dataclass(slots=True)
class Total:
    """All calls of one version."""

    calls: int = 0
    transfers: int = 0
    bus_us: int = 0
    guessed: int = 0
    """Transfers whose answers are guesses."""

    def add(self, step: Step | None) -> None:
        """Count a call."""
        if step is None:
            return
        self.calls += 1
        self.transfers += len(step.transfers)
        self.bus_us += step.bus_us
        self.guessed += sum(each.is_guess for each in step.transfers)


def compared(this: Iterable[Step], other: Iterable[Step]) -> Iterator[Compared]:
    """Play two versions at the same time, and yield each call of both."""
    for one, two in zip_longest(this, other):
        yield Compared(one, two)
