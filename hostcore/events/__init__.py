"""Immutable events, and the stream that carries them. Front ends learn everything from events; they never ask the core.

Times are `Clock.wall_ns`: nanoseconds since the Unix epoch.
"""

from __future__ import annotations

from hostcore.backends.i2c import KernelDevice
from hostcore.events.alarms import Alarm, AlarmAcknowledged, AlarmCleared, AlarmRaised, AlarmsSet, AlarmState
from hostcore.events.broker import BrokerLost, BrokerReached, ReadingsDropped
from hostcore.events.connection import CaughtUp, ConnectionLost, ConnectionRestored
from hostcore.events.crashes import CrashLocated, CrashReport, PluginCrashed
from hostcore.events.faults import FaultsSet
from hostcore.events.findings import Confidence, Evidence, Finding, FindingCleared, FindingRaised
from hostcore.events.health import AddressFailures, BusHealthMeasured, MachineMeasured
from hostcore.events.life import (
    AccessDenied,
    Counters,
    CountersTaken,
    DriverAdded,
    FetchEnded,
    InstanceRecycled,
    KeptStateWritten,
    PluginReloaded,
    PluginsChanged,
    ScriptEnded,
    State,
    StateChanged,
)
from hostcore.events.log import HOST, PERSON, EventsDropped, Level, LogWritten
from hostcore.events.outputs import LedsShown, PwmSet, RelaySwitched
from hostcore.events.readings import (
    AdjustedValue,
    LeftOut,
    PageRendered,
    Reading,
    ReadingFailed,
    ReadingPublished,
    RoundCompleted,
    ValuesDescribed,
)
from hostcore.events.scans import ChipIdentified, Presence, Probed, ScanCompleted, ScanFailed, ScanProgressed
from hostcore.events.transfers import LibraryLine, Message, Outcome, TransferCompleted
from hostcore.events.work import TaskProgressed
from hostcore.events.world import HeldQuantity, QuantitiesHeld

__all__ = [
    "HOST",
    "PERSON",
    "AccessDenied",
    "AddressFailures",
    "AdjustedValue",
    "Alarm",
    "AlarmAcknowledged",
    "AlarmCleared",
    "AlarmRaised",
    "AlarmState",
    "AlarmsSet",
    "BrokerLost",
    "BrokerReached",
    "BusHealthMeasured",
    "CaughtUp",
    "ChipIdentified",
    "Confidence",
    "ConnectionLost",
    "ConnectionRestored",
    "Counters",
    "CountersTaken",
    "CrashLocated",
    "CrashReport",
    "DriverAdded",
    "Event",
    "EventsDropped",
    "Evidence",
    "FaultsSet",
    "FetchEnded",
    "Finding",
    "FindingCleared",
    "FindingRaised",
    "HeldQuantity",
    "InstanceRecycled",
    "KeptStateWritten",
    "KernelDevice",
    "LedsShown",
    "LeftOut",
    "Level",
    "LibraryLine",
    "LogWritten",
    "MachineMeasured",
    "Message",
    "Outcome",
    "PageRendered",
    "PluginCrashed",
    "PluginReloaded",
    "PluginsChanged",
    "Presence",
    "Probed",
    "PwmSet",
    "QuantitiesHeld",
    "Reading",
    "ReadingFailed",
    "ReadingPublished",
    "ReadingsDropped",
    "RelaySwitched",
    "RoundCompleted",
    "ScanCompleted",
    "ScanFailed",
    "ScanProgressed",
    "ScriptEnded",
    "State",
    "StateChanged",
    "TaskProgressed",
    "TransferCompleted",
    "ValuesDescribed",
]

Event = (
    ReadingPublished
    | ValuesDescribed
    | ReadingFailed
    | RoundCompleted
    | PageRendered
    | TransferCompleted
    | LogWritten
    | StateChanged
    | AccessDenied
    | CountersTaken
    | PluginReloaded
    | InstanceRecycled
    | ScriptEnded
    | PluginCrashed
    | CrashLocated
    | FetchEnded
    | DriverAdded
    | TaskProgressed
    | KeptStateWritten
    | PluginsChanged
    | ScanCompleted
    | ScanFailed
    | ScanProgressed
    | ChipIdentified
    | LedsShown
    | RelaySwitched
    | PwmSet
    | FaultsSet
    | BrokerReached
    | BrokerLost
    | ReadingsDropped
    | QuantitiesHeld
    | FindingRaised
    | FindingCleared
    | AlarmsSet
    | AlarmRaised
    | AlarmAcknowledged
    | AlarmCleared
    | BusHealthMeasured
    | MachineMeasured
    | EventsDropped
    | ConnectionLost
    | ConnectionRestored
    | CaughtUp
)
"""Every event that the stream can carry."""
