"""The requests of front ends to a host in this process."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from hostcore import parts
from hostcore.access.requests import AccessRequests
from hostcore.buses.world import World
from hostcore.config.model import Config
from hostcore.events.facts import DriverFile, KeptRecording, PluginFacts, ScanMode, SourceExcerpt
from hostcore.events.stream import EventStream, Subscription
from hostcore.reload.plugin_source import PluginSource
from hostcore.supervisor.supervisor import Supervisor

if TYPE_CHECKING:
    from hostcore.actuation import Actuation
    from hostcore.alarms.watch import AlarmWatch
    from hostcore.authoring.drivers import Drivers
    from hostcore.buses.fault_switch import FaultSwitch
    from hostcore.buses.scans import BusScans
    from hostcore.by_hand import OutputsByHand
    from hostcore.driver_wish import DriverWish
    from hostcore.events.history import HistoryQuery, HistoryReport
    from hostcore.faults.model import Fault
    from hostcore.history.history import History, NoHistory
    from hostcore.late_part import LatePart
    from hostcore.permissions import Permission
    from hostcore.session import Order
    from hostcore.settings_wish import SettingsWish


class LocalSession(ABC):
    """A `hostcore.session.Session` of a host in this process: each request goes to the part that fulfils it.

    Attributes:
        config: the settings with which the host began.
        stream: the host's events.
    """

    config: Config
    stream: EventStream
    _source: PluginSource
    _supervisor: Supervisor
    _requests: AccessRequests
    _drivers: LatePart[Drivers]
    _scans: LatePart[BusScans]
    _faults: LatePart[FaultSwitch]
    _world: World
    _alarms: LatePart[AlarmWatch]
    _by_hand: LatePart[OutputsByHand]
    _history: History | NoHistory

    @abstractmethod
    def refresh(self) -> None:
        """Read host.toml and the plugins' files again and apply the changes."""

    def subscribe(self, *kinds: type, capacity: int = 10_000) -> Subscription:
        """See `Session`."""
        return self.stream.subscribe(*kinds, capacity=capacity)

    def plugins(self) -> tuple[PluginFacts, ...]:
        """See `Session`."""
        return tuple(parts.plugin_facts(spec, interval) for spec, interval in self._supervisor.specs())

    def source(self, plugin: str, file: str, line: int, around: int = 3) -> SourceExcerpt:
        """See `Session`."""
        from hostcore.supervisor.excerpts import excerpt_of  # noqa: PLC0415 - long after the start

        return excerpt_of(self._supervisor.prepared(plugin), file, line, around)

    def driver_file(self, plugin: str) -> DriverFile:
        """See `Session`."""
        from hostcore.reload.driver_files import driver_file  # noqa: PLC0415 - long after the start

        return driver_file(self._supervisor.spec(plugin).path)

    def replace_driver(self, plugin: str, sha256: str, text: str) -> None:
        """See `Session`."""
        from hostcore.reload.driver_files import replace_driver  # noqa: PLC0415 - long after the start

        replace_driver(self.config, self._supervisor.spec(plugin).path, sha256, text)

    def recording(self, plugin: str, crash_ns: int = 0) -> bytes:
        """See `Session`."""
        return self._supervisor.recording(plugin, crash_ns)

    def order(self, plugin: str, order: Order) -> None:
        """See `Session`."""
        self._supervisor.order(plugin, order)

    def grant(self, plugin: str, permissions: tuple[Permission, ...]) -> None:
        """See `Session`."""
        self._source.grant(plugin, permissions)
        self._requests.drop(plugin, permissions)
        self.refresh()

    def fetch(self, plugin: str) -> None:
        """See `Session`."""
        self._drivers.part.fetch(plugin, self._supervisor.spec(plugin).path)

    def keep_recording(self, plugin: str) -> KeptRecording:
        """See `Session`."""
        return self._supervisor.keep_recording(plugin)

    def add_driver(self, wish: DriverWish) -> str:
        """See `Session`."""
        return self._drivers.part.add(wish)

    def scan(self, bus: int, mode: ScanMode) -> None:
        """See `Session`."""
        self._scans.part.start(bus, mode)

    def identify(self, bus: int, address: int) -> None:
        """See `Session`."""
        self._scans.part.start_to_identify(bus, address)

    def set_faults(self, faults: tuple[Fault, ...]) -> None:
        """See `Session`."""
        self._faults.part.set(faults)

    def hold(self, quantity: str, value: float | None) -> None:
        """See `Session`."""
        self._world.hold(quantity, value)

    def acknowledge(self, alarm: str) -> None:
        """See `Session`."""
        self._alarms.part.acknowledge(alarm)

    def change_settings(self, wish: SettingsWish) -> None:
        """See `Session`."""
        self._source.fulfil(wish)
        self.refresh()

    def actuate(self, actuation: Actuation) -> None:
        """See `Session`."""
        self._by_hand.part.actuate(actuation)

    def history(self, query: HistoryQuery) -> HistoryReport:
        """See `Session`."""
        return self._history.report(query)
