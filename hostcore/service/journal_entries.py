"""The journal's entry for each kind of event: a message for people, and fields for programs."""

from __future__ import annotations

from hostcore.events import (
    HOST,
    AlarmCleared,
    AlarmRaised,
    Confidence,
    Event,
    Finding,
    FindingCleared,
    FindingRaised,
    Level,
    LogWritten,
    PluginCrashed,
    State,
    StateChanged,
)
from hostcore.log.log_file import speaker
from hostcore.log.safe_text import escaped, log_line

Field = tuple[str, str]
"""The name and the value of a field."""
KINDS = (LogWritten, PluginCrashed, FindingRaised, FindingCleared, StateChanged, AlarmRaised, AlarmCleared)
"""The events that have entries."""
CRASH_ID = "60b2f4a8e9914c19889b95f67a2a3c79"
FINDING_ID = "f967f10539394fc9a7423b186342091c"
STATE_ID = "476a86d50ea14ce79e2c71b71c5317d0"
ALARM_ID = "0c9b6a3c5e1f4b6f9a27d0f4c8e35b71"
"""Fixed identities of the entries of a kind, for ``journalctl MESSAGE_ID=...`` (sd-id128(3)). They never change."""
_PRIORITIES = {Level.DEBUG: "7", Level.INFO: "6", Level.WARNING: "4", Level.ERROR: "3"}
"""The severity of syslog(3) for each level."""
_GRAVITIES = {Confidence.CERTAIN: "4", Confidence.LIKELY: "4", Confidence.POSSIBLE: "5"}
_CONDITIONS = {State.BACKOFF: "4", State.QUARANTINED: "3"}
_INFO = "6"


def entry_of(event: Event, known: set[object]) -> tuple[Field, ...]:
    """Return the fields of an event's entry; none if it has no entry.

    Args:
        event: the event.
        known: the findings that hold and have an entry. The function keeps it up to date, because a finding is raised
            again as long as it holds.
    """
    match event:
        case LogWritten():
            text = f"{speaker(event)}: {event.text}"
            return _entry(text, _PRIORITIES[event.level], "" if event.plugin == HOST else event.plugin)
        case PluginCrashed():
            return _crash(event)
        case FindingRaised(finding=finding) if finding.key not in known:
            known.add(finding.key)
            text = f"found: {finding.sentence} {finding.advice}"
            return _finding(text, _GRAVITIES[finding.confidence], finding)
        case FindingCleared(finding=finding):
            known.discard(finding.key)
            return _finding(f"no longer found: {finding.sentence}", _INFO, finding)
        case StateChanged() if event.before is not event.after:
            return _state(event)
    return _alarm(event) if isinstance(event, AlarmRaised | AlarmCleared) else ()


def _crash(event: PluginCrashed) -> tuple[Field, ...]:
    report = event.report
    lines = "\n".join(map(escaped, report.traceback.splitlines()))
    text = log_line(f"{event.plugin} crashed ({report.kind}): {report.problem}")
    return (
        *_entry(f"{text}\n{lines}" if lines else text, "3", event.plugin, CRASH_ID),
        ("CRASH_KIND", report.kind),
        ("CRASH_CALL", report.call),
        ("CRASH_REPORT", log_line(event.file)),
        ("PLUGIN_VERSION", report.version),
    )


def _finding(text: str, priority: str, finding: Finding) -> tuple[Field, ...]:
    simulated = (("SIMULATED", "1"),) if finding.is_simulated else ()
    return (
        *_entry(log_line(text), priority, finding.plugin, FINDING_ID),
        ("FINDING", finding.kind),
        ("CONFIDENCE", finding.confidence),
        *simulated,
    )


def _alarm(event: AlarmRaised | AlarmCleared) -> tuple[Field, ...]:
    alarm = event.alarm
    field = ("ALARM", alarm.name)
    if isinstance(event, AlarmCleared):
        text = log_line(f"alarm {alarm.name} is over: {alarm.sentence}")
        return (*_entry(text, _INFO, alarm.plugin, ALARM_ID), field)
    if not event.is_new:
        return ()
    simulated = (("SIMULATED", "1"),) if event.is_simulated else ()
    text = log_line(f"alarm {alarm.name}: {event.words}")
    return (*_entry(text, "3", alarm.plugin, ALARM_ID), field, *simulated)


def _state(event: StateChanged) -> tuple[Field, ...]:
    text = log_line(f"{event.plugin} is {event.after}: {event.cause}")
    return (
        *_entry(text, _CONDITIONS.get(event.after, _INFO), event.plugin, STATE_ID),
        ("PLUGIN_STATE", event.after),
    )


def _entry(message: str, priority: str, plugin: str, identity: str = "") -> tuple[Field, ...]:
    return (
        ("MESSAGE", message),
        ("PRIORITY", priority),
        ("SYSLOG_IDENTIFIER", "wasi-host"),
        *((("MESSAGE_ID", identity),) if identity else ()),
        *((("PLUGIN", plugin),) if plugin else ()),
    )
