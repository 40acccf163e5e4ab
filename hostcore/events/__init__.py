"""Immutable events, and the stream that carries them. Front ends learn everything from events; they never ask the core.

Times are `Clock.wall_ns`: nanoseconds since the Unix epoch.
"""

from __future__ import annotations

from hostcore.events.crashes import CrashLocated, CrashReport, PluginCrashed
from hostcore.events.faults import FaultsSet
from hostcore.events.life import (
    AccessDenied,
    Counters,
    CountersTaken,
    FetchEnded,
    PluginReloaded,
    PluginsChanged,
    ScriptEnded,
    State,
    StateChanged,
)
from hostcore.events.log import HOST, EventsDropped, Level, LogWritten
from hostcore.events.outputs import LedsShown, PwmSet, RelaySwitched
from hostcore.events.readings import LeftOut, PageRendered, Reading, ReadingFailed, ReadingPublished, RoundCompleted
from hostcore.events.scans import ChipIdentified, Presence, Probed, ScanCompleted, ScanFailed
from hostcore.events.transfers import Message, Outcome, TransferCompleted

__all__ = [
    "HOST",
    "AccessDenied",
    "ChipIdentified",
    "Counters",
    "CountersTaken",
    "CrashLocated",
    "CrashReport",
    "Event",
    "EventsDropped",
    "FaultsSet",
    "FetchEnded",
    "LedsShown",
    "LeftOut",
    "Level",
    "LogWritten",
    "Message",
    "Outcome",
    "PageRendered",
    "PluginCrashed",
    "PluginReloaded",
    "PluginsChanged",
    "Presence",
    "Probed",
    "PwmSet",
    "Reading",
    "ReadingFailed",
    "ReadingPublished",
    "RelaySwitched",
    "RoundCompleted",
    "ScanCompleted",
    "ScanFailed",
    "ScriptEnded",
    "State",
    "StateChanged",
    "TransferCompleted",
]

Event = (
    ReadingPublished
    | ReadingFailed
    | RoundCompleted
    | PageRendered
    | TransferCompleted
    | LogWritten
    | StateChanged
    | AccessDenied
    | CountersTaken
    | PluginReloaded
    | ScriptEnded
    | PluginCrashed
    | CrashLocated
    | FetchEnded
    | PluginsChanged
    | ScanCompleted
    | ScanFailed
    | ChipIdentified
    | LedsShown
    | RelaySwitched
    | PwmSet
    | FaultsSet
    | EventsDropped
)
"""Every event that the stream can carry."""
