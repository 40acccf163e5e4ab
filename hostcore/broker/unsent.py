"""Readings that the broker has not confirmed yet, and how they survive a restart of the host.

The MQTT front end has them in memory. The history has a copy in its file, and does not know where they come from: the
composition root gives it an `Unsent` (`Host.keep_unsent`). So neither room imports the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from hostcore.quick_dataclass import dataclass

Identity = tuple[str, int]
"""The run of the host, and the number of the reading in it: the two parts of `hostcore.broker.bodies.Stamp.id`."""


@dataclass(frozen=True, slots=True)
class UnsentReading:
    """A reading as it goes to the broker."""

    run: str
    """8 hex digits."""
    number: int
    """From 1 in each run."""
    plugin: str
    time_ns: int
    """When it was measured, in nanoseconds since the Unix epoch."""
    payload: bytes
    """JSON, with its ID and its time."""

    @property
    def identity(self) -> Identity:
        """What no other reading has."""
        return self.run, self.number


@dataclass(frozen=True, slots=True)
class UnsentChanges:
    """How a copy has to change, so that it has what waits now."""

    added: tuple[UnsentReading, ...] = ()
    """The oldest first."""
    gone: tuple[Identity, ...] = ()
    """Those of the copy that the broker has confirmed meanwhile, or that were dropped."""
    is_whole: bool = False
    """Whether the copy is lost: `added` is everything."""

    def __bool__(self) -> bool:
        return self.is_whole or bool(self.added or self.gone)


class Unsent(Protocol):
    """What waits for the broker, for the one who keeps a copy of it. All methods are thread-safe and do not block."""

    def found(self, readings: Sequence[UnsentReading]) -> None:
        """Take what an earlier run of the host has left, the oldest first. It is called once at most."""

    def forget_copy(self) -> None:
        """Take note that the copy may be lost, such as with a damaged file. The next `changes` are everything."""

    def changes(self, *, is_last: bool) -> UnsentChanges:
        """Return what the copy lacks, and what it has too much.

        Args:
            is_last: whether the host ends now. Otherwise, readings that the broker may still confirm in a moment are
                left out, so that nothing is written while all is well.
        """

    def not_copied(self, reason: str) -> None:
        """Take note that there is no copy, and why, in one line for a person; "" if there is one again."""

    def copied(self, changes: UnsentChanges) -> None:
        """Take note that the copy has changed so."""
