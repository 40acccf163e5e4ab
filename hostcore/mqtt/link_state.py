"""How the connection is, for people: a line of the log at each change, and events for front ends."""

from __future__ import annotations

from collections.abc import Callable

from hostcore.clock import NS_PER_S, Clock
from hostcore.events import HOST, BrokerLost, BrokerReached, Event, Level, LogWritten, ReadingsDropped
from hostcore.log.safe_text import log_line
from hostcore.quick_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Backlog:
    """What there is to tell beside the connection itself. See `hostcore.events.BrokerReached`."""

    waiting: int = 0
    dropped: int = 0
    dropped_because: str = ""
    """Why the last one was dropped."""
    not_kept: str = ""
    twin: str = ""


AGAIN_NS = 10 * NS_PER_S
"""Nanoseconds after which it is told again how many readings wait, if that has changed."""
DROPS_NS = 60 * NS_PER_S
"""Nanoseconds between two events of dropped readings."""
REFUSED_NS = 600 * NS_PER_S
"""Nanoseconds for which a refusal is told as the present state."""
MOST_REFUSALS = 20
"""Different refusals of the broker that are remembered, so that each is logged once."""


class LinkState:
    """For one thread.

    Args:
        broker: the URL of the broker.
        clock: of the host.
        publish: takes events.
    """

    def __init__(self, broker: str, clock: Clock, publish: Callable[[Event], None]) -> None:
        self._broker, self._clock, self._publish = broker, clock, publish
        self._since_ns = clock.wall_ns()
        self._is_reached = False
        self._problem = ""
        self._refusals: dict[str, None] = {}
        self._refusal, self._told_refusal, self._refused_ns = "", "", 0
        self._told = Backlog()
        self._told_ns = 0
        self._told_dropped, self._drops_due_ns = 0, clock.monotonic_ns()

    def reach(self) -> None:
        """There is a connection."""
        self._since_ns, self._is_reached, self._problem = self._clock.wall_ns(), True, ""
        self._refusals.clear()
        self._refusal = ""
        self._log(Level.INFO, f"MQTT: connected to {self._broker}")
        self._tell(self._told)

    def lose(self, problem: str) -> None:
        """There is no connection. It is called at each attempt, and told only when the reason is a new one."""
        problem = log_line(problem)
        if not self._is_reached and problem == self._problem:
            return
        if self._is_reached:  # otherwise it is away since before, or since the start
            self._since_ns = self._clock.wall_ns()
        self._is_reached, self._problem = False, problem
        self._log(Level.WARNING, f"MQTT: {problem}")
        self._tell(self._told)

    def refuse(self, problem: str, why: str = "") -> None:
        """The broker does not take something. Of those with the same `why`, the first one is logged."""
        self._refusal = self._refusal or log_line(problem)  # the first one of several, so that they do not take turns
        self._refused_ns = self._clock.monotonic_ns()
        self.note(problem, why)

    def note(self, problem: str, why: str = "") -> None:
        """Log something that says nothing of the connection, such as what a stranger has sent: each `why` once."""
        problem = log_line(problem)
        kind = why or problem
        if kind not in self._refusals and len(self._refusals) < MOST_REFUSALS:
            self._refusals[kind] = None
            self._log(Level.WARNING, f"MQTT: {problem}{' (others for this reason are not told)' if why else ''}")

    def look(self, found: Backlog) -> None:
        """Tell how many readings wait and were dropped, from time to time, and everything else at once."""
        self._tell_dropped(found)
        if self._clock.monotonic_ns() - self._refused_ns >= REFUSED_NS:
            self._refusal = ""
        is_known = self._is_reached or self._problem
        now, told = (found.not_kept, found.twin, self._refusal), (self._told.not_kept, self._told.twin)
        is_urgent = now != (*told, self._told_refusal)
        is_over = not found.waiting and self._told.waiting > 0
        is_due = is_urgent or is_over or self._clock.monotonic_ns() - self._told_ns >= AGAIN_NS
        if is_known and is_due and (is_urgent or found != self._told):
            self._tell(found)

    def _tell_dropped(self, found: Backlog) -> None:
        now_ns = self._clock.monotonic_ns()
        more = found.dropped - self._told_dropped
        if more > 0 and now_ns >= self._drops_due_ns:
            self._told_dropped, self._drops_due_ns = found.dropped, now_ns + DROPS_NS
            self._publish(ReadingsDropped(self._clock.wall_ns(), more, found.dropped, found.dropped_because))

    def _tell(self, found: Backlog) -> None:
        self._told, self._told_refusal, self._told_ns = found, self._refusal, self._clock.monotonic_ns()
        now_ns, rest = self._clock.wall_ns(), (found.waiting, found.dropped, found.not_kept, found.twin)
        if self._is_reached:
            self._publish(BrokerReached(now_ns, self._broker, self._since_ns, *rest, self._refusal))
        else:
            self._publish(BrokerLost(now_ns, self._broker, self._since_ns, self._problem, *rest))

    def _log(self, level: Level, text: str) -> None:
        self._publish(LogWritten(self._clock.wall_ns(), HOST, level, text, by_host=True))
