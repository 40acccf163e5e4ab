"""The state of one alarm, from what its judge says and when."""

from __future__ import annotations

from enum import Enum

from hostcore.alarms.model import AlarmRule
from hostcore.clock import NS_PER_S
from hostcore.events.alarms import AlarmState


class Step(Enum):
    """A change of which people are told."""

    RAISED = "raised"
    CLEARED = "cleared"


class Standing:
    """One alarm: pending until its delay is over, then raised until all has been well for its clear delay.

    It never changes without a verdict, so values that do not come neither raise nor clear it.

    Args:
        rule: the alarm.

    Attributes:
        state: its state.
    """

    def __init__(self, rule: AlarmRule) -> None:
        self._delay_ns = round(rule.delay * NS_PER_S)
        self._clear_delay_ns = round(rule.clear_delay * NS_PER_S)
        self.state = self._rest = AlarmState.INACTIVE
        self._turned_ns: int | None = None
        """When the verdict began to speak against the state; None if it does not. Monotonic."""

    def judge(self, holds: bool, at_ns: int) -> Step | None:
        """Take a verdict.

        Args:
            holds: whether the condition of the alarm holds.
            at_ns: the time of that, monotonic nanoseconds.
        """
        if holds is self.state.is_active:
            self.doubt()
            return None
        if self._turned_ns is None:
            self._turned_ns = at_ns
        if holds:
            self.state = AlarmState.PENDING
        if at_ns - self._turned_ns < (self._delay_ns if holds else self._clear_delay_ns):
            return None
        self._turned_ns = None
        self.state = AlarmState.RAISED if holds else AlarmState.CLEARED
        self._rest = AlarmState.CLEARED
        return Step.RAISED if holds else Step.CLEARED

    def doubt(self) -> None:
        """Take in that there is no value to judge by: what the verdict had begun to speak for must begin again."""
        self._turned_ns = None
        if self.state is AlarmState.PENDING:
            self.state = self._rest

    def acknowledge(self) -> None:
        """Take in that a person has seen it. It must be active."""
        self.state = AlarmState.ACKNOWLEDGED
