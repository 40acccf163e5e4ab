"""The service of a running host: the transfers of commands, those of plugins as they happen, and whole sessions."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from hostcore.access.decisions import Access
from hostcore.backends.i2c import Recovery
from hostcore.buses.call_limit import CallLimit, TimeLimit
from hostcore.buses.shared import Buses
from hostcore.control.attachments import Attachments
from hostcore.control.folder import socket_folder
from hostcore.control.handover import Handover
from hostcore.control.messages import (
    DiagnosisRequest,
    FactsRequest,
    GrantedPermission,
    HealthReport,
    HealthRequest,
    HostReport,
    KeptStateReport,
    KeptStateRequest,
    RecordingRequest,
    Request,
    ScanReport,
    ScanRequest,
    TransferReport,
    TransferRequest,
    UnstickReport,
    UnstickRequest,
    WatchRequest,
    as_operations,
    node_of,
    owners_of,
    refusal,
)
from hostcore.control.server import Answer, ControlServer
from hostcore.control.session_messages import AttachRequest
from hostcore.control.watching import QUEUED, Watch
from hostcore.diagnosis.report import DiagnosisReport
from hostcore.errors import BusTimeoutError, HostError
from hostcore.events import Probed, TransferCompleted
from hostcore.events.facts import BusFacts, ScanMode
from hostcore.events.stream import EventStream
from hostcore.hostcall import Trap
from hostcore.kept_state.state import StateKeeper
from hostcore.permissions import I2cPermission, Permission
from hostcore.place import I2C_FIRST_ADDRESS, I2C_LAST_ADDRESS, LAST_BUS, BusName, Place
from hostcore.plugin.buses import PluginBuses
from hostcore.plugin.gate import Gate
from hostcore.plugin.kit import Kit

NAME = "wasi-host i2c"
"""The name in the events of these transfers. No plugin can have it."""
WAIT_SECONDS = 10.0
"""Seconds that a transfer may take, including the wait for the bus."""

MOST_WATCHES = 4
"""The most commands that watch transfers at a time. The other clients of the server are left for short requests."""

Grants = Callable[[], Sequence[tuple[str, Permission]]]
"""Returns each present permission of the plugins that are not stopped or quarantined, with the plugin's name."""


class ControlService:
    """Answers the requests of commands. Thread-safe.

    Args:
        config: the settings file.
        buses: all buses.
        facts: the facts about each bus.
        grants: returns the permissions of the running plugins.
        scan: scans an I2C bus and publishes the result.
        health: returns the health of the I2C buses.
        diagnosis: returns what the diagnosis knows, with its newest evidence if it is told so.
        states: has what plugins keep across restarts.
        recording: returns the recording of a plugin's present instance, or raises `HostError`.
        stream: takes the events of the transfers, and has those of the plugins.
        attachments: makes the connections of front ends in other processes.
    """

    def __init__(
        self,
        config: Path,
        buses: Buses,
        *,
        facts: Sequence[BusFacts],
        grants: Grants,
        scan: Callable[[int, ScanMode], Sequence[Probed]],
        health: Callable[[], HealthReport],
        diagnosis: Callable[[bool], DiagnosisReport],
        states: StateKeeper,
        recording: Callable[[str], bytes],
        stream: EventStream,
        attachments: Attachments,
    ) -> None:
        self._config, self._buses, self._facts = config, buses, tuple(facts)
        self._grants, self._scan, self._stream = grants, scan, stream
        self._health, self._diagnosis, self._attachments = health, diagnosis, attachments
        self._states, self._recording = states, recording
        self._lock = threading.Lock()
        self._limits: set[CallLimit] = set()
        self._watches: list[Watch] = []
        self._stopped = False

    def stop(self) -> None:
        """End all waits for a bus, and refuse further transfers. Returns at once."""
        with self._lock:
            self._stopped = True
            for limit in self._limits:
                limit.stop()
            for watch in self._watches:
                watch.close()
        self._attachments.stop()

    def answer(self, request: Request) -> Answer:
        """Answer a request. Blocks until it is complete.

        Raises:
            HostError: the request failed.
        """
        found: Answer
        match request:
            case FactsRequest():
                found = self._report()
            case ScanRequest():
                found = ScanReport(tuple(self._scan(request.bus, request.mode)))
            case TransferRequest():
                found = TransferReport(self._transfer(request))
            case HealthRequest():
                found = self._health()
            case DiagnosisRequest():
                found = self._diagnosis(request.with_traces)
            case UnstickRequest():
                found = UnstickReport(self._unstick(request.bus))
            case KeptStateRequest():
                found = self._kept_state(request)
            case RecordingRequest():
                found = Handover(self._recording(request.plugin))
            case WatchRequest():
                found = self._watch(request)
            case AttachRequest():
                found = self._attachments.attach(request)
        return found

    def _report(self) -> HostReport:
        grants = tuple(GrantedPermission(plugin, str(permission)) for plugin, permission in self._grants())
        nodes = tuple(node_of(bus) for bus in self._facts)
        return HostReport(os.getpid(), os.path.realpath(self._config), self._facts, nodes, grants)

    def _kept_state(self, request: KeptStateRequest) -> KeptStateReport:
        text = self._states.text(request.plugin) if request.plugin and not request.clears else None
        if request.plugin and request.clears:
            self._states.clear(request.plugin)
        return KeptStateReport(self._states.kept(), text)

    def _watch(self, request: WatchRequest) -> Watch:
        with self._lock:
            self._require_running()
            self._watches = [each for each in self._watches if not each.is_closed]
            if len(self._watches) >= MOST_WATCHES:
                raise HostError(f"{MOST_WATCHES} commands already watch the running host; end one of them first")
            watch = Watch(request, self._stream.subscribe(TransferCompleted, capacity=QUEUED))
            self._watches.append(watch)
            return watch

    def _transfer(self, request: TransferRequest) -> tuple[bytes, ...]:
        owners = owners_of(self._grants(), request.bus, request.address)
        if owners and not request.force:
            raise refusal(request.bus, request.address, owners, str(self._config))
        with self._limited(request.bus) as limit:
            buses = PluginBuses(Gate(self._buses, NAME, self._kit(request.bus, limit)))
            return buses.i2c_transaction(request.bus, request.address, as_operations(request.operations))

    def _unstick(self, bus: int) -> Recovery:
        place = Place(BusName.i2c(bus))
        device = self._buses.i2c_bus(place)
        with self._limited(bus) as limit, self._buses.held(place, limit):
            return device.unstick()

    @contextmanager
    def _limited(self, bus: int) -> Iterator[CallLimit]:
        """Make a context with the limit of one access to a bus. The wait ends when the host stops.

        Raises:
            BusTimeoutError: the bus was not free in time.
            HostError: the host stops.
        """
        limit = TimeLimit(self._buses.clock, WAIT_SECONDS)
        limit.begin()
        with self._lock:
            self._require_running()
            self._limits.add(limit)
        try:
            yield limit
        except Trap as trap:
            if trap.kind is None:
                raise HostError("the running host is stopping") from None
            raise BusTimeoutError(f"i2c-{bus}: the bus was not free within {WAIT_SECONDS:g} s") from None
        finally:
            with self._lock:
                self._limits.discard(limit)

    def _require_running(self) -> None:
        if self._stopped:
            raise HostError("the running host is stopping")

    def _kit(self, bus: int, limit: CallLimit) -> Kit:
        """Return a person's kit: it may use all addresses of the bus, and has no share to wait for."""
        whole = [I2cPermission(bus, I2C_FIRST_ADDRESS, I2C_LAST_ADDRESS)] if 0 <= bus <= LAST_BUS else []
        return Kit(Access(NAME, whole), None, limit, self._stream.publish)


class Control:
    """The socket of a running host, together with its service.

    Args:
        service: answers the requests.
        warn: takes one line for a person if commands cannot reach this host.
    """

    def __init__(self, service: ControlService, warn: Callable[[str], None]) -> None:
        self._service = service
        folder = socket_folder()
        self._server = ControlServer(folder, service.answer, warn) if folder else None

    def start(self) -> None:
        """Begin to listen. Returns at once."""
        if self._server:
            self._server.start()

    def stop(self) -> bool:
        """Stop within a second. Returns whether all answers have ended."""
        self._service.stop()
        return not self._server or self._server.stop()
