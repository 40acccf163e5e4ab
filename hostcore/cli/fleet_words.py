"""A fleet as lines for a person, and as JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from hostcore.cli.lines import wrapped
from hostcore.clock import NS_PER_S, duration, timestamp
from hostcore.events.event_json import to_json
from hostcore.fleet.model import FleetView, NodeStatus, Standing
from hostcore.log.safe_text import counted, waiting_readings
from hostcore.quick_dataclass import fields

NAME, STATE = 16, 10
"""Characters of the columns with a node's name and its standing."""
HANGING = NAME + STATE + 4
"""Spaces before what is said of a node, with those between the columns."""
_SUMS = ("plugins", "troubled", "findings", "alarms", "waiting", "dropped", "ignored", "lost", "left_out")
"""What the summary counts, beside the nodes."""
_TIMES = frozenset({"last_seen", "quiet_after", "started"})
"""The fields of a node that are Unix seconds."""
_ORDER = (Standing.CONFLICT, Standing.OFFLINE, Standing.SILENT, Standing.TROUBLE, Standing.FINDINGS, Standing.UNKNOWN)
NO_TERMINAL = 1_000_000
"""A width that no line has."""
YEAR_1, YEAR_10000 = -62_135_596_800, 253_402_300_800
"""Unix seconds between which a time can be written."""


def is_well(view: FleetView) -> bool:
    """Whether there are nodes, and all of them are well."""
    return bool(view.nodes) and all(each.standing.is_well for each in view.nodes)


def as_json(broker: str, prefix: str, view: FleetView) -> dict[str, Any]:
    """Return a fleet for programs. Times are RFC 3339, UTC."""
    summary = view.summary
    return {
        "broker": broker,
        "prefix": prefix,
        "connected": view.link.is_connected,
        "problem": view.link.problem,
        "well": is_well(view),
        "summary": {
            "nodes": summary.nodes,
            "standings": {each.value: summary.count(each) for each in Standing},
            **{name: getattr(summary, name) for name in _SUMS},
            "versions": list(summary.versions),
        },
        "nodes": [node_json(each) for each in view.nodes],
    }


def text_of(found: object) -> str:
    """Return JSON on one line that is fit for a terminal."""
    return json.dumps(found).replace("\x7f", "\\u007f")


def node_json(node: NodeStatus) -> dict[str, Any]:
    """Return one node for programs. Times are RFC 3339, UTC."""
    found: dict[str, Any] = {}
    for field in fields(NodeStatus):
        value = getattr(node, field.name)
        if field.name in _TIMES:
            value = None if value is None else _time(value)
        found[field.name] = sorted(value) if isinstance(value, frozenset) else to_json(value)
    return found


def _time(seconds: float) -> str:
    return timestamp(round(min(max(seconds, YEAR_1), YEAR_10000 - 1) * NS_PER_S))


def lines(broker: str, prefix: str, view: FleetView, now: float, width: int) -> Iterator[str]:
    """Yield the lines for a terminal of `width` characters, or for a program, which gets each node on one line.

    Args:
        broker: the URL of the broker.
        prefix: the first levels of all topics.
        view: the fleet.
        now: the present, Unix seconds.
        width: of the terminal; `NO_TERMINAL` for a program.
    """
    yield from wrapped(f"{broker}, prefix {prefix}: {', '.join(_summary(view))}", width)
    has_versions = len(view.summary.versions) > 1
    for node in view.nodes:
        yield from wrapped(node_line(node, now, has_versions=has_versions), width, hanging=HANGING)
        if node.problem and node.problem != node.reason:
            yield from wrapped(f"{'':<{HANGING}}cannot be read: {node.problem}", width, hanging=HANGING)


def node_line(node: NodeStatus, now: float, *, has_versions: bool = False) -> str:
    """Return one node in a line, which can be long.

    Args:
        node: the node.
        now: the present, Unix seconds.
        has_versions: whether nodes have different versions of the host.
    """
    return f"  {node.name:<{NAME}} {node.standing.word:<{STATE}} " + "; ".join(
        _told(node, now, has_versions=has_versions)
    )


def _summary(view: FleetView) -> Iterator[str]:
    summary = view.summary
    yield counted(summary.nodes, "node")
    for standing in _ORDER:
        if count := summary.count(standing):
            yield f"{count} {standing.value}"
    if len(summary.versions) == 1:
        yield f"all of version {summary.versions[0]}"
    if summary.lost:
        yield f"{counted(summary.lost, 'message')} came too fast to be read"
    if summary.left_out:
        yield f"at least {summary.left_out} more without room"
    if summary.nodes == 0:
        yield "a host needs enabled = true in [mqtt] of its host.toml to be here"


def _told(node: NodeStatus, now: float, *, has_versions: bool) -> Iterator[str]:
    """Yield what there is to say of a node, the most important first.

    Args:
        node: the node.
        now: the present, Unix seconds.
        has_versions: whether nodes have different versions of the host.
    """
    if node.reason:
        yield node.reason
    if node.plugins:
        yield f"{node.plugins_told}{', SIMULATED' if node.is_simulated else ''}"
    if node.crashes:
        yield "1 crash" if node.crashes == 1 else f"{node.crashes:,} crashes"
    if node.dropped:
        yield f"{counted(node.dropped, 'reading')} dropped"
    if node.waiting:
        yield waiting_readings(node.waiting)
    if node.load is not None:
        yield f"load {node.load:.2f}"
    if node.last_seen is not None and node.is_stale:
        yield f"last heard {duration(max(0.0, now - node.last_seen))} ago"
    if node.version and has_versions:
        yield f"version {node.version}"
