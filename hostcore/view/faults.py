"""The faults on demand that are set."""

from __future__ import annotations

from hostcore.events import ConnectionRestored, FaultsSet
from hostcore.faults.model import Fault
from hostcore.place import BusName
from hostcore.view.part import Part, Takers


class Faults(Part):
    """The faults that are on, or will be.

    Attributes:
        all: the faults, in the order in which they were set.
    """

    def __init__(self) -> None:
        self.all: tuple[Fault, ...] = ()

    def __bool__(self) -> bool:
        """Whether there are any."""
        return bool(self.all)

    def takes(self) -> Takers:
        return {FaultsSet: self.replace, ConnectionRestored: self.meet}

    def at(self, bus: BusName, address: int | None) -> tuple[Fault, ...]:
        """The faults of a device, and those of its whole bus."""
        return tuple(each for each in self.all if each.bus == bus and each.address in {None, address})

    def replace(self, event: FaultsSet) -> None:
        """The faults were replaced, or some have ended."""
        self.all = event.faults

    def meet(self, event: ConnectionRestored) -> None:
        """A host that was started again has no faults but those that it tells of."""
        if event.is_new_host:
            self.all = ()
