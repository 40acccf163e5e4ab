"""What a simulated node says of itself: its info and its health."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hostcore import __version__
from hostcore.broker.bodies import NodeHealth, NodeInfo, ShownFinding, TroubledPlugin
from hostcore.broker.groups import CommandGroup
from hostcore.fleet.simulated.plan import Moment, Plan
from hostcore.fleet.simulated.situation import finding_about, reason_of
from hostcore.fleet.simulated.troubles import Trouble

if TYPE_CHECKING:
    from hostcore.fleet.simulated.node import SimulatedNode

OLD_VERSION = "0.0.9"
"""The version of a node with an older one."""
ROOMS = ("kitchen", "cellar", "greenhouse", "office", "attic")
"""The tags of the nodes, in turns."""
ALARM = "too-warm"
"""The name of the alarm of every node."""
_LOADS, _MEMORIES = (0.05, 1.0), (45.0, 20.0)
"""The least of a calm node, and how much more others have."""
_BUSY_LOAD, _FULL_MEMORY = 3.4, 410.0


def info_of(node: SimulatedNode, plan: Plan) -> NodeInfo:
    """Return what does not change while the node runs, and its plugins."""
    return NodeInfo(
        version=OLD_VERSION if node.trouble is Trouble.OLD else __version__,
        host_name=f"{node.name}-twin" if node.is_twin else node.name,
        run=node.run,
        started=node.time(node.started),
        interval=plan.interval,
        plugins=tuple(plugin.name for plugin in node.shown),
        tags=("simulated", ROOMS[node.number % len(ROOMS)]),
        simulated=tuple(sorted({bus for plugin in node.shown for bus in plugin.simulated})),
        commands=(CommandGroup.READ,),
    )


def health_of(node: SimulatedNode, now: Moment) -> NodeHealth:
    """Return how the node is."""
    situation, victim = node.situation, node.plugins[node.victim]
    is_troubled = situation.condition.is_troubled
    finding = finding_about(victim.name)
    findings = (ShownFinding(finding.confidence, finding.sentence, finding.plugin),) if situation.is_failing else ()
    plugins = len(node.shown)
    return NodeHealth(
        time=node.time(now),
        plugins=plugins,
        running=plugins - (situation.state != "running"),
        troubled=(TroubledPlugin(victim.name, situation.condition, reason_of(situation, victim.name)),)
        if is_troubled
        else (),
        troubled_count=int(is_troubled),
        findings=findings,
        findings_count=len(findings),
        alarms=(ALARM,) if situation.is_alarmed else (),
        alarms_count=int(situation.is_alarmed),
        crashes=len(node.crash_times_ns),
        load=_BUSY_LOAD if situation.is_loaded else _between(node, now, _LOADS),
        memory_mib=_FULL_MEMORY if situation.is_loaded else _between(node, now, _MEMORIES),
        waiting=len(node.backlog),
        dropped=node.backlog.dropped,
        run=node.run,
    )


def _between(node: SimulatedNode, now: Moment, span: tuple[float, float]) -> float:
    """A number that differs between nodes, and from minute to minute."""
    least, more = span
    return round(least + more * ((node.number * 37 + int(now.elapsed / 60) * 11) % 101) / 100, 2)
