"""The way of a front end to a running host: its requests, and its subscription to events."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from hostcore.actuation import Actuation
from hostcore.events.facts import DriverFile, HostFacts, KeptRecording, PluginFacts, ScanMode, SourceExcerpt
from hostcore.events.stream import Subscription
from hostcore.faults.model import Fault
from hostcore.permissions import Permission

if TYPE_CHECKING:
    from hostcore.driver_wish import DriverWish
    from hostcore.events.backlog import Earlier
    from hostcore.events.history import HistoryQuery, HistoryReport
    from hostcore.settings_wish import SettingsWish


class Order(StrEnum):
    """A person's order to a plugin."""

    START = "start"
    STOP = "stop"
    RESTART = "restart"
    """Discard the instance and load the plugin's file again."""
    RELEASE = "release"
    """Let the plugin out of quarantine."""


class RemoteHost(Protocol):
    """A host in another process, as far as it is no session."""

    @property
    def process(self) -> int:
        """Its PID."""

    @property
    def computer(self) -> str:
        """The computer that it runs on, as ssh takes it; "" for this one."""

    def stop_host(self) -> None:
        """Ask it to end. Blocks for some seconds at most.

        Raises:
            HostError: it does not answer.
        """


class Session(Protocol):
    """A front end's access to a host. All methods are thread-safe.

    None blocks for longer than writing a file takes, except `actuate`.
    """

    @property
    def facts(self) -> HostFacts:
        """The facts about the host. They do not change while it runs."""

    def subscribe(self, *kinds: type, capacity: int = 10_000) -> Subscription:
        """Subscribe to the events from now on. Subscribe before `start` to get all events.

        Args:
            kinds: the types of events; events of all types if there are none.
            capacity: how many events can wait to be taken.
        """

    def earlier(self, after: int = 0, /) -> Earlier:
        """Return the events before now that someone needs who begins late. Subscribe first, so that there is no gap.

        Args:
            after: the number of the last event that is known already; 0 if none is.
        """

    def plugins(self) -> tuple[PluginFacts, ...]:
        """Return the present plugins. A `PluginsChanged` event reports a change."""

    def order(self, plugin: str, order: Order) -> None:
        """Give an order to a plugin.

        Raises:
            HostError: there is no such plugin.
        """

    def grant(self, plugin: str, permissions: tuple[Permission, ...]) -> None:
        """Write permissions into host.toml and apply them to the plugin at once.

        Raises:
            HostError: host.toml cannot be edited, or was changed at the same time; it is unchanged by this call.
        """

    def fetch(self, plugin: str) -> None:
        """Fetch the libraries that a plugin's metadata names (PEP 723), with pip, from the network.

        Returns at once. A `FetchEnded` event reports the result. The plugin is loaded again when its lock has changed.

        Raises:
            HostError: there is no such plugin, it is a component, or its libraries are being fetched already.
        """

    def add_driver(self, wish: DriverWish) -> str:
        """Begin to write a new driver, and grant it the address of the wish. Fetches its library with pip before.

        A `DriverAdded` event reports the result. Then the host loads the driver as any new file.

        Args:
            wish: the driver.

        Returns:
            The driver's name.

        Raises:
            HostError: the wish has a name that cannot be used, or another driver is being added. Nothing was written.
        """

    def keep_recording(self, plugin: str) -> KeptRecording:
        """Write the recording of a plugin's newest instance to a new file, on the computer of the host.

        Raises:
            HostError: there is no such plugin, nothing of it is recorded, or the file cannot be written.
        """

    def source(self, plugin: str, file: str, line: int, around: int = 3) -> SourceExcerpt:
        """Return some lines of the code that a plugin runs, round the line of a transfer. Blocks while a file is read.

        Args:
            plugin: the plugin's name.
            file: a file of one of its libraries, as `LibraryLine` names it; "" for the plugin's own file.
            line: the line, from 1.
            around: lines to show before and after it, at most 20.

        Raises:
            HostError: there is no such plugin, source or line, or it is a component.
        """

    def driver_file(self, plugin: str) -> DriverFile:
        """Return the file of a driver in Python, for an editor. Blocks while it is read.

        Raises:
            HostError: there is no such plugin, or it is a component, is too long, or is no UTF-8 text.
        """

    def replace_driver(self, plugin: str, sha256: str, text: str) -> None:
        """Replace the text of a driver's file. The host then loads it, as it does whenever a file is saved.

        Args:
            plugin: the plugin's name.
            sha256: the digest that the file must still have, from `driver_file`.
            text: the new text.

        Raises:
            HostError: as for `driver_file`; or the file has another text, or cannot be written. It is unchanged.
        """

    def recording(self, plugin: str, crash_ns: int = 0) -> bytes:
        """Return a recording as a file, for `hostcore.recording.contents.read_recording`.

        It has the plugin's settings. Blocks for some milliseconds, or while it crosses a network: call it on a thread
        of its own.

        Args:
            plugin: the plugin's name.
            crash_ns: `CrashReport.time_ns` of the crash whose recording is wanted; 0 for the newest instance.

        Raises:
            HostError: there is no such plugin, or nothing is recorded of it, or the crash has no recording any more.
        """

    def scan(self, bus: int, mode: ScanMode) -> None:
        """Probe every address of an I2C bus, between the plugins' transactions.

        Returns at once. A `ScanCompleted` event reports the result.

        Raises:
            HostError: there is no such bus, or another scan is running.
        """

    def identify(self, bus: int, address: int) -> None:
        """Read the registers that identify a chip at an I2C address, between the plugins' transactions.

        Each read first writes the register's number. A chip without registers may take that for data. Returns at once.
        A `ChipIdentified` event reports the result.

        Raises:
            HostError: there is no such bus, or another scan is running.
        """

    def set_faults(self, faults: tuple[Fault, ...]) -> None:
        """Replace all faults on demand. A `FaultsSet` event reports it.

        They end when the host stops, and after ten minutes in any case.

        Raises:
            HostError: a fault is not possible, or host.toml has no such bus. Nothing has changed.
        """

    def hold(self, quantity: str, value: float | None) -> None:
        """Hold a quantity of the simulated environment at a value, until the host stops. Returns at once.

        A `QuantitiesHeld` event reports it. To unplug a simulated chip, set a fault of the kind `UNPLUGGED`.

        Args:
            quantity: its name in `HostFacts.quantities`.
            value: the value, in its unit; None lets the quantity follow its own course again.

        Raises:
            HostError: no bus is simulated, there is no such quantity, or the value is out of range. Nothing changed.
        """

    def acknowledge(self, alarm: str) -> None:
        """Acknowledge an alarm of host.toml: a person has seen it. It stays raised until it is cleared.

        An `AlarmAcknowledged` event reports it, unless the alarm was acknowledged before.

        Raises:
            HostError: there is no such alarm, or it is not raised.
        """

    def change_settings(self, wish: SettingsWish) -> None:
        """Write a calibration or an alarm into host.toml, and apply it at once.

        Raises:
            HostError: host.toml cannot be edited, or was changed at the same time; it is unchanged by this call.
        """

    def actuate(self, actuation: Actuation) -> None:
        """Drive an output for a person. Blocks until it is done, for a second at most if its bus is busy.

        The event of the output reports it, with `by_person`. A plugin may drive the same output afterwards.

        Raises:
            HostError: the settings define no such output, a value is out of range, or the output's bus failed.
        """

    def history(self, query: HistoryQuery) -> HistoryReport:
        """Return the past values of a reading, and what happened at that time. Blocks while a file is read.

        A year of values takes some tens of milliseconds. Call it on a thread of its own, not on that of a screen.
        Problems with the history are in the report, so nothing is raised for them.
        """
