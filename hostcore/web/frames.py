"""Events as server-sent events. An event's data is the JSON object that `hostcore.events.event_json` makes of it.

Source: WHATWG HTML Living Standard, section 9.2, Server-sent events.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import MappingProxyType

from hostcore import events
from hostcore.events.event_json import to_json

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


def json_text(value: object) -> str:
    """`value` as JSON in ASCII, on one line; what is nested too deeply for that becomes an ``error`` saying so."""
    try:
        return json.dumps(value)
    except (RecursionError, ValueError) as problem:
        return json.dumps({"error": f"not fit for JSON: {problem}"})


def frame(name: str, data: object, sequence: int | None = None) -> bytes:
    """One server-sent event.

    Args:
        name: its ``event``.
        data: what JSON knows. As it comes on one line, nothing in it can end the event.
        sequence: its ``id``; None leaves the reader's last one as it is.
    """
    identity = "" if sequence is None else f"id: {sequence}\n"
    return f"{identity}event: {name}\ndata: {json_text(data)}\n\n".encode("ascii")


def event_frame(event: events.Event, sequence: int | None = None) -> bytes:
    """An event of the host's, by its name in `NAMES`."""
    return frame(NAMES[type(event)], to_json(event), sequence)
