"""How each plugin is doing: its state, or why it is not well although it runs."""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol

from hostcore.events import FindingRaised, State
from hostcore.view.bus_health import BusStatus


class Doing(Protocol):
    """What is known of a plugin, by whichever front end."""

    @property
    def state(self) -> State:
        """Its state."""

    @property
    def cause(self) -> str:
        """Why it is in this state."""

    @property
    def is_failing(self) -> bool:
        """Whether it has reported only errors for some time."""

    @property
    def last_error(self) -> str:
        """The last error that it reported; "" if there was none."""

    @property
    def rejected(self) -> str:
        """Why the newest version of its file was not taken; "" if it was."""


class Condition(StrEnum):
    """How a plugin is doing, from the worst to the best. All front ends use the same words."""

    QUARANTINED = "quarantined"
    BACKOFF = "backoff"
    BUS_STUCK = "bus stuck"
    """It runs, but nothing on its bus can answer."""
    FAILING = "failing"
    """It runs, but has reported only errors for some time."""
    TROUBLE = "trouble"
    """It runs, but a certain or likely finding concerns it."""
    OLD_VERSION = "old version"
    """It runs, but the newest version of its file was not taken."""
    LOADING = "loading"
    DISCOVERED = "discovered"
    RUNNING = "running"
    STOPPED = "stopped"

    @property
    def is_troubled(self) -> bool:
        """Whether a person should look."""
        return self in _TROUBLED

    @property
    def word(self) -> str:
        """Its name, in capitals if a person should look."""
        return self.value.upper() if self.is_troubled else self.value

    @property
    def rank(self) -> int:
        """Its place in the order: 0 is the worst."""
        return _RANKS[self]


_TROUBLED = frozenset(
    {
        Condition.QUARANTINED, Condition.BACKOFF, Condition.BUS_STUCK, Condition.FAILING, Condition.TROUBLE,
        Condition.OLD_VERSION,
    }
)  # fmt: skip
_RANKS = {condition: rank for rank, condition in enumerate(Condition)}


def condition_of(plugin: Doing, finding: FindingRaised | None, stuck: BusStatus | None = None) -> Condition:
    """Return how a plugin is doing.

    Args:
        plugin: the plugin.
        finding: the surest certain or likely finding that concerns it; None if there is none.
        stuck: a bus that it may use and that is stuck; None if there is none.
    """
    if plugin.state is not State.RUNNING:
        return Condition(plugin.state.value)
    if stuck is not None:
        return Condition.BUS_STUCK
    if plugin.is_failing:
        return Condition.FAILING
    if finding is not None:
        return Condition.TROUBLE
    return Condition.OLD_VERSION if plugin.rejected else Condition.RUNNING


def reason_for(plugin: Doing, finding: FindingRaised | None) -> str:
    """Return why a plugin is doing as it does, in a sentence. It may quote the plugin.

    Args:
        plugin: the plugin.
        finding: the finding that says why it is not well; None if none does, or it is told elsewhere.
    """
    if plugin.state is State.RUNNING and finding is not None:
        return finding.finding.sentence
    if plugin.is_failing and plugin.last_error:
        return plugin.last_error
    if plugin.state is State.RUNNING and plugin.rejected:
        return f"old version; the new one: {plugin.rejected}"
    return plugin.cause
