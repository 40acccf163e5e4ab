"""What happens at a simulated node, as the events that a host publishes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from hostcore import __version__
from hostcore.broker.message import Message
from hostcore.broker.topics import EVENTS
from hostcore.events import (
    Alarm,
    AlarmCleared,
    AlarmRaised,
    Counters,
    CrashReport,
    FindingCleared,
    FindingRaised,
    PluginCrashed,
)
from hostcore.events.event_json import json_text, to_json
from hostcore.fleet.simulated.condition import ALARM
from hostcore.fleet.simulated.plan import Moment
from hostcore.fleet.simulated.situation import CRASH, Situation, finding_about
from hostcore.hostcall import CrashKind

if TYPE_CHECKING:
    from hostcore.fleet.simulated.node import SimulatedNode

EXPIRES_SECONDS = 86_400
"""Seconds for which a broker keeps an event for a subscriber who is away (MQTT 5)."""
LIMIT = 30.0
"""°C, above which the alarm is raised."""


def events_between(node: SimulatedNode, before: Situation, after: Situation, now: Moment) -> Iterator[Message]:
    """Yield the events that led from one situation to the next."""
    time_ns, plugin = now.wall_ns + node.skew_ns, node.plugins[node.victim].name
    for _ in range(before.crashes, after.crashes):
        yield _event(node, "crash", crash(plugin, time_ns))
    if after.is_failing != before.is_failing:
        finding = finding_about(plugin)
        raised = FindingRaised(time_ns, finding, time_ns)
        yield _event(node, "finding", raised if after.is_failing else FindingCleared(time_ns, finding))
    if after.is_alarmed != before.is_alarmed:
        alarm = Alarm(ALARM, f"{plugin} measures more than {LIMIT:g} °C", plugin=plugin, above=LIMIT)
        raised_alarm = AlarmRaised(time_ns, alarm, time_ns, LIMIT + 1.5, is_simulated=True)
        yield _event(node, "alarm", raised_alarm if after.is_alarmed else AlarmCleared(time_ns, alarm))


def crash(plugin: str, time_ns: int) -> PluginCrashed:
    """Return the crash of a plugin."""
    report = CrashReport(
        time_ns=time_ns,
        plugin=plugin,
        path=f"plugins/{plugin}.py",
        version="0" * 12,
        kind=CrashKind.EXCEPTION,
        problem=CRASH.format(plugin=plugin),
        traceback=f"Traceback (most recent call last):\n  File \"{plugin}.py\", line 9, in read\nKeyError: 'gain'",
        wasm_trace="",
        call="read",
        argument="",
        transfers=(),
        lines=(),
        counters=Counters(),
        host_version=__version__,
        line=9,
    )
    return PluginCrashed(time_ns, plugin, report, f"crashes/{plugin}.json")


def _event(node: SimulatedNode, kind: str, event: object) -> Message:
    body = {"event": type(event).__name__, **to_json(event)}
    return Message(node.topics.of(EVENTS, kind), json_text(body).encode(), node.qos, expires=EXPIRES_SECONDS)
