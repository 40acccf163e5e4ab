"""A session without a host. Tests publish its events, and check the front end's requests."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from hostcore.actuation import Actuation
from hostcore.backends.base import BackendKind
from hostcore.clock import RealClock
from hostcore.driver_wish import DriverWish
from hostcore.errors import HostError
from hostcore.events import Event
from hostcore.events.backlog import Backlog, Earlier
from hostcore.events.facts import BusFacts, DriverFile, HostFacts, KeptRecording, PluginFacts, ScanMode, SourceExcerpt
from hostcore.events.history import HistoryMark, HistoryPoint, HistoryQuery, HistoryReport
from hostcore.events.stream import EventStream, Subscription
from hostcore.faults.model import Fault
from hostcore.permissions import Permission, parse_permission
from hostcore.place import BusName
from hostcore.session import Order
from hostcore.settings_wish import SettingsWish

NO_HISTORY = HistoryReport.without("this host keeps no history")


def host_facts(
    *,
    kind: str = "simulated",
    is_shipped_config: bool = False,
    started_ns: int = 0,
    leds: int = 0,
    leds_bus: str = "",
    relays: tuple[str, ...] = (),
) -> HostFacts:
    return HostFacts(
        version="1.0",
        host_name="raspi",
        config_file=Path("host.toml"),
        is_shipped_config=is_shipped_config,
        writes_copies=is_shipped_config,
        plugins_folder=Path("plugins"),
        interval=2.0,
        buses=tuple(BusFacts(BusName(name), BackendKind(kind)) for name in ("i2c-1", "i2c-3", "gpio", "system")),
        started_ns=started_ns,
        leds=leds,
        leds_bus=BusName(leds_bus) if leds_bus else None,
        relays=relays,
    )


def plugin_facts(name: str, *permissions: str, interval: float = 2.0) -> PluginFacts:
    return PluginFacts(name, Path(f"plugins/{name}.py"), interval, tuple(map(parse_permission, permissions)), 64, 5.0)


def _set(event: threading.Event) -> threading.Event:
    event.set()
    return event


@dataclass
class ScriptedSession:
    """Records the requests of a front end."""

    facts: HostFacts = field(default_factory=host_facts)
    known: list[PluginFacts] = field(default_factory=list)
    stream: EventStream = field(default_factory=lambda: EventStream(RealClock()))
    backlog: Backlog = field(default_factory=Backlog)
    """What a test offered it."""
    orders: list[tuple[str, Order]] = field(default_factory=list)
    grants: list[tuple[str, tuple[Permission, ...]]] = field(default_factory=list)
    fetched: list[str] = field(default_factory=list)
    recorded: list[str] = field(default_factory=list)
    wishes: list[DriverWish] = field(default_factory=list)
    scans: list[tuple[int, ScanMode]] = field(default_factory=list)
    identified: list[tuple[int, int]] = field(default_factory=list)
    sources: dict[tuple[str, str], str] = field(default_factory=dict)
    """The source of a plugin's file, by its name and "", or of a library's file, by the plugin's name and the file."""
    recordings: dict[tuple[str, int], bytes] = field(default_factory=dict)
    """The recordings, by the plugin's name and the time of the crash, which is 0 for its newest instance."""
    replaced: list[str] = field(default_factory=list)
    """The plugins whose `sources` were replaced."""
    faults: list[tuple[Fault, ...]] = field(default_factory=list)
    holds: list[tuple[str, float | None]] = field(default_factory=list)
    acknowledged: list[str] = field(default_factory=list)
    settings: list[SettingsWish] = field(default_factory=list)
    actuations: list[Actuation] = field(default_factory=list)
    queries: list[HistoryQuery] = field(default_factory=list)
    stored: HistoryReport = NO_HISTORY
    """The answer to every query of the history, unless there is a past."""
    past: dict[tuple[str, ...], tuple[HistoryPoint, ...]] = field(default_factory=dict)
    """The history: the points of each reading, by the plugin's name and the keys."""
    marks: tuple[HistoryMark, ...] = ()
    """The marks of that history."""
    resolution_ns: int = 0
    """The time that a point of that history stands for."""
    reading: threading.Event = field(default_factory=lambda: _set(threading.Event()))
    """The history answers while this is set."""
    refusal: str = ""
    """The error of every request, if any."""

    def subscribe(self, *kinds: type, capacity: int = 10_000) -> Subscription:
        return self.stream.subscribe(*kinds, capacity=capacity)

    def earlier(self, after: int = 0, /) -> Earlier:
        return self.backlog.since(after)

    def plugins(self) -> tuple[PluginFacts, ...]:
        return tuple(self.known)

    def order(self, plugin: str, order: Order) -> None:
        self._refuse()
        self.orders.append((plugin, order))

    def grant(self, plugin: str, permissions: tuple[Permission, ...]) -> None:
        self._refuse()
        self.grants.append((plugin, permissions))

    def fetch(self, plugin: str) -> None:
        self._refuse()
        self.fetched.append(plugin)

    def keep_recording(self, plugin: str) -> KeptRecording:
        self._refuse()
        self.recorded.append(plugin)
        return KeptRecording(Path(f"/state/{plugin}.recording"), 1)

    def add_driver(self, wish: DriverWish) -> str:
        self._refuse()
        self.wishes.append(wish)
        return wish.name or wish.chip or "driver"

    def source(self, plugin: str, file: str, line: int, around: int = 3) -> SourceExcerpt:
        self._refuse()
        if (plugin, file) not in self.sources:
            raise HostError(f"there is no source of {file or plugin}")
        lines = self.sources[plugin, file].splitlines()
        first = max(1, line - around)
        return SourceExcerpt(file or f"{plugin}.py", line, first, tuple(lines[first - 1 : line + around]))

    def driver_file(self, plugin: str) -> DriverFile:
        self._refuse()
        return DriverFile(f"{plugin}.py", self.sources[plugin, ""], self.sources[plugin, ""])

    def replace_driver(self, plugin: str, sha256: str, text: str) -> None:
        self._refuse()
        assert self.sources[plugin, ""] == sha256, "the digest of a text is the text here"
        self.sources[plugin, ""] = text
        self.replaced.append(plugin)

    def recording(self, plugin: str, crash_ns: int = 0) -> bytes:
        self._refuse()
        if (plugin, crash_ns) not in self.recordings:
            raise HostError(f"nothing is recorded of {plugin}")
        return self.recordings[plugin, crash_ns]

    def scan(self, bus: int, mode: ScanMode) -> None:
        self._refuse()
        self.scans.append((bus, mode))

    def identify(self, bus: int, address: int) -> None:
        self._refuse()
        self.identified.append((bus, address))

    def set_faults(self, faults: tuple[Fault, ...]) -> None:
        self._refuse()
        self.faults.append(faults)

    def hold(self, quantity: str, value: float | None) -> None:
        self._refuse()
        self.holds.append((quantity, value))

    def acknowledge(self, alarm: str) -> None:
        self._refuse()
        self.acknowledged.append(alarm)

    def change_settings(self, wish: SettingsWish) -> None:
        self._refuse()
        self.settings.append(wish)

    def actuate(self, actuation: Actuation) -> None:
        self._refuse()
        self.actuations.append(actuation)

    def history(self, query: HistoryQuery) -> HistoryReport:
        self.queries.append(query)
        self.reading.wait()
        if not (self.past or self.marks):
            return self.stored
        points = self.past.get((query.plugin, *query.path), ())
        return HistoryReport(
            tuple(each for each in points if query.since_ns <= each.time_ns < query.until_ns),
            self.resolution_ns,
            is_complete=True,
            marks=tuple(
                each
                for each in self.marks
                if query.since_ns <= each.time_ns < query.until_ns and each.plugin in (query.plugin, "")
            ),
        )

    @property
    def changes(self) -> list[object]:
        """Everything that a front end asked the host to change."""
        probed = [*self.scans, *self.identified]
        requests = (
            self.orders,
            self.grants,
            self.fetched,
            self.wishes,
            self.replaced,
            probed,
            self.faults,
            self.holds,
            self.acknowledged,
            self.settings,
            self.actuations,
        )
        return [each for made in requests for each in made]

    def publish(self, events: Iterable[Event]) -> None:
        for event in events:
            self.stream.publish(event)

    def _refuse(self) -> None:
        if self.refusal:
            raise HostError(self.refusal)
