"""One plugin of a simulated node: what it measures, and what its host says of it."""

from __future__ import annotations

from functools import partial
from typing import Any

from hostcore.broker.bodies import PluginHealth
from hostcore.events import State
from hostcore.fleet.simulated.plan import Moment
from hostcore.fleet.simulated.shapes import Course, plugin_name, shape_of
from hostcore.fleet.simulated.situation import ERROR
from hostcore.view.condition import Condition


class SimulatedPlugin:
    """A plugin.

    Args:
        node: the number of its node.
        number: its own number, from 0.
        interval: seconds between two readings.
        course: what there is to measure.
    """

    def __init__(self, node: int, number: int, interval: float, course: Course) -> None:
        self.name = plugin_name(number)
        self.shape = shape_of(number)
        self.simulated = (self.shape.bus,)
        self.interval, self._node, self._number, self._course = interval, node, number, course
        self.next_health = 0.0
        """When its host says again how it is, in seconds of the fleet."""
        self.begin("")

    def begin(self, since: str) -> None:
        """Start with the host, at a time in RFC 3339."""
        self._state, self._condition, self._reason, self._since = State.RUNNING, Condition.RUNNING, "", since
        self._readings = self._errors = self._crashes = 0
        self._last_error = ""

    def become(self, state: State, condition: Condition, reason: str, since: str) -> bool:
        """Take another condition. Returns whether it is another one."""
        if (state, condition, reason) == (self._state, self._condition, self._reason):
            return False
        self._state, self._condition, self._reason, self._since = state, condition, reason, since
        return True

    def crash(self) -> None:
        """Count a crash."""
        self._crashes += 1

    def fail(self) -> None:
        """Count a reading that was an error."""
        self._errors += 1
        self._last_error = ERROR

    def read(self) -> None:
        """Count a reading."""
        self._readings += 1

    def measured(self, moment: Moment, uptime: float) -> dict[str, Any]:
        """Return what the plugin reads at a moment, past or present, `uptime` seconds after the start of its host."""
        measure = partial(
            self._course.value, node=self._node, place=self._number, elapsed=moment.elapsed, wall_ns=moment.wall_ns
        )
        return self.shape.read(measure, uptime)

    def health(self, time: str) -> PluginHealth:
        """Return what its host says of it at a time in RFC 3339."""
        return PluginHealth(
            time=time,
            state=self._state,
            condition=self._condition,
            reason=self._reason,
            since=self._since,
            interval=self.interval,
            readings=self._readings,
            errors=self._errors,
            crashes=self._crashes,
            last_error=self._last_error,
            simulated=self.simulated,
        )
