"""The session of a host in another process. It has the same methods and errors as the host's own."""

from __future__ import annotations

import socket
import threading
from collections import Counter
from collections.abc import Callable

from hostcore import __version__
from hostcore.actuation import Actuation
from hostcore.clock import Clock
from hostcore.control import session_messages as messages
from hostcore.control.far_names import FarNames
from hostcore.control.far_values import value_problem
from hostcore.control.recording_pieces import joined
from hostcore.control.session_lines import KINDS, Arrived, UnknownEvent, counted_unknown
from hostcore.control.wire import Wire
from hostcore.driver_wish import DriverWish
from hostcore.errors import HostError
from hostcore.events import HOST, CaughtUp, ConnectionLost, ConnectionRestored, EventsDropped, Level, LogWritten
from hostcore.events.backlog import stream_with_backlog
from hostcore.events.facts import DriverFile, HostFacts, KeptRecording, PluginFacts, ScanMode, SourceExcerpt
from hostcore.events.history import HistoryQuery, HistoryReport
from hostcore.events.stream import Numbered, Subscription
from hostcore.faults.model import Fault
from hostcore.log.safe_text import log_line
from hostcore.permissions import Permission
from hostcore.quick_dataclass import replace
from hostcore.session import Order
from hostcore.settings_wish import SettingsWish
from hostcore.threads import HostThread

QUIET_SECONDS = 0.5
"""Seconds without an event after which the thread looks whether it should end."""
FIRST_DELAY, LONGEST_DELAY = 0.1, 5.0
"""Seconds between two attempts to connect again. Each delay is twice the one before."""
HISTORY_SECONDS = 20.0
"""Seconds that the host may take to read its history."""
STOP_SECONDS = 0.9
"""Seconds for which the end of the thread is awaited."""

Connect = Callable[[], socket.socket]
"""Connects to the host's socket. Blocks for some seconds at most. Raises `HostError`, `OSError` or `ValueError`."""


class RemoteSession:
    """A `hostcore.session.Session` over a connection. It connects again when the connection is lost.

    Subscribe before `start` to get the earlier events, too. `facts` change when the host was started again; a
    `ConnectionRestored` event reports it. Requests block for some seconds at most.

    Args:
        connect: connects to the host, now and whenever the connection was lost.
        clock: the time of the events that are made here.
        unwanted: the kinds of events that nobody here subscribes to. They do not cross.
        computer: the computer of the host, as ssh takes it; "" for this one.

    Attributes:
        computer: as above.
        unknown: how many events of each kind arrived that this program cannot read.

    Raises:
        HostError: the host refuses.
        ValueError: it does not answer properly.
        OSError: it cannot be reached.
    """

    def __init__(self, connect: Connect, clock: Clock, unwanted: tuple[type, ...] = (), *, computer: str = "") -> None:
        self._connect, self._clock, self.computer = connect, clock, computer
        self._without = tuple(name for name, kind in KINDS.items() if kind in unwanted)
        self._names = FarNames()
        self._stream, backlog = stream_with_backlog(clock)
        self.earlier = backlog.since
        self._wire = Wire(connect(), without=self._without)
        self._plugins = self._names.present(self._wire.greeting.plugins)
        self._last, self._has_caught_up = 0, False
        self.unknown, self._stopping = Counter[str](), threading.Event()
        self._thread = HostThread(self._run, "remote session")

    def start(self) -> None:
        """Begin to take events. Returns at once.

        Raises:
            NoThreadError: the thread cannot be started.
        """
        self._thread.start()

    def stop(self) -> bool:
        """Leave the host, which goes on. Blocks for a second at most. Returns whether everything has ended."""
        self._stopping.set()
        self._wire.close()
        self._thread.join(STOP_SECONDS)
        if self._thread.is_alive():
            return False
        self._wire.release()
        return True

    def stop_host(self) -> None:
        """See `hostcore.session.RemoteHost`. Its end is a `ConnectionLost` event."""
        self._ask(messages.HostStop())

    @property
    def process(self) -> int:
        """The PID of the host on the present or last connection."""
        return self._wire.greeting.process

    @property
    def has_caught_up(self) -> bool:
        """Whether all earlier events of this connection have been published here. `CaughtUp` reports it."""
        return self._has_caught_up

    @property
    def facts(self) -> HostFacts:
        """See `Session`. The chip files of another computer cannot be read here."""
        facts = self._wire.greeting.facts
        return replace(facts, chips_folder=None) if self.computer else facts

    def subscribe(self, *kinds: type, capacity: int = 10_000) -> Subscription:
        """See `Session`."""
        return self._stream.subscribe(*kinds, capacity=capacity)

    def plugins(self) -> tuple[PluginFacts, ...]:
        """See `Session`. Does not block: the host sends them when they change."""
        return self._plugins

    def order(self, plugin: str, order: Order) -> None:
        """See `Session`."""
        self._ask(messages.PluginOrder(plugin, order))

    def grant(self, plugin: str, permissions: tuple[Permission, ...]) -> None:
        """See `Session`."""
        self._ask(messages.PluginGrant(plugin, permissions))

    def fetch(self, plugin: str) -> None:
        """See `Session`."""
        self._ask(messages.PluginFetch(plugin))

    def add_driver(self, wish: DriverWish) -> str:
        """See `Session`."""
        return self._wire.ask(wish, messages.DriverNamed).plugin

    def keep_recording(self, plugin: str) -> KeptRecording:
        """See `Session`."""
        return self._wire.ask(messages.RecordingWish(plugin), KeptRecording)

    def source(self, plugin: str, file: str, line: int, around: int = 3) -> SourceExcerpt:
        """See `Session`."""
        return self._wire.ask(messages.SourceQuestion(plugin, file, line, around), SourceExcerpt)

    def driver_file(self, plugin: str) -> DriverFile:
        """See `Session`."""
        return self._wire.ask(messages.DriverQuestion(plugin), DriverFile)

    def replace_driver(self, plugin: str, sha256: str, text: str) -> None:
        """See `Session`."""
        self._ask(messages.DriverReplacement(plugin, sha256, text))

    def recording(self, plugin: str, crash_ns: int = 0) -> bytes:
        """See `Session`. It crosses in pieces, each of which has the time of an answer."""
        return joined(self._wire.ask, messages.RecordingQuestion(plugin, crash_ns))

    def scan(self, bus: int, mode: ScanMode) -> None:
        """See `Session`."""
        self._ask(messages.BusScan(bus, mode))

    def identify(self, bus: int, address: int) -> None:
        """See `Session`."""
        self._ask(messages.ChipQuestion(bus, address))

    def set_faults(self, faults: tuple[Fault, ...]) -> None:
        """See `Session`."""
        self._ask(messages.FaultSetting(faults))

    def hold(self, quantity: str, value: float | None) -> None:
        """See `Session`."""
        self._ask(messages.QuantityHold(quantity, value))

    def acknowledge(self, alarm: str) -> None:
        """See `Session`."""
        self._ask(messages.AlarmAcknowledgement(alarm))

    def change_settings(self, wish: SettingsWish) -> None:
        """See `Session`."""
        self._ask(wish)

    def actuate(self, actuation: Actuation) -> None:
        """See `Session`."""
        self._ask(actuation)

    def history(self, query: HistoryQuery) -> HistoryReport:
        """See `Session`."""
        try:
            return self._wire.ask(query, HistoryReport, HISTORY_SECONDS)
        except HostError as error:
            return HistoryReport.without(str(error))

    def _ask(self, request: messages.SessionRequest) -> None:
        self._wire.ask(request, messages.Done)

    def _run(self) -> None:
        self._tell_version()
        while not self._stopping.is_set():
            problem = self._receive_all()
            self._wire.close()
            if self._stopping.is_set():
                return
            self._stream.publish(ConnectionLost(self._clock.wall_ns(), log_line(problem)))
            if (wire := self._connected_again()) is not None:
                self._change_to(wire)

    def _receive_all(self) -> str:
        """Take in what arrives until the connection ends. Return why it did."""
        try:
            while not self._stopping.is_set():
                if self._last >= self._wire.greeting.last:
                    self._catch_up()
                arrived = self._wire.receive(QUIET_SECONDS)
                if arrived is None:
                    where = f"the network to {self.computer} is lost, or " if self.computer else ""
                    return f"{where}the host has ended, or it has hung up"
                for each in arrived:
                    self._take(each)
        except ValueError as error:
            return f"the host sent no event: {error}"
        return ""

    def _catch_up(self) -> None:
        if not self._has_caught_up:
            self._has_caught_up = True
            self._stream.publish(CaughtUp(self._clock.wall_ns()))

    def _take(self, arrived: Arrived) -> None:
        match arrived:
            case Numbered(sequence, event):
                self._last = sequence
                if problem := self._names.problem(event) or value_problem(event):
                    self._count_unknown(UnknownEvent(sequence, type(event).__name__, problem))
                else:
                    self._stream.publish(event)
            case UnknownEvent():
                self._last = arrived.sequence
                self._count_unknown(arrived)
            case tuple():
                self._plugins = self._names.present(arrived)

    def _connected_again(self) -> Wire | None:
        """Try until there is a connection. Return None if `stop` was called meanwhile."""
        delay, told = FIRST_DELAY, ""
        while not self._stopping.wait(delay):
            delay = min(2 * delay, LONGEST_DELAY)
            try:
                return Wire(self._connect(), self._wire.greeting.run, self._last, self._without)
            except HostError as error:
                if str(error) != told:  # a person may have to do something about it
                    told = str(error)
                    self._stream.publish(ConnectionLost(self._clock.wall_ns(), log_line(told)))
            except (OSError, ValueError):
                continue  # the screen says all the time that there is no connection
        return None

    def _change_to(self, wire: Wire) -> None:
        before, now = self._wire.greeting, wire.greeting
        is_new_host, self._has_caught_up = before.run != now.run, False
        self._last = 0 if is_new_host else self._last  # the numbers of a new host begin again
        self._wire.release()
        self._wire, self._plugins = wire, self._names.present(now.plugins)
        if self._stopping.is_set():
            wire.close()
        self._stream.publish(ConnectionRestored(self._clock.wall_ns(), is_new_host))
        if now.lost:
            self._stream.publish(EventsDropped(self._clock.wall_ns(), now.lost))
        if before.facts.version != now.facts.version:
            self._tell_version()

    def _tell_version(self) -> None:
        if (host := self._wire.greeting.facts.version) != __version__:
            self._log(f"this host is version {host}, and this screen {__version__}; what only one knows is left out")

    def _count_unknown(self, event: UnknownEvent) -> None:
        if text := counted_unknown(self.unknown, event, self._wire.greeting.facts.version):
            self._log(text)

    def _log(self, text: str) -> None:
        self._stream.publish(LogWritten(self._clock.wall_ns(), HOST, Level.WARNING, log_line(text), by_host=True))
