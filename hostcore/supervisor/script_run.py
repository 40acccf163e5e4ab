"""One run of a script, which may never end: what the host does meanwhile."""

from __future__ import annotations

from collections.abc import Callable

from hostcore.clock import NS_PER_S, Clock
from hostcore.events import Reading
from hostcore.runtime.plugin import Plugin
from hostcore.runtime.printed_reading import PrintedReading
from hostcore.supervisor.metered_calls import MeteredCalls

GAP_NS = NS_PER_S // 20
"""Nanoseconds from one reading to the next, at least: as many a second as a driver with the shortest interval has."""
LATER_NS = 3600 * NS_PER_S
"""When a script that sleeps is attended again, if nothing is left to publish."""


class ScriptRun:
    """Attends a script: publishes what it prints, counts what it does, and lets it follow orders.

    What a script does from one wait to the next is counted and timed as one call.

    For the plugin's own thread. See `hostcore.buses.attendant.Attendant`.

    Args:
        plugin: the script.
        reading: collects the numbers that it prints.
        clock: times the readings.
        calls: counts and times.
        publish: takes each reading.
        follow_orders: called at each sign of life. May stop the script's limit.
        free_rounds: called once, after the first reading or after `patience`: no round waits for the script any more,
            because it has a pace of its own, and may never print a number.
        patience: seconds.
    """

    def __init__(
        self,
        plugin: Plugin,
        reading: PrintedReading,
        clock: Clock,
        *,
        calls: MeteredCalls,
        publish: Callable[[Reading], None],
        follow_orders: Callable[[], None],
        free_rounds: Callable[[], None],
        patience: float,
    ) -> None:
        self._plugin, self._reading, self._clock, self._calls = plugin, reading, clock, calls
        self._publish, self._follow_orders, self._free_rounds = publish, follow_orders, free_rounds
        self._patience_ns: int | None = clock.monotonic_ns() + round(patience * NS_PER_S)
        """When the rounds are freed at the latest; None if they are free."""
        self._due_ns = 0
        """When the next reading may be published."""

    def printed(self) -> None:
        """A line came. If the script never waits, its readings are published when their cycle is over."""
        self._follow_orders()
        now = self._clock.monotonic_ns()
        if now >= self._due_ns and (whole := self._reading.whole()) is not None:
            self._tell(whole)
        self._free(now)

    def waits(self) -> int:
        """The script waits: publish what it has printed, unless that would be too soon."""
        self._calls.pause(self._plugin)
        self._follow_orders()
        now = self._clock.monotonic_ns()
        if now < self._due_ns:
            return self._due_ns
        self.end()
        self._free(now)
        return self._patience_ns or now + LATER_NS

    def goes_on(self) -> None:
        """The wait is over."""
        self._calls.go_on()

    def end(self) -> None:
        """Publish what was printed last."""
        if (newest := self._reading.newest()) is not None:
            self._tell(newest)

    def _tell(self, reading: Reading) -> None:
        self._due_ns = self._clock.monotonic_ns() + GAP_NS
        self._publish(reading)

    def _free(self, now_ns: int) -> None:
        """Free the rounds if there was a reading, or if it takes too long."""
        if self._patience_ns is not None and (self._due_ns or now_ns >= self._patience_ns):
            self._patience_ns = None
            self._free_rounds()
