"""Events as server-sent events. An event's data is the JSON object that `hostcore.events.event_json` makes of it.

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
        events.ReadingFailed: "failure",
        events.RoundCompleted: "round",
        events.PageRendered: "page",
        events.TransferCompleted: "transfer",
        events.LogWritten: "log",
        events.StateChanged: "state",
        events.AccessDenied: "denied",
        events.CountersTaken: "counters",
        events.PluginReloaded: "reloaded",
        events.PluginCrashed: "crash",
        events.CrashLocated: "crash-located",
        events.PluginsChanged: "plugins",
        events.ScanCompleted: "scan",
        events.ScanFailed: "scan-failure",
        events.ChipIdentified: "chip",
        events.LedsShown: "leds",
        events.RelaySwitched: "relay",
        events.PwmSet: "pwm",
        events.EventsDropped: "dropped",
    }
)
"""What each kind of event is called in ``event:`` and in ``?kinds=``."""
DROPPED = NAMES[events.EventsDropped]
"""Sent to every reader that lost events, whatever kinds it asked for."""
PROBLEM = "problem"
"""What ``/`` shows instead of a page changed: ``{"problem": "..."}``, "" once there is a page again."""
KINDS = frozenset(NAMES.values()) | {PROBLEM}
"""All that ``?kinds=`` may name."""
USUAL_KINDS = KINDS - {NAMES[events.TransferCompleted], NAMES[events.CountersTaken]}
"""What a reader gets that names none: not what can come thousands of times a second."""
HEARTBEAT = b":\n\n"
"""A comment, which readers ignore: it keeps the way open, and finds out whether the reader is still there."""


def frame(name: str, data: object, sequence: int | None = None) -> bytes:
    """One server-sent event.

    Args:
        name: its ``event``.
        data: what JSON knows. As it comes on one line, nothing in it can end the event.
        sequence: its ``id``; None leaves the reader's last one as it is.
    """
    return _frame(name, json_text(data), sequence)


def event_frame(event: events.Event, sequence: int | None = None) -> bytes:
    """An event of the host's, by its name in `NAMES`."""
    if isinstance(event, events.RoundCompleted):  # its readings are JSON already
        text = f'{{"time_ns": {event.time_ns}, "number": {event.number}, "readings": {event.text}}}'
    else:
        text = json_text(to_json(event))
    return _frame(NAMES[type(event)], text, sequence)


def _frame(name: str, text: str, sequence: int | None) -> bytes:
    identity = "" if sequence is None else f"id: {sequence}\n"
    return f"{identity}event: {name}\ndata: {text}\n\n".encode("ascii")
