"""The answers of simulated nodes to questions over the broker: past values, and crashes.

They are calculated from the same course of values as the readings, so a node that has just started knows yesterday.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from hostcore.broker.answers import (
    LONGEST_SECONDS,
    MOST_POINTS,
    USUAL_POINTS,
    USUAL_SECONDS,
    history_body,
    listed_crash,
)
from hostcore.broker.bodies import Outcome
from hostcore.broker.message import Arrived, Message
from hostcore.broker.topics import COMMAND, RESPONSE, place_of
from hostcore.clock import NS_PER_S
from hostcore.errors import RefusedCommandError
from hostcore.events.event_json import json_text, to_json
from hostcore.events.history import HistoryPoint, HistoryReport
from hostcore.fleet.simulated import happenings
from hostcore.fleet.simulated.fleet import SimulatedFleet
from hostcore.fleet.simulated.node import SimulatedNode
from hostcore.fleet.simulated.plan import Moment
from hostcore.fleet.simulated.plugin import SimulatedPlugin
from hostcore.log.safe_text import escaped
from hostcore.quick_dataclass import dataclass
from hostcore.strict_json import value_of

LARGEST = 16 << 10
"""Bytes of a command."""
LAST_SECOND = 4_102_444_800
"""2100-01-01, in Unix seconds."""
ANSWERED = ("history", "crashes")


def answer_to(arrived: Arrived, fleet: SimulatedFleet, now: Moment) -> tuple[SimulatedNode, Message] | None:
    """Return a node's answer to a command, and the node; None if the command is not for a node of the fleet.

    Args:
        arrived: the command. Anyone may have written it.
        fleet: the fleet.
        now: the present.
    """
    place = place_of(arrived.topic, fleet.plan.prefix)
    node = fleet.by_name.get(place.node) if place else None
    if place is None or node is None or place.levels[0] != COMMAND or len(place.levels) != 2 or not node.is_heard:
        return None
    found = _object_of(arrived.payload)
    transaction = found.get("transaction")
    if arrived.retained or not isinstance(transaction, str) or not 0 < len(transaction) <= 64:
        return None
    body: dict[str, Any] = {"transaction": transaction}
    try:
        body |= {"status": Outcome.OK, "data": _data(place.levels[1], found, node, now)}
    except RefusedCommandError as refused:
        body |= {"status": Outcome.ERROR, "error": str(refused)}
    topic = node.topics.of(RESPONSE, place.levels[1])
    if (wanted := place_of(arrived.response_topic, fleet.plan.prefix)) and wanted.levels[0] == RESPONSE:
        topic = arrived.response_topic if wanted.node == node.name and len(wanted.levels) == 2 else topic
    return node, Message(topic, json_text(body).encode(), correlation=arrived.correlation[:256])


def _object_of(payload: bytes) -> Mapping[str, Any]:
    try:
        found = value_of(payload.decode()) if len(payload) <= LARGEST else None
    except ValueError:  # also UnicodeDecodeError
        found = None
    return found if isinstance(found, dict) else {}


def _data(command: str, asked: Mapping[str, Any], node: SimulatedNode, now: Moment) -> dict[str, Any]:
    if command == "history":
        return _history(asked, node, now)
    if command == "crashes":
        return _crashes(asked, node)
    raise RefusedCommandError(f"simulated nodes answer only {' and '.join(ANSWERED)}, not {escaped(command)}")


def _history(asked: Mapping[str, Any], node: SimulatedNode, now: Moment) -> dict[str, Any]:
    past = _Past(node, _plugin(asked, node), _keys(asked.get("key")), now)
    seconds = _number(asked, "seconds", USUAL_SECONDS, LONGEST_SECONDS)
    step = max(past.plugin.interval, seconds / _number(asked, "points", USUAL_POINTS, MOST_POINTS))
    until = min(_elapsed(asked.get("until"), now), now.elapsed)
    points = tuple(past.point(until - step * back, step) for back in range(int(seconds / step), 0, -1))
    resolution_ns = round(step * NS_PER_S) if step > past.plugin.interval else 0
    return history_body(HistoryReport(points, resolution_ns, is_complete=True))


@dataclass(frozen=True, slots=True)
class _Past:
    """The past values of one reading."""

    node: SimulatedNode
    plugin: SimulatedPlugin
    keys: list[str]
    now: Moment

    def point(self, elapsed: float, step: float) -> HistoryPoint:
        """Return a point that stands for the readings in a step of time. Three of them are looked at."""
        count = max(1, round(step / self.plugin.interval))
        values = [self._value(elapsed + step * share) for share in ((0.0, 0.33, 0.67) if count > 1 else (0.0,))]
        time_ns = self.node.past(elapsed, self.now).wall_ns + self.node.skew_ns
        mean = round(sum(values) / len(values), 4)
        return HistoryPoint(time_ns, min(values), mean, max(values), count, is_simulated=True)

    def _value(self, elapsed: float) -> float:
        found: Any = self.plugin.measured(self.node.past(elapsed, self.now), max(0.0, elapsed))
        for key in self.keys:
            found = found.get(key) if isinstance(found, Mapping) else None
        if isinstance(found, bool) or not isinstance(found, int | float):
            raise RefusedCommandError(f"found no number {escaped('.'.join(self.keys))} in its readings")
        return float(found)


def _crashes(asked: Mapping[str, Any], node: SimulatedNode) -> dict[str, Any]:
    wanted = str(asked.get("plugin") or "")
    if id_ := asked.get("id"):
        found = next((each for each in node.crash_times_ns if str(each) == id_), None)
        if found is None:
            raise RefusedCommandError("no crash since the start of the host has this id; leave id out for a list")
        return {"report": to_json(happenings.crash(node.plugins[node.victim].name, found).report)}
    plugin = node.plugins[node.victim].name
    reports = [happenings.crash(plugin, each).report for each in reversed(node.crash_times_ns)]
    return {"crashes": [listed_crash(each) for each in reports if wanted in ("", each.plugin)]}


def _plugin(asked: Mapping[str, Any], node: SimulatedNode) -> SimulatedPlugin:
    for plugin in node.shown:
        if plugin.name == asked.get("plugin"):
            return plugin
    raise RefusedCommandError(f"it has no such plugin; it has {', '.join(each.name for each in node.shown)}")


def _keys(found: object) -> list[str]:
    keys = found.split(".") if isinstance(found, str) else found
    if not isinstance(keys, list) or not 0 < len(keys) <= 16 or not all(isinstance(each, str) for each in keys):
        raise RefusedCommandError("its key must be a text with points between the keys, or a list of keys")
    return keys


def _number(asked: Mapping[str, Any], name: str, usual: float, most: float) -> float:
    found = asked.get(name, usual)
    if isinstance(found, bool) or not isinstance(found, int | float) or not 1 <= found <= most:
        raise RefusedCommandError(f"its {name} must be a number from 1 to {most:g}")
    return float(found)


def _elapsed(until: object, now: Moment) -> float:
    """The end of the time that is asked for, in seconds of the fleet."""
    if until is None:
        return now.elapsed
    try:
        seconds = datetime.fromisoformat(until).timestamp() if isinstance(until, str) else float(until)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        seconds = -1.0
    if not 0 <= seconds < LAST_SECOND:
        raise RefusedCommandError("its until must be a time: RFC 3339 with a time zone, or Unix seconds")
    return seconds - now.start_ns / NS_PER_S
