"""What a transcript holds: the calls of a driver, the transfers within each, and what each call has to return."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from hostcore.backends.base import Edge
from hostcore.config.model import Limits
from hostcore.events import Message, Outcome, Reading
from hostcore.place import BusKind, BusName, Place
from hostcore.quick_dataclass import dataclass, replace

FORMAT = 1
"""Version of the form. A reader refuses any other."""
LIMITS: Mapping[str, tuple[type[int] | type[float], float, float]] = MappingProxyType(
    {"call_seconds": (float, 0.01, 600), "memory_mib": (int, 16, 1024), "reading_bytes": (int, 64, 4 << 20)}
)
"""The limits that decide whether a driver works, with the values that host.toml allows. A transcript has those that are
not the usual ones."""
MOST_BYTES = 1 << 20
"""The largest transcript in bytes: one that a person can still read."""


class CallKind(StrEnum):
    """The calls that a transcript can make."""

    LOAD = "load"
    READ = "read"
    UPDATE = "update"


class Ends(StrEnum):
    """What a call has to do, beside its transfers."""

    RETURNS = "returns"
    """It returns. A read returns the values of the transcript, and possibly more."""
    REPORTS = "error"
    """It reports an error."""
    SURVIVES = "survives"
    """It returns or reports an error, and does not crash."""


Part = bytes | int
"""Bytes that are written, or the number of bytes that are read."""


@dataclass(frozen=True, slots=True)
class Transfer:
    """One transfer, with the answer of the device."""

    number: int
    """From 1 on, in the whole transcript."""
    at_us: int
    """When it began, in microseconds since the start of the plugin."""
    place: Place
    messages: tuple[Message, ...] = ()
    """The bytes in order. Of a transfer that failed, those that were written."""
    unread: tuple[int, ...] = ()
    """The lengths of the reads of a transfer that failed."""
    edges: tuple[Edge, ...] | None = None
    """What a capture of a GPIO line recorded; None for any other transfer."""
    outcome: Outcome = Outcome.OK
    detail: str = ""
    """The text of the error; "" if there was none."""
    line: int = 0
    """Its line in the file of the transcript; 0 if there is none."""

    @property
    def parts(self) -> tuple[Part, ...]:
        """What the driver has to ask for."""
        return (*(each.data if each.written else len(each.data) for each in self.messages), *self.unread)

    @property
    def reads(self) -> tuple[bytes, ...]:
        """What each read returns."""
        return tuple(each.data for each in self.messages if not each.written)


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the driver."""

    kind: CallKind
    at_us: int
    """When it begins, in microseconds since the start of the plugin."""
    transfers: tuple[Transfer, ...] = ()
    ends: Ends = Ends.RETURNS
    reading: Reading | None = None
    """The values that a read has to return; None to compare none."""
    error: str | None = None
    """The text of the error that it has to report; None for any."""
    given: str = ""
    """The readings that an update shows, a JSON object as text."""
    remark: str = ""
    """One line for the person who reads the text."""
    line: int = 0
    """Its line in the file of the transcript; 0 if there is none."""


@dataclass(frozen=True, slots=True)
class Transcript:
    """The transfers of a driver, as a test plays them."""

    driver: str
    """Name of the driver's file, without its folder."""
    began_ns: int
    """When the plugin started, in nanoseconds since the Unix epoch."""
    calls: tuple[Call, ...]
    """The first is the load."""
    buses: tuple[BusName, ...] = ()
    """The buses of host.toml, in its order: the first of a kind is the one that a driver gets if it names none."""
    permissions: tuple[str, ...] = ()
    settings: str = "{}"
    """A JSON object as text."""
    limits: Limits = Limits()

    @property
    def transfers(self) -> int:
        """The number of transfers."""
        return sum(len(each.transfers) for each in self.calls)


def numbered(calls: tuple[Call, ...]) -> tuple[Call, ...]:
    """Number the transfers of all calls, from 1 on."""
    counted, number = [], 0
    for call in calls:
        transfers = []
        for number, each in enumerate(call.transfers, number + 1):  # noqa: B020 - it counts on
            transfers.append(replace(each, number=number))
        counted.append(replace(call, transfers=tuple(transfers)))
    return tuple(counted)


def has_address(bus: BusName) -> bool:
    """Whether a place on the bus has an address."""
    return bus.kind in {BusKind.I2C, BusKind.SPI, BusKind.GPIO}
