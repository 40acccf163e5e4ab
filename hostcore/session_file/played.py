"""The session of a file: what was recorded is what its host says, and nothing can be changed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import NoReturn

from hostcore.actuation import Actuation
from hostcore.clock import Clock, RealClock
from hostcore.driver_wish import DriverWish
from hostcore.errors import ReadOnlyError
from hostcore.events.backlog import Earlier
from hostcore.events.facts import DriverFile, HostFacts, PluginFacts, ScanMode, SourceExcerpt
from hostcore.events.history import HistoryQuery, HistoryReport
from hostcore.events.stream import EventStream, Subscription
from hostcore.faults.model import Fault
from hostcore.permissions import Permission
from hostcore.session import Order
from hostcore.session_file.player import Player
from hostcore.session_file.reading import SessionFile
from hostcore.settings_wish import SettingsWish

REFUSAL = "This is a recording: nothing can be changed in it, and no host is asked."
NO_HISTORY = "a recording has no stored history"


class PlayedSession:
    """A `hostcore.session.Session` made of a file. It asks no host, and reads no path that the file names.

    Its events come from `player`, not from a subscription: the one who plays takes them at their time.

    Args:
        file: the file, which it closes.
        clock: the time that passes while it plays; by default this computer's.

    Attributes:
        player: plays it.

    Raises:
        RecordingError: the file is damaged at its begin.
    """

    def __init__(self, file: SessionFile, clock: Clock | None = None) -> None:
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

    def earlier(self) -> Earlier:
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

    def order(self, plugin: str, order: Order) -> NoReturn:
        """Raise ReadOnlyError."""
        self._refuse()

    def grant(self, plugin: str, permissions: tuple[Permission, ...]) -> NoReturn:
        """Raise ReadOnlyError."""
        self._refuse()

    def fetch(self, plugin: str) -> NoReturn:
        """Raise ReadOnlyError."""
        self._refuse()

    def add_driver(self, wish: DriverWish) -> NoReturn:
        """Raise ReadOnlyError."""
        self._refuse()

    def keep_recording(self, plugin: str) -> NoReturn:
        """Raise ReadOnlyError."""
        self._refuse()

    def recording(self, plugin: str, crash_ns: int = 0) -> NoReturn:
        """Raise ReadOnlyError: a session has no recordings of single plugins."""
        raise ReadOnlyError("This is a recording of a session, which has no recordings of single plugins.")

    def replace_driver(self, plugin: str, sha256: str, text: str) -> NoReturn:
        """Raise ReadOnlyError."""
        self._refuse()

    def scan(self, bus: int, mode: ScanMode) -> NoReturn:
        """Raise ReadOnlyError."""
        self._refuse()

    def identify(self, bus: int, address: int) -> NoReturn:
        """Raise ReadOnlyError."""
        self._refuse()

    def set_faults(self, faults: tuple[Fault, ...]) -> NoReturn:
        """Raise ReadOnlyError."""
        self._refuse()

    def hold(self, quantity: str, value: float | None) -> NoReturn:
        """Raise ReadOnlyError."""
        self._refuse()

    def acknowledge(self, alarm: str) -> NoReturn:
        """Raise ReadOnlyError."""
        self._refuse()

    def change_settings(self, wish: SettingsWish) -> NoReturn:
        """Raise ReadOnlyError."""
        self._refuse()

    def actuate(self, actuation: Actuation) -> NoReturn:
        """Raise ReadOnlyError."""
        self._refuse()

    def _refuse(self) -> NoReturn:
        raise ReadOnlyError(REFUSAL)
