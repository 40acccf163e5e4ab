"""What a command and a running host of the same person say to each other: one JSON object a line, one line each way.

A request is ``{"transfer": {...}}``, its answer ``{"done": {...}}`` or ``{"failed": {"kind": ..., "text": ...}}``.
"""

from __future__ import annotations

import json
import os
import socket
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from hostcore import errors
from hostcore.backends.base import I2cOperation, I2cRead, I2cWrite
from hostcore.errors import HostError
from hostcore.events import Probed
from hostcore.events.event_json import from_json, to_json
from hostcore.events.facts import BusFacts, ScanMode
from hostcore.permissions import I2cPermission, Permission

LONGEST_LINE = 1 << 20
"""Bytes; much more than the longest transaction and the fullest scan need, and as much as host.toml may have."""


@dataclass(frozen=True, slots=True)
class FactsRequest:
    """Who are you, what buses have you got, and who may use them?"""


@dataclass(frozen=True, slots=True)
class Operation:
    """One message of a transaction."""

    written: bytes | None
    """What is written; None where it reads."""
    length: int = 0
    """How many bytes are read."""


@dataclass(frozen=True, slots=True)
class TransferRequest:
    """Do a transaction on an I2C bus."""

    bus: int
    """N of i2c-N."""
    address: int
    """7 bits."""
    operations: tuple[Operation, ...]
    force: bool = False
    """Whether to do it even where a running plugin may use the address."""


@dataclass(frozen=True, slots=True)
class ScanRequest:
    """Probe every address of an I2C bus."""

    bus: int
    """N of i2c-N."""
    mode: ScanMode


Request = FactsRequest | TransferRequest | ScanRequest
_REQUESTS: Mapping[str, type[Request]] = {"facts": FactsRequest, "transfer": TransferRequest, "scan": ScanRequest}


@dataclass(frozen=True, slots=True)
class GrantedPermission:
    """One permission of a plugin that runs."""

    plugin: str
    permission: str
    """As host.toml writes it."""


@dataclass(frozen=True, slots=True)
class HostReport:
    """The answer to `FactsRequest`."""

    process: int
    """Its PID."""
    config: str
    """The settings file, without symbolic links."""
    buses: tuple[BusFacts, ...]
    nodes: tuple[str, ...]
    """The device file behind each of them, see `node_of`."""
    grants: tuple[GrantedPermission, ...]
    """Of the plugins that are not stopped or quarantined."""


@dataclass(frozen=True, slots=True)
class TransferReport:
    """The answer to `TransferRequest`."""

    received: tuple[bytes, ...]
    """What each read received, in order."""


@dataclass(frozen=True, slots=True)
class ScanReport:
    """The answer to `ScanRequest`."""

    probed: tuple[Probed, ...]


Report = HostReport | TransferReport | ScanReport
R = TypeVar("R", HostReport, TransferReport, ScanReport)


@dataclass(frozen=True, slots=True)
class Failure:
    """The answer where a request cannot be met."""

    kind: str
    """The name of a class in `hostcore.errors`."""
    text: str
    """One line for a person."""

    def error(self) -> HostError:
        """It, as the error that the host had; an unknown kind is a `HostError`."""
        kind = getattr(errors, self.kind, None)
        known = isinstance(kind, type) and issubclass(kind, errors.BusError)
        return kind(self.text) if known and kind is not None else HostError(self.text)


def read_line(connection: socket.socket, seconds: float) -> bytes:
    """One line, without its end.

    Raises:
        ValueError: it is too long, too slow, or has no end.
        OSError: the connection broke.
    """
    deadline, line = time.monotonic() + seconds, bytearray()
    while not line.endswith(b"\n"):
        connection.settimeout(max(0.001, deadline - time.monotonic()))
        try:
            part = connection.recv(LONGEST_LINE)
        except TimeoutError:
            raise ValueError(f"no whole line within {seconds:g} s") from None
        if not part:
            raise ValueError("the line has no end")
        line += part
        if len(line) > LONGEST_LINE:
            raise ValueError(f"a line of more than {LONGEST_LINE} bytes")
    return bytes(line[:-1])


def request_line(request: Request) -> bytes:
    """A request as it travels."""
    (name,) = (name for name, kind in _REQUESTS.items() if isinstance(request, kind))
    return _line({name: to_json(request)})


def parse_request(line: bytes) -> Request:
    """The request in a line.

    Raises:
        ValueError: there is none; the message says what is wrong.
    """
    name, found = _only_key(line)
    if name not in _REQUESTS:
        raise ValueError(f"no such request; there are {', '.join(_REQUESTS)}")
    return from_json(_REQUESTS[name], found)


def answer_line(answer: Report | Failure) -> bytes:
    """An answer as it travels."""
    return _line({"failed" if isinstance(answer, Failure) else "done": to_json(answer)})


def parse_answer(line: bytes, kind: type[R]) -> R:
    """The answer in a line.

    Raises:
        HostError: the host's own failure.
        ValueError: there is no answer of this kind.
    """
    name, found = _only_key(line)
    if name == "failed":
        raise from_json(Failure, found).error()
    if name != "done":
        raise ValueError("no answer")
    return from_json(kind, found)


def _line(found: object) -> bytes:
    return json.dumps(found, separators=(",", ":")).encode() + b"\n"


def _only_key(line: bytes) -> tuple[str, Any]:
    try:
        found = json.loads(line)
    except RecursionError:
        raise ValueError("too many levels") from None
    if not (isinstance(found, dict) and len(found) == 1):
        raise ValueError("not a JSON object with one key")
    ((name, value),) = found.items()
    return name, value


def as_operations(sent: Sequence[Operation]) -> tuple[I2cOperation, ...]:
    """The operations of a transaction, as they travelled."""
    return tuple(I2cRead(each.length) if each.written is None else I2cWrite(each.written) for each in sent)


def to_send(operations: Sequence[I2cOperation]) -> tuple[Operation, ...]:
    """The operations of a transaction, as they travel."""
    return tuple(
        Operation(None, each.length) if isinstance(each, I2cRead) else Operation(each.data) for each in operations
    )


def owners_of(grants: Iterable[tuple[str, Permission]], bus: int, address: int) -> tuple[GrantedPermission, ...]:
    """Who may use an address, out of plugins' names and permissions."""
    return tuple(
        GrantedPermission(plugin, str(permission))
        for plugin, permission in grants
        if isinstance(permission, I2cPermission)
        and permission.bus == bus
        and permission.first <= address <= permission.last
    )


def refusal(bus: int, address: int, owners: Iterable[GrantedPermission], place: str) -> errors.AccessDeniedError:
    """The error for a person who would disturb the owners of an address; `place` is where that is written."""
    names = " and ".join(f'{owner.plugin} ("{owner.permission}")' for owner in owners)
    return errors.AccessDeniedError(
        f"0x{address:02x} on i2c-{bus} belongs to {names} in {place}, "
        "which a second user would disturb; --force does it all the same"
    )


def node_of(facts: BusFacts) -> str:
    """What tells the device file behind a bus from all others; "" where there is none."""
    try:
        found = os.stat(f"/dev/{facts.name}") if facts.is_real else None  # noqa: PTH116 - as short
    except OSError:
        return ""
    return f"{found.st_dev}:{found.st_ino}" if found else ""
