"""The base of all formats: a writer takes transfers one by one, and returns the bytes that they add to the file."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator

from hostcore.events import EventsDropped, TransferCompleted
from hostcore.log.safe_text import counted
from hostcore.place import BusKind


class Writer(ABC):
    """Makes the bytes of one file. It keeps no more of them than the transfers of about a second.

    Call `begin` once, then `take` and `lose` in any order, then `end` once. The bytes of all calls, in order, are the
    file. None of them blocks.
    """

    only_i2c = True
    """Whether the format has no place for other buses than I2C. Their transfers are left out, and counted."""

    def __init__(self) -> None:
        self.written = 0
        """The number of transfers that are in the file."""
        self._other_buses = 0
        self._lost = 0

    @abstractmethod
    def begin(self) -> bytes:
        """Return the start of the file."""

    def take(self, transfer: TransferCompleted) -> bytes:
        """Return what a transfer adds. It may be nothing yet, or include what earlier transfers have to add."""
        if self.only_i2c and (transfer.bus.kind is not BusKind.I2C or transfer.address is None):
            self._other_buses += 1
            return b""
        self.written += 1
        return self._add(transfer)

    def lose(self, dropped: EventsDropped) -> bytes:
        """Return the mark for transfers that were lost, because they came faster than they were taken."""
        self._lost += dropped.count
        return self._mark(dropped)

    @abstractmethod
    def end(self) -> bytes:
        """Return the end of the file."""

    def notes(self) -> Iterator[str]:
        """Yield what a person has to know of the file: a line for each thing that it lacks or changes."""
        if self._lost:
            yield f"{counted(self._lost, 'transfer')} lost, because they came too fast"
        if self._other_buses:
            yield f"{counted(self._other_buses, 'transfer')} of other buses left out: the format holds only I2C"

    @abstractmethod
    def _add(self, transfer: TransferCompleted) -> bytes: ...

    @abstractmethod
    def _mark(self, dropped: EventsDropped) -> bytes: ...
