"""The troubles that simulated nodes have, and when they have them."""

from __future__ import annotations

import random
from enum import StrEnum

from hostcore.quick_dataclass import dataclass


class Trouble(StrEnum):
    """What can be wrong with a simulated node. A node has one kind of trouble at most, from time to time."""

    OFFLINE = "offline"
    """The node loses its supply. The broker publishes its last will. It comes back as a new run."""
    SILENT = "silent"
    """The node says nothing more, and the broker does not notice."""
    OUTAGE = "outage"
    """The node cannot reach the broker. It measures on, and sends the readings late."""
    LOSSES = "losses"
    """As `OUTAGE`, but the node has room for few readings, and the others are lost."""
    CRASHES = "crashes"
    """A plugin crashes again and again until it is quarantined, and is released later."""
    FINDINGS = "findings"
    """A chip does not answer: the plugin reports errors, and the diagnosis says why."""
    ALARMS = "alarms"
    """An alarm of the node is raised."""
    DUPLICATES = "duplicates"
    """Readings come twice, as after a connection that was lost before the broker confirmed them."""
    CLOCK = "clock"
    """The node's clock is wrong, always."""
    OLD = "old"
    """The node has an older version of the host, always."""
    LOAD = "load"
    """The processor is busy and the memory is full."""
    REMOVED = "removed"
    """A plugin is removed, and added again later."""
    TWIN = "twin"
    """A second computer has the same name. The broker lets in the one that comes last, so they take turns."""


LASTING = frozenset({Trouble.CLOCK, Trouble.OLD})
"""Troubles that a node has all the time."""
NORMAL = 15.0
"""The percentage of nodes that have trouble, unless it is given."""


@dataclass(frozen=True, slots=True)
class Episodes:
    """When a node has its trouble: again and again, each time for as long. Times are seconds of the fleet."""

    first: float
    """When the first episode begins."""
    length: float
    period: float
    """From the beginning of one to that of the next."""

    def at(self, elapsed: float) -> float | None:
        """Return for how long the present episode has lasted, in seconds; None between two of them."""
        since_first = elapsed - self.first
        within = since_first % self.period
        return within if since_first >= 0 and within < self.length else None


ALWAYS = Episodes(0.0, 1.0, 1.0)
ONE, OTHER = Episodes(30.0, 45.0, 90.0), Episodes(-19.0, 49.0, 90.0)
"""When each of two computers with one name is thrown out by the other. The broker tells of the end before the begin."""


@dataclass(frozen=True, slots=True)
class Fate:
    """What is wrong with one node, and when."""

    trouble: Trouble
    episodes: Episodes


FATE_OF_TWIN = Fate(Trouble.TWIN, OTHER)


def fate_of(seed: int, number: int, allowed: tuple[Trouble, ...], percent: float) -> Fate | None:
    """Return what becomes of a node. It is the same each time for the same arguments.

    Args:
        seed: that of the fleet.
        number: that of the node, from 0.
        allowed: the troubles to choose from. They take turns, so that a small fleet has most of them.
        percent: the percentage of nodes with trouble, 0 to 100.
    """
    before, after = int(number * percent / 100), int((number + 1) * percent / 100)
    if before == after or not allowed:
        return None
    trouble = allowed[before % len(allowed)]
    if trouble in LASTING:
        return Fate(trouble, ALWAYS)
    if trouble is Trouble.TWIN:
        return Fate(trouble, ONE)
    chance = random.Random(f"{seed}/{number}/fate")
    length = chance.uniform(40, 120)
    return Fate(trouble, Episodes(chance.uniform(5, 40), length, length + chance.uniform(60, 240)))
