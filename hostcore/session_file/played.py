"""The session of a file: what was recorded is what its host says, and nothing can be changed."""

from __future__ import annotations

from pathlib import Path
from typing import NoReturn

from hostcore.clock import Clock, RealClock
from hostcore.errors import ReadOnlyError
from hostcore.events.backlog import Earlier
from hostcore.events.facts import DriverFile, HostFacts, PluginFacts, ScanMode, SourceExcerpt
from hostcore.events.history import HistoryQuery, HistoryReport
from hostcore.events.stream import EventStream, Subscription
from hostcore.quick_dataclass import replace
from hostcore.read_only import Refusals
from hostcore.session_file.player import Player
from hostcore.session_file.reading import SessionFile

REFUSAL = "This is a recording: nothing can be changed in it, and no host is asked."
NO_HISTORY = "a recording has no stored history"


class PlayedSession(Refusals):
    """A `hostcore.session.Session` made of a file. It asks no host, and reads no path that the file names.

    Its events come from `player`, not from a subscription: the one who plays takes them at their time.

    Args:
        file: the file, which it closes.
        clock: the time that passes while it plays; by default this computer's.

    Attributes:
        player: plays it.

    Raises:
        RecordingError: the file is damaged at its start.
    """

    def __init__(self, file: SessionFile, clock: Clock | None = None) -> None:
        super().__init__(REFUSAL)
        self._clock = clock or RealClock()
        self.player = Player(file, self._clock.monotonic_ns)
        self._stream = EventStream(self._clock)

    @property
    def facts(self) -> HostFacts:
        """See `Session`. Without what would let a front end read a path of the file, or show an address as live."""
        facts = self.player.known.facts
        return replace(
            facts, config_file=Path(facts.config_file.name), chips_folder=None, web_address="", is_shipped_config=False
        )

    def now_ns(self) -> int:
        """Return the recorded wall clock."""
        return self.player.wall_ns()

    def close(self) -> None:
        """Close the file."""
        self.player.file.close()

    def subscribe(self, *kinds: type, capacity: int = 10_000) -> Subscription:
        """See `Session`. Nothing comes: see `player`."""
        return self._stream.subscribe(*kinds, capacity=capacity)

    def earlier(self, _after: int = 0, /) -> Earlier:
        """See `Session`. There is nothing: see `player`."""
        return Earlier((), 0, 0)

    def plugins(self) -> tuple[PluginFacts, ...]:
        """See `Session`."""
        return self.player.known.plugins

    def history(self, query: HistoryQuery) -> HistoryReport:
        """See `Session`. There is none."""
        return HistoryReport.without(NO_HISTORY)

    def source(self, plugin: str, file: str, line: int, around: int = 3) -> SourceExcerpt:
        """Raise ReadOnlyError: a session has no source code."""
        raise ReadOnlyError("This is a recording, which has no source code of drivers.")

    def driver_file(self, plugin: str) -> DriverFile:
        """Raise ReadOnlyError: a session has no source code."""
        raise ReadOnlyError("This is a recording, which has no source code of drivers.")

    def recording(self, plugin: str, crash_ns: int = 0) -> NoReturn:
        """Raise ReadOnlyError: a session has no recordings of single plugins."""
        raise ReadOnlyError("This is a recording of a session, which has no recordings of single plugins.")

    def scan(self, bus: int, mode: ScanMode) -> NoReturn:
        """Raise ReadOnlyError."""
        self._refuse()

    def identify(self, bus: int, address: int) -> NoReturn:
        """Raise ReadOnlyError."""
        self._refuse()
