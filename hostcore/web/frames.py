"""Converts events to server-sent events. The data is the event's JSON object from `hostcore.events.event_json`.

Source: WHATWG HTML Living Standard, section 9.2, Server-sent events.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from hostcore import events
from hostcore.events.event_json import json_text, to_json

NAMES: Mapping[type, str] = MappingProxyType(
    {
        events.ReadingPublished: "reading",
        events.ValuesDescribed: "values",
        events.ReadingFailed: "failure",
        events.RoundCompleted: "round",
        events.PageRendered: "page",
        events.TransferCompleted: "transfer",
        events.LogWritten: "log",
        events.StateChanged: "state",
        events.AccessDenied: "denied",
        events.CountersTaken: "counters",
        events.PluginReloaded: "reloaded",
        events.InstanceRecycled: "recycled",
        events.FetchEnded: "fetch-ended",
        events.DriverAdded: "driver-added",
        events.TaskProgressed: "task",
        events.KeptStateWritten: "kept-state",
        events.ScriptEnded: "ended",
        events.PluginCrashed: "crash",
        events.CrashLocated: "crash-located",
        events.PluginsChanged: "plugins",
        events.ScanCompleted: "scan",
        events.ScanFailed: "scan-failure",
        events.ScanProgressed: "scan-progress",
        events.ChipIdentified: "chip",
        events.FindingRaised: "finding",
        events.FindingCleared: "finding-cleared",
        events.AlarmsSet: "alarms",
        events.AlarmRaised: "alarm",
        events.AlarmAcknowledged: "alarm-acknowledged",
        events.AlarmCleared: "alarm-cleared",
        events.FaultsSet: "faults",
        events.QuantitiesHeld: "quantities-held",
        events.BrokerReached: "broker-reached",
        events.BrokerLost: "broker-lost",
        events.ReadingsDropped: "readings-dropped",
        events.BusHealthMeasured: "bus-health",
        events.MachineMeasured: "machine",
        events.LedsShown: "leds",
        events.RelaySwitched: "relay",
        events.PwmSet: "pwm",
        events.EventsDropped: "dropped",
        events.ConnectionLost: "connection-lost",
        events.ConnectionRestored: "connection-restored",
        events.CaughtUp: "caught-up",
    }
)
"""Name of each kind of event in ``event:`` and in ``?kinds=``."""
DROPPED = NAMES[events.EventsDropped]
"""Sent to every reader that lost events, even if it asked for other kinds."""
PROBLEM = "problem"
"""Sent when the reason why ``/`` shows no page changes: ``{"problem": "..."}``, "" once there is a page again."""
KINDS = frozenset(NAMES.values()) | {PROBLEM}
"""Every name that ``?kinds=`` accepts."""
USUAL_KINDS = KINDS - {NAMES[events.TransferCompleted], NAMES[events.CountersTaken]}
"""Default kinds. Events that can occur thousands of times a second are not among them."""
HEARTBEAT = b":\n\n"
"""A comment, which readers ignore. It keeps the connection open, and shows whether the reader is still there."""


def frame(name: str, data: object, sequence: int | None = None) -> bytes:
    """Build one server-sent event.

    Args:
        name: its ``event``.
        data: a value for JSON. The JSON is on one line, so nothing in it can end the event.
        sequence: its ``id``; None leaves the reader's last id unchanged.
    """
    return _frame(name, json_text(data), sequence)


def event_frame(event: events.Event, sequence: int | None = None) -> bytes:
    """Build the server-sent event for an event of the host, with its name in `NAMES`."""
    if isinstance(event, events.RoundCompleted):  # its readings are already JSON
        left_out = json_text(to_json(event.left_out))
        text = (
            f'{{"time_ns": {event.time_ns}, "number": {event.number}, '
            f'"readings": {event.text}, "left_out": {left_out}}}'
        )
    else:
        text = json_text(to_json(event))
    return _frame(NAMES[type(event)], text, sequence)


def _frame(name: str, text: str, sequence: int | None) -> bytes:
    identity = "" if sequence is None else f"id: {sequence}\n"
    return f"{identity}event: {name}\ndata: {text}\n\n".encode("ascii")
