"""What a person wants of a simulated fleet, and the moments of its time."""

from __future__ import annotations

from hostcore.clock import NS_PER_S
from hostcore.fleet.simulated.troubles import NORMAL, Trouble
from hostcore.quick_dataclass import dataclass

MOST_NODES = 10_000
"""The most nodes of a simulated fleet. More than 5,000 messages a second are hardly possible from one process."""
MOST_PLUGINS = 50
"""The most plugins of a simulated node."""
START_RATE = 2_000
"""Messages a second with which the nodes start one after the other."""
STATE_TOPICS = 2
"""Retained messages of each plugin when its node starts: state and values."""
NODE_TOPICS = 4
"""Retained messages of a node itself: status, info, health and outputs."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The fleet. The same plan gives the same messages, apart from the time of day in them."""

    nodes: int = 100
    plugins: int = 10
    """Of each node."""
    interval: float = 2.0
    """Seconds between two readings of a plugin."""
    seed: int = 1
    prefix: str = "wasi-host"
    qos: int = 1
    """Of the readings."""
    troubles: tuple[Trouble, ...] = tuple(Trouble)
    percent: float = NORMAL
    """The percentage of nodes that have trouble."""
    home_assistant: str = ""
    """The prefix below which the nodes are announced to Home Assistant; "" if they are not."""

    @property
    def readings_per_second(self) -> float:
        """How many readings a second all nodes have, if none has trouble."""
        return self.nodes * self.plugins / self.interval

    @property
    def retained(self) -> int:
        """How many topics the broker keeps of all nodes."""
        announced = (1 + self.plugins) if self.home_assistant else 0
        return self.nodes * (NODE_TOPICS + (1 + STATE_TOPICS) * self.plugins + announced)

    @property
    def start_rounds(self) -> int:
        """In how many intervals the nodes start: no broker could follow if they did in one."""
        messages = self.retained - self.nodes * self.plugins
        return max(1, round(messages / START_RATE / self.interval))

    def start_of(self, number: int) -> float:
        """Return when a node starts, in seconds of the fleet."""
        return self.interval * (number % self.start_rounds)


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in the fleet's time."""

    elapsed: float
    """Seconds since the fleet started."""
    start_ns: int
    """The time of day when it started, nanoseconds since the epoch."""

    @property
    def wall_ns(self) -> int:
        """The time of day, nanoseconds since the epoch."""
        return self.start_ns + round(self.elapsed * NS_PER_S)
