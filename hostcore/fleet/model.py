"""What a front end knows of a fleet: values that one fold of the messages made.

All texts in them are safe to show: they are escaped and cut where they enter the model. All times are Unix seconds of
this computer's clock, unless a docstring says that they are by the clock of the node.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from hostcore.broker.bodies import PluginHealth, ShownFinding, TroubledPlugin, ValueInfo
from hostcore.broker.groups import CommandGroup
from hostcore.log.safe_text import counted
from hostcore.quick_dataclass import dataclass

MOST_CLOCK_OFF = 60.0
"""Seconds by which the clock of a node may differ from ours before it is told. Nodes refuse commands beyond that."""


class Standing(StrEnum):
    """How a node is doing, from the worst to the best. All front ends use the same words."""

    CONFLICT = "conflict"
    """Likely two hosts, or a stranger, publish under this name."""
    OFFLINE = "offline"
    """Its host has ended, or has lost the broker."""
    SILENT = "silent"
    """The broker calls it online, but nothing has come from it for 2.5 times as long as it said."""
    TROUBLE = "trouble"
    """A plugin is in trouble, or an alarm is raised."""
    FINDINGS = "findings"
    """All plugins run, but a certain or likely finding says what is wrong."""
    UNKNOWN = "unknown"
    """It has not said yet how it is, or in words that cannot be read, or it is not at the broker any more."""
    OK = "ok"

    @property
    def is_well(self) -> bool:
        """Whether no person needs to look."""
        return self is Standing.OK

    @property
    def word(self) -> str:
        """Its name, in capitals if a person should look."""
        return self.value if self in {Standing.OK, Standing.UNKNOWN} else self.value.upper()

    @property
    def rank(self) -> int:
        """Its place in the order: 0 is the worst."""
        return _RANKS[self]


_RANKS = {standing: rank for rank, standing in enumerate(Standing)}


@dataclass(frozen=True, slots=True)
class NodeStatus:
    """One node: a line of the overview. It is a new object only if something in it has changed."""

    name: str
    standing: Standing
    reason: str
    """Why it is in this standing, in a sentence; "" if it is well."""
    last_seen: float | None = None
    """When it was last heard; for what the broker had kept, when the node wrote it, by the node's clock. None if that
    is not known."""
    is_kept: bool = False
    """Whether all that is known was kept by the broker: nothing has come from the node since we connected."""
    quiet_after: float | None = None
    """When it counts as silent, unless it says something before; None if it is offline, or said not how often it does.
    """
    version: str = ""
    host_name: str = ""
    run: str = ""
    """The run of its host; another one after each start."""
    started: float | None = None
    """When its host started, by the node's clock."""
    interval: float | None = None
    """Seconds between two rounds of its host."""
    tags: tuple[str, ...] = ()
    simulated: tuple[str, ...] = ()
    """Its simulated buses. Readings that depend on them are invented."""
    commands: frozenset[CommandGroup] = frozenset()
    """What it lets others do over the broker."""
    plugins: int = 0
    running: int | None = None
    """How many of them run; None if the node has not said that."""
    troubled: tuple[TroubledPlugin, ...] = ()
    """The worst first; not all, see `troubled_count`."""
    troubled_count: int = 0
    findings: tuple[ShownFinding, ...] = ()
    """The surest first; not all, see `findings_count`."""
    findings_count: int = 0
    alarms: tuple[str, ...] = ()
    """The names of raised alarms; not all, see `alarms_count`."""
    alarms_count: int = 0
    crashes: int = 0
    """Crashes since its host started."""
    load: float | None = None
    """The load average of the last minute for each processor; None if not known."""
    memory_mib: float | None = None
    waiting: int = 0
    """Readings for which its host has no confirmation from the broker yet."""
    dropped: int = 0
    """Readings that no subscriber will get, because too many waited."""
    clock_off: float | None = None
    """Seconds by which its clock is ahead of ours, negative if behind, if that is more than `MOST_CLOCK_OFF`; None if
    the clocks agree, or that is not known."""
    problem: str = ""
    """What of its messages cannot be read, and why; "" if all can."""
    is_stale: bool = False
    """Whether the values are of a time before now: it is offline or silent, or we have lost the broker."""

    @property
    def plugins_told(self) -> str:
        """How many plugins run, in words: ``6 of 7 plugins running``. Of a time before now: they were running."""
        plugins = counted(self.plugins, "plugin")
        if self.running is None:
            return plugins
        return f"{self.running} of {plugins} {'were running' if self.is_stale else 'running'}"

    @property
    def is_simulated(self) -> bool:
        """Whether readings of it may be invented."""
        return bool(self.simulated)

    def allows(self, group: CommandGroup) -> bool:
        """Return whether it takes the commands of a group over the broker."""
        return group in self.commands


@dataclass(frozen=True, slots=True)
class PluginStatus:
    """One plugin of an opened node."""

    name: str
    health: PluginHealth | None = None
    """None if nothing has come of it yet."""
    reading: Mapping[str, Any] | None = None
    """Its newest reading, without the key "mqtt". Texts in it are NOT escaped: a front end escapes what it shows."""
    reading_time: float | None = None
    """When that was measured, by the node's clock."""
    values: tuple[ValueInfo, ...] = ()
    """What its numbers measure."""
    problem: str = ""
    """What of its messages cannot be read, and why; "" if all can."""


@dataclass(frozen=True, slots=True)
class NodeEvent:
    """Something that a node told as it happened, or that the broker told of it."""

    number: int
    """Counts up from 1 for each node: a front end remembers the last one that it has shown."""
    kind: str
    """``crash``, ``finding``, ``denial``, ``alarm``, ``log`` or ``traffic``; ``online`` or ``offline``."""
    at: float
    """When it arrived."""
    body: Mapping[str, Any]
    """As JSON had it. Texts in it are NOT escaped: a front end escapes what it shows."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How the readings of an opened node arrived, since it was opened."""

    received: int = 0
    """Different readings."""
    late: int = 0
    """Those of them that came when the broker was back."""
    repeated: int = 0
    """Readings that came again, and were dropped."""
    missed: int = 0
    """Readings of its last runs that have not come although three later ones have. They may still come late."""
    unheard: int = 0
    """Readings that were missing when we lost the broker or could not keep up, or that were published meanwhile. Nobody
    here knows whether they came."""
    doubtful: int = 0
    """Readings that no host publishes after those before: their IDs came with other values, or do not fit. Two hosts,
    or a stranger, publish under this name."""


@dataclass(frozen=True, slots=True)
class NodeDetail:
    """What is known of one opened node, beside its line in the overview."""

    status: NodeStatus
    plugins: tuple[PluginStatus, ...] = ()
    """By condition, the worst first, then by name."""
    outputs: Mapping[str, Any] | None = None
    """What its relays, modulated lines and LEDs do. Texts in it are NOT escaped."""
    events: tuple[NodeEvent, ...] = ()
    """The newest, oldest first."""
    counts: Counts = Counts()
    left_out: int = 0
    """Messages for which there was no room: of too many plugins, or too large beside the others."""


@dataclass(frozen=True, slots=True)
class FleetSummary:
    """All nodes in some numbers."""

    nodes: int = 0
    standings: Mapping[Standing, int] | None = None
    """How many nodes are in each standing; those with none are missing."""
    plugins: int = 0
    troubled: int = 0
    """Plugins in trouble."""
    findings: int = 0
    alarms: int = 0
    waiting: int = 0
    dropped: int = 0
    versions: tuple[str, ...] = ()
    """The different versions of the host, in the order of their names."""
    messages: int = 0
    """All messages so far, also those that were ignored."""
    ignored: int = 0
    """Messages that were dropped: too large, not readable, or on a topic that is no node's."""
    left_out: int = 0
    """The least number of nodes for which there is no room."""
    lost: int = 0
    """Messages that came faster than they could be read. What the broker keeps of them is asked for again."""

    def count(self, *standings: Standing) -> int:
        """Return how many nodes are in one of these standings."""
        return sum((self.standings or {}).get(each, 0) for each in standings)


@dataclass(frozen=True, slots=True)
class Link:
    """The connection to the broker."""

    is_connected: bool = False
    since: float | None = None
    """Since when it is as it is; None before the first try has ended."""
    problem: str = ""
    """Why it is not connected, in one line."""


@dataclass(frozen=True, slots=True)
class FleetView:
    """Everything that the overview draws, of one moment."""

    nodes: tuple[NodeStatus, ...] = ()
    """The worst first, then by name (``pi2`` before ``pi10``)."""
    summary: FleetSummary = FleetSummary()
    link: Link = Link()
