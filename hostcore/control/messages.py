"""The messages between a command and a running host: the requests of one, and the answers of the other."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

from hostcore import errors
from hostcore.backends.base import I2cOperation, I2cRead, I2cWrite
from hostcore.backends.i2c import Recovery
from hostcore.control.session_messages import AttachRequest, Greeting
from hostcore.diagnosis.report import DiagnosisReport
from hostcore.errors import HostError
from hostcore.events import (
    AddressFailures,
    BusHealthMeasured,
    Event,
    EventsDropped,
    MachineMeasured,
    Probed,
    TransferCompleted,
)
from hostcore.events.facts import BusFacts, ScanMode
from hostcore.kept_state.state import KeptValue
from hostcore.permissions import I2cPermission, Permission
from hostcore.place import BusName
from hostcore.quick_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class FactsRequest:
    """Asks a host for its PID, settings file, buses and permissions."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One message of a transaction."""

    written: bytes | None
    """The bytes to write; None for a read."""
    length: int = 0
    """The number of bytes to read."""


@dataclass(frozen=True, slots=True)
class TransferRequest:
    """Asks for a transaction on an I2C bus."""

    bus: int
    """N of i2c-N."""
    address: int
    """7-bit address."""
    operations: tuple[Operation, ...]
    force: bool = False
    """Whether to do it even if a running plugin may use the address."""


@dataclass(frozen=True, slots=True)
class ScanRequest:
    """Asks to probe every address of an I2C bus."""

    bus: int
    """N of i2c-N."""
    mode: ScanMode


@dataclass(frozen=True, slots=True)
class HealthRequest:
    """Asks for the health of the I2C buses."""


@dataclass(frozen=True, slots=True)
class UnstickRequest:
    """Asks to free an I2C bus, as `I2cBus.unstick` does."""

    bus: int
    """N of i2c-N."""


@dataclass(frozen=True, slots=True)
class DiagnosisRequest:
    """Asks for a `DiagnosisReport`."""

    with_traces: bool = False
    """Whether to include the newest evidence."""


@dataclass(frozen=True, slots=True)
class WatchRequest:
    """Asks for the transfers of plugins from now on. They follow the answer until the client leaves."""

    bus: BusName | None = None
    """The only bus whose transfers are wanted; None for all."""
    plugin: str | None = None
    """The only plugin whose transfers are wanted; None for all."""

    def wanted(self, events: Iterable[Event]) -> Iterator[Watched]:
        """Yield the transfers that are wanted, and the numbers of those that were lost."""
        for event in events:
            if isinstance(event, EventsDropped) or (isinstance(event, TransferCompleted) and self._wants(event)):
                yield event

    def _wants(self, transfer: TransferCompleted) -> bool:
        return self.bus in {None, transfer.bus} and self.plugin in {None, transfer.plugin}


@dataclass(frozen=True, slots=True)
class KeptStateRequest:
    """Asks for what plugins keep across restarts."""

    plugin: str = ""
    """The plugin; "" for how much each of them keeps."""
    clears: bool = False
    """Whether to delete what the plugin keeps, and restart it."""


@dataclass(frozen=True, slots=True)
class RecordingRequest:
    """Asks for the recording of a plugin's present instance."""

    plugin: str


Request = (
    FactsRequest
    | TransferRequest
    | ScanRequest
    | HealthRequest
    | UnstickRequest
    | DiagnosisRequest
    | WatchRequest
    | KeptStateRequest
    | RecordingRequest
    | AttachRequest
)


@dataclass(frozen=True, slots=True)
class GrantedPermission:
    """One permission of a running plugin."""

    plugin: str
    permission: str
    """The text of the permission, as in host.toml."""


@dataclass(frozen=True, slots=True)
class HostReport:
    """The answer to `FactsRequest`."""

    process: int
    """The host's PID."""
    config: str
    """The settings file, without symbolic links."""
    buses: tuple[BusFacts, ...]
    nodes: tuple[str, ...]
    """The identity of each bus's device file; see `node_of`."""
    grants: tuple[GrantedPermission, ...]
    """The permissions of the plugins that are not stopped or quarantined."""


@dataclass(frozen=True, slots=True)
class TransferReport:
    """The answer to `TransferRequest`."""

    received: tuple[bytes, ...]
    """The bytes of each read, in order."""


@dataclass(frozen=True, slots=True)
class ScanReport:
    """The answer to `ScanRequest`."""

    probed: tuple[Probed, ...]


@dataclass(frozen=True, slots=True)
class HealthReport:
    """The answer to `HealthRequest`."""

    buses: tuple[BusHealthMeasured, ...]
    """The last measurement of each I2C bus."""
    machine: MachineMeasured
    """The last measurement of the supply."""
    addresses: tuple[AddressFailures, ...]
    """How many transfers fail at each address that was used."""


@dataclass(frozen=True, slots=True)
class UnstickReport:
    """The answer to `UnstickRequest`."""

    recovery: Recovery


@dataclass(frozen=True, slots=True)
class KeptStateReport:
    """The answer to `KeptStateRequest`."""

    kept: tuple[KeptValue, ...]
    """How much each plugin keeps."""
    text: str | None = None
    """What the plugin of the request keeps, as JSON; None if it keeps nothing, or if this was deleted."""


@dataclass(frozen=True, slots=True)
class RecordingReport:
    """The answer to `RecordingRequest`. The bytes of the recording follow the line."""

    size_bytes: int


@dataclass(frozen=True, slots=True)
class WatchReport:
    """The answer to `WatchRequest`. A line for each `Watched` follows."""


Watched = TransferCompleted | EventsDropped
"""A transfer of a plugin, or the number of those that were lost because the client is slow."""

Report = (
    HostReport
    | TransferReport
    | ScanReport
    | HealthReport
    | UnstickReport
    | DiagnosisReport
    | WatchReport
    | KeptStateReport
    | RecordingReport
    | Greeting
)
R = TypeVar("R", bound=Report)


@dataclass(frozen=True, slots=True)
class Failure:
    """The answer if a request fails."""

    kind: str
    """The name of a class in `hostcore.errors`."""
    text: str
    """One line for a person."""

    def error(self) -> HostError:
        """Return the error of the host. An unknown kind becomes a `HostError`."""
        kind = getattr(errors, self.kind, None)
        known = isinstance(kind, type) and issubclass(kind, errors.BusError)
        return kind(self.text) if known and kind is not None else HostError(self.text)


def as_operations(sent: Sequence[Operation]) -> tuple[I2cOperation, ...]:
    """Convert the operations of a message for a bus."""
    return tuple(I2cRead(each.length) if each.written is None else I2cWrite(each.written) for each in sent)


def to_send(operations: Sequence[I2cOperation]) -> tuple[Operation, ...]:
    """Convert the operations of a transaction for a message."""
    return tuple(
        Operation(None, each.length) if isinstance(each, I2cRead) else Operation(each.data) for each in operations
    )


def owners_of(grants: Iterable[tuple[str, Permission]], bus: int, address: int) -> tuple[GrantedPermission, ...]:
    """Return the permissions for an address, out of pairs of a plugin's name and a permission."""
    return tuple(
        GrantedPermission(plugin, str(permission))
        for plugin, permission in grants
        if isinstance(permission, I2cPermission)
        and permission.bus == bus
        and permission.first <= address <= permission.last
    )


def refusal(bus: int, address: int, owners: Iterable[GrantedPermission], place: str) -> errors.AccessDeniedError:
    """Return the error for an address that plugins may use. `place` is the settings file with their permissions."""
    names = " and ".join(dict.fromkeys(owner.plugin for owner in owners))
    return errors.AccessDeniedError(
        f"0x{address:02x} on i2c-{bus} belongs to {names} (permissions in {place}), "
        "which a second user would disturb; --force does it anyway"
    )


def node_of(facts: BusFacts) -> str:
    """Return the identity of a bus's device file, which differs for all device files; "" if there is none."""
    try:
        found = os.stat(f"/dev/{facts.name}") if facts.is_real else None  # noqa: PTH116 - as short
    except OSError:
        return ""
    return f"{found.st_dev}:{found.st_ino}" if found else ""
