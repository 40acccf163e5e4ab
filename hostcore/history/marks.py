"""Marks for the timeline, made from events."""

from __future__ import annotations

from hostcore.events import (
    AlarmAcknowledged,
    AlarmCleared,
    AlarmRaised,
    Event,
    FaultsSet,
    FindingCleared,
    FindingRaised,
    InstanceRecycled,
    PluginCrashed,
    PluginReloaded,
    ReadingsDropped,
    StateChanged,
)
from hostcore.events.history import HistoryMark, MarkKind
from hostcore.log.safe_text import counted, log_line

LONGEST_TEXT = 300
"""The most characters of a mark's text. The rest is counted."""


def mark_of(event: Event) -> HistoryMark | None:
    """Return the mark for an event; None if it makes none, or says again what is known."""
    found: tuple[str, MarkKind, str] | None = None
    match event:
        case PluginCrashed():
            found = event.plugin, MarkKind.CRASH, f"{event.report.kind}: {event.report.problem}"
        case StateChanged() if event.before is not event.after:
            found = event.plugin, MarkKind.STATE, f"{event.after}: {event.cause}" if event.cause else event.after.value
        case FindingRaised(finding=finding) if event.time_ns == event.since_ns:
            simulated = ", simulated" if finding.is_simulated else ""
            found = finding.plugin, MarkKind.FINDING, f"{finding.confidence}{simulated}: {finding.sentence}"
        case FindingCleared(finding=finding):
            found = finding.plugin, MarkKind.FINDING, f"over: {finding.sentence}"
        case AlarmRaised(alarm=alarm) if event.is_new:
            found = alarm.plugin, MarkKind.ALARM, f"{alarm.name}: {event.words}"
        case AlarmAcknowledged(alarm=alarm):
            found = alarm.plugin, MarkKind.ALARM, f"{alarm.name}: acknowledged"
        case AlarmCleared(alarm=alarm):
            found = alarm.plugin, MarkKind.ALARM, f"{alarm.name}: over: {alarm.sentence}"
        case ReadingsDropped():
            why = f": {event.reason}" if event.reason else ""
            found = "", MarkKind.FINDING, f"{counted(event.count, 'reading')} for the MQTT broker dropped{why}"
        case PluginReloaded():
            found = event.plugin, MarkKind.RELOAD, f"version {event.version}"
        case InstanceRecycled():
            found = event.plugin, MarkKind.RELOAD, f"a new instance: {event.words}"
        case FaultsSet() if not event.is_restated:
            named = "; ".join(each.in_brief for each in event.faults)
            found = "", MarkKind.FAULT, f"faults on demand: {named or 'none'}"
    if found is None:
        return None
    plugin, kind, text = found
    return HistoryMark(event.time_ns, plugin, kind, log_line(text, LONGEST_TEXT))
