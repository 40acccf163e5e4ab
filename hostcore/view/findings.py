"""The present findings of the diagnosis."""

from __future__ import annotations

from collections.abc import Iterator

from hostcore.events import Confidence, FindingCleared, FindingRaised
from hostcore.events.findings import FindingKey
from hostcore.place import BusName
from hostcore.view.part import Part, Takers

_RANKS = {confidence: rank for rank, confidence in enumerate(Confidence)}


class Findings(Part):
    """What the diagnosis finds wrong now.

    Attributes:
        revision: grows whenever they change.
    """

    def __init__(self) -> None:
        self._present: dict[FindingKey, FindingRaised] = {}
        self.revision = 0

    def __len__(self) -> int:
        return len(self._present)

    def takes(self) -> Takers:
        return {FindingRaised: self.raise_, FindingCleared: self.clear}

    def all(self) -> tuple[FindingRaised, ...]:
        """The findings: the surest first, and of equally sure ones the oldest."""
        return tuple(sorted(self._present.values(), key=_urgency))

    def about_plugin(self, plugin: str) -> Iterator[FindingRaised]:
        """The findings about a plugin."""
        return (each for each in self.all() if each.finding.plugin == plugin)

    def about_device(self, bus: BusName, address: int) -> Iterator[FindingRaised]:
        """The findings about a device, and those about its whole bus."""
        return (each for each in self.all() if each.finding.bus == bus and each.finding.address in (address, None))

    def raise_(self, event: FindingRaised) -> None:
        """There is a finding, or a new sentence for one."""
        self._present[event.finding.key] = event
        self.revision += 1

    def clear(self, event: FindingCleared) -> None:
        """A finding holds no longer."""
        self._present.pop(event.finding.key, None)
        self.revision += 1


def _urgency(raised: FindingRaised) -> tuple[int, int]:
    return _RANKS[raised.finding.confidence], raised.since_ns
