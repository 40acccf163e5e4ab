"""The newest round of readings."""

from __future__ import annotations

from hostcore.events import RoundCompleted
from hostcore.view.part import Part, Takers


class Rounds(Part):
    """The readings of all plugins, as the last round closed with them.

    Attributes:
        newest: the last round; None before the first one.
    """

    def __init__(self) -> None:
        self.newest: RoundCompleted | None = None

    def takes(self) -> Takers:
        return {RoundCompleted: self.complete}

    @property
    def text(self) -> str:
        """The newest readings as a JSON object, in ASCII; ``{}`` before the first round."""
        return self.newest.text if self.newest else "{}"

    def complete(self, event: RoundCompleted) -> None:
        """Every driver had its turn."""
        self.newest = event
