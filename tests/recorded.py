"""A history in a folder, on a virtual clock."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hostcore.clock import NS_PER_S, VirtualClock
from hostcore.config.history import HistorySettings
from hostcore.events import Event, ReadingPublished
from hostcore.events.history import HistoryQuery, HistoryReport
from hostcore.history.recorder import Recorder
from hostcore.place import BusName

HOUR, DAY, YEAR = 3600, 86_400, 365 * 86_400


class Recording:
    """A recorder, its clock, its file and its warnings.

    Args:
        folder: the folder for the file.
        settings: the settings of the history.
        clock: its clock; by default one of its own.
    """

    def __init__(
        self, folder: Path, settings: HistorySettings | None = None, clock: VirtualClock | None = None
    ) -> None:
        self.clock = clock or VirtualClock()
        self.file = folder / "history.sqlite"
        self.warnings: list[str] = []
        self._settings = settings or HistorySettings()
        self.open()

    def open(self) -> None:
        """Begin a new recorder on the same file, as after a restart."""
        self.recorder = Recorder(self.file, self._settings, self.clock, self.warnings.append, makes_folder=False)

    @property
    def now(self) -> int:
        """The time in nanoseconds since the Unix epoch."""
        return self.clock.wall_ns()

    def take(self, *events: Event) -> None:
        """Let events happen."""
        self.recorder.take(events)

    def read(
        self, reading: Mapping[str, Any], plugin: str = "light", *, simulated: bool = False, faulty: bool = False
    ) -> None:
        """Let a driver read now."""
        bus = (BusName("i2c-1"),)
        self.take(ReadingPublished(self.now, plugin, reading, bus if simulated else (), bus if faulty else ()))

    def read_every(self, seconds: float, count: int, value: float = 1.0) -> None:
        """Let the driver read at times, and write when that is due."""
        for _ in range(count):
            self.clock.advance(seconds)
            self.read({"lux": value})
            self.commit_if_due()

    def commit_if_due(self) -> None:
        """Write, as the thread of a running host does."""
        if not self.recorder.wait_seconds:
            self.recorder.commit()

    def past(
        self, key: str = "lux", plugin: str = "light", *, seconds: float = YEAR, points: int = 1000
    ) -> HistoryReport:
        """Ask for the past values of a key, up to now."""
        since = self.now - round(seconds * NS_PER_S)
        return self.recorder.report(HistoryQuery(plugin, (key,), since, self.now + 1, points))
