"""The present result of a diagnosis: the findings, what nobody looked at, and the newest evidence."""

from __future__ import annotations

from enum import StrEnum

from hostcore.events import (
    AlarmRaised,
    BrokerLost,
    BrokerReached,
    BusHealthMeasured,
    ChipIdentified,
    FindingRaised,
    LogWritten,
    MachineMeasured,
    ScanCompleted,
    State,
    TaskProgressed,
    TransferCompleted,
)
from hostcore.events.facts import BusFacts
from hostcore.permissions import Permission
from hostcore.place import BusName
from hostcore.quick_dataclass import dataclass


class Unseen(StrEnum):
    """Something that the diagnosis could not judge."""

    NOT_SCANNED = "bus-not-scanned"
    """No scan has looked at an I2C bus, so it is not known what answers there."""
    MISSING = "bus-missing"
    """A bus of host.toml could not be used."""
    CRASHED = "plugin-crashed"
    """A plugin crashed and does not run now, so its readings and transfers are missing."""
    NOT_RUN = "plugin-not-run"
    """A plugin does not run yet, or no longer."""
    EVIDENCE_LOST = "evidence-lost"
    """Events came faster than the diagnosis could take them."""


@dataclass(frozen=True, slots=True)
class NotLookedAt:
    """Something of which the diagnosis cannot say that it is well."""

    kind: Unseen
    text: str
    """One line for a person."""
    bus: BusName | None = None
    """The bus that it is about."""
    plugin: str = ""
    """The plugin that it is about; "" for none."""


@dataclass(frozen=True, slots=True)
class PluginCondition:
    """A plugin as the diagnosis knows it."""

    name: str
    state: State
    cause: str
    """Why it is in this state: one line."""
    published: int
    """Readings since the host started."""
    failed: int
    """Errors since the last reading, or since a display could last be updated."""
    is_failing: bool = False
    """Whether it has reported only errors for some time. See `hostcore.events.Counters.is_failing`."""
    last_error: str = ""
    """The last error that it reported: one line; "" if there was none."""
    rejected: str = ""
    """Why the newest version of its file was not taken: one line; "" if it was."""
    permissions: tuple[Permission, ...] = ()
    """What it may use."""


@dataclass(frozen=True, slots=True)
class Traces:
    """The newest evidence, oldest first. Each of its tuples is bounded by the length of its JSON."""

    transfers: tuple[TransferCompleted, ...] = ()
    lines: tuple[LogWritten, ...] = ()
    """Log lines of plugins and of the host."""
    scans: tuple[ScanCompleted, ...] = ()
    """The last scan of each I2C bus."""
    identities: tuple[ChipIdentified, ...] = ()
    """The last answers of chips that were asked for their identity."""


@dataclass(frozen=True, slots=True)
class DiagnosisReport:
    """What a diagnosis can say about its host now."""

    time_ns: int
    """Now, nanoseconds since the Unix epoch."""
    started_ns: int
    """When the host started, likewise."""
    buses: tuple[BusFacts, ...]
    """The buses of host.toml."""
    findings: tuple[FindingRaised, ...] = ()
    """The surest first."""
    not_looked_at: tuple[NotLookedAt, ...] = ()
    plugins: tuple[PluginCondition, ...] = ()
    health: tuple[BusHealthMeasured, ...] = ()
    """The last measurement of each I2C bus that was measured."""
    machine: MachineMeasured | None = None
    """The last measurement of the supply."""
    traces: Traces = Traces()
    """Empty unless they were asked for."""
    alarms: tuple[AlarmRaised, ...] = ()
    """The alarms of host.toml that are raised, the most urgent first."""
    tasks: tuple[TaskProgressed, ...] = ()
    """The host's tasks that take seconds and are under way, such as compiling."""
    broker_reached: BrokerReached | None = None
    """The connection to the MQTT broker; None if there is none."""
    broker_lost: BrokerLost | None = None
    """Why there is no connection to it; None if there is one, or none is wanted."""

    @property
    def has_crashes(self) -> bool:
        """Whether a plugin does not run because it crashed."""
        return any(each.kind is Unseen.CRASHED for each in self.not_looked_at)

    @property
    def simulated(self) -> tuple[BusName, ...]:
        """The buses that are simulated."""
        return tuple(bus.name for bus in self.buses if not bus.is_real)
