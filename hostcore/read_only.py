"""A session that only looks, so that no key of a screen changes anything."""

from __future__ import annotations

from typing import NoReturn

from hostcore.actuation import Actuation
from hostcore.driver_wish import DriverWish
from hostcore.errors import ReadOnlyError
from hostcore.events.backlog import Earlier
from hostcore.events.facts import DriverFile, HostFacts, PluginFacts, ScanMode, SourceExcerpt
from hostcore.events.history import HistoryQuery, HistoryReport
from hostcore.events.stream import Subscription
from hostcore.faults.model import Fault
from hostcore.permissions import Permission
from hostcore.place import BusName
from hostcore.session import Order, Session
from hostcore.settings_wish import SettingsWish


class Refusals:
    """The part of a `hostcore.session.Session` that changes something, all of which is refused.

    Args:
        reason: why nothing may be changed, as a sentence for a person.

    Attributes:
        reason: why nothing may be changed.
    """

    def __init__(self, reason: str) -> None:
        self.reason = reason

    def order(self, plugin: str, order: Order) -> NoReturn:
        """Raise ReadOnlyError."""
        self._refuse()

    def grant(self, plugin: str, permissions: tuple[Permission, ...]) -> NoReturn:
        """Raise ReadOnlyError."""
        self._refuse()

    def fetch(self, plugin: str) -> NoReturn:
        """Raise ReadOnlyError."""
        self._refuse()

    def keep_recording(self, plugin: str) -> NoReturn:
        """Raise ReadOnlyError."""
        self._refuse()

    def add_driver(self, wish: DriverWish) -> NoReturn:
        """Raise ReadOnlyError."""
        self._refuse()

    def replace_driver(self, plugin: str, sha256: str, text: str) -> NoReturn:
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
        raise ReadOnlyError(self.reason)


class ReadOnlySession(Refusals):
    """A `hostcore.session.Session` that passes on what changes nothing, and refuses everything else.

    It names each method that it passes on. A method that `Session` gets later is missing here until it is decided on.

    Args:
        session: the host.
        reason: why nothing may be changed, as a sentence for a person.
    """

    def __init__(self, session: Session, reason: str) -> None:
        super().__init__(reason)
        self._session = session

    @property
    def facts(self) -> HostFacts:
        """The facts about the host."""
        return self._session.facts

    def subscribe(self, *kinds: type, capacity: int = 10_000) -> Subscription:
        """Subscribe to the events from now on."""
        return self._session.subscribe(*kinds, capacity=capacity)

    def earlier(self, after: int = 0, /) -> Earlier:
        """Return the events before now that someone needs who begins late."""
        return self._session.earlier(after)

    def plugins(self) -> tuple[PluginFacts, ...]:
        """Return the present plugins."""
        return self._session.plugins()

    def source(self, plugin: str, file: str, line: int, around: int = 3) -> SourceExcerpt:
        """Return some lines of the code that a plugin runs."""
        return self._session.source(plugin, file, line, around)

    def driver_file(self, plugin: str) -> DriverFile:
        """Return the file of a driver in Python."""
        return self._session.driver_file(plugin)

    def recording(self, plugin: str, crash_ns: int = 0) -> bytes:
        """Return a recording. Who may see the transfers may step through them."""
        return self._session.recording(plugin, crash_ns)

    def history(self, query: HistoryQuery) -> HistoryReport:
        """Return the past values of a reading."""
        return self._session.history(query)

    def scan(self, bus: int, mode: ScanMode) -> None:
        """Probe every address of a simulated bus.

        Raises:
            ReadOnlyError: the bus is real, or unknown. A probe can disturb a real chip.
            HostError: as for `Session.scan`.
        """
        self._require_simulated(bus)
        self._session.scan(bus, mode)

    def identify(self, bus: int, address: int) -> None:
        """Read the registers that identify a simulated chip.

        Raises:
            ReadOnlyError: the bus is real, or unknown. The reads write to a real chip first.
            HostError: as for `Session.identify`.
        """
        self._require_simulated(bus)
        self._session.identify(bus, address)

    def _require_simulated(self, bus: int) -> None:
        if not self._session.facts.simulates(BusName.i2c(bus)):
            self._refuse()


def as_wanted(session: Session, *, read_only: bool) -> Session:
    """Return the session for a screen: one that only looks, if the person or the settings want that.

    Args:
        session: the host.
        read_only: whether the person started the screen with ``--read-only``.
    """
    reason = read_only_reason(session.facts, is_asked=read_only)
    return ReadOnlySession(session, reason) if reason else session


def read_only_reason(facts: HostFacts, *, is_asked: bool) -> str:
    """Return why a screen of this host may only look, as a sentence; "" if it may change things.

    Args:
        facts: the host.
        is_asked: whether the person started the screen with ``--read-only``.
    """
    if is_asked:
        return "This screen is read-only: it was started with --read-only."
    if facts.is_read_only:
        return f"This screen is read-only: {facts.config_file} has read_only = true in [screen]."
    return ""
