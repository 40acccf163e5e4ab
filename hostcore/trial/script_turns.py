"""The turns of a script, which runs in one long call: from one wait to the next is one turn."""

from __future__ import annotations

from collections.abc import Callable

from hostcore.clock import NS_PER_S
from hostcore.runtime.printed_reading import PrintedReading
from hostcore.trial.clock import TrialClock
from hostcore.trial.readings import numbers_of

LATER_NS = 3600 * NS_PER_S
"""When a script that sleeps is attended again."""


class ScriptTurns:
    """Attends a script. See `hostcore.buses.attendant.Attendant`.

    Args:
        reading: collects what it prints.
        clock: times its turns.
        add: takes each turn: its beginning in seconds, and the numbers; None if it printed lines, but no number.
        attend: called at each sign of life. May stop the script.
    """

    def __init__(
        self,
        reading: PrintedReading,
        clock: TrialClock,
        add: Callable[[float, dict[str, float] | None], None],
        attend: Callable[[], None],
    ) -> None:
        self._reading, self._clock, self._add, self._attend = reading, clock, add, attend
        self._began_s, self._lines = clock.seconds, 0

    def printed(self) -> None:
        """A line came. A script that never waits ends its turns with a whole cycle of names."""
        self._lines += 1
        if (whole := self._reading.whole()) is not None:
            self._end(numbers_of(whole))
        self._attend()

    def waits(self) -> int:
        """The script waits: its turn is over if it printed anything."""
        self.end()
        self._attend()
        return self._clock.monotonic_ns() + LATER_NS

    def goes_on(self) -> None:
        """The wait is over: a turn begins."""
        self._began_s = self._clock.seconds

    def end(self) -> None:
        """End the turn with what was printed last."""
        if (newest := self._reading.newest()) is not None:
            self._end(numbers_of(newest))
        elif self._lines:
            self._end(None)

    def _end(self, values: dict[str, float] | None) -> None:
        self._add(self._began_s, values)
        self._began_s, self._lines = self._clock.seconds, 0
