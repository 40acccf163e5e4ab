"""What a running host does for ``wasi-host i2c`` and ``wasi-host scan``: their transfers, among its plugins' own."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from hostcore.access.decisions import Access
from hostcore.backends.base import I2C_FIRST_ADDRESS, I2C_LAST_ADDRESS
from hostcore.buses.call_limit import CallLimit, TimeLimit
from hostcore.buses.shared import Buses
from hostcore.control.folder import socket_folder
from hostcore.control.messages import (
    FactsRequest,
    GrantedPermission,
    HostReport,
    Report,
    Request,
    ScanReport,
    ScanRequest,
    TransferReport,
    TransferRequest,
    as_operations,
    node_of,
    owners_of,
    refusal,
)
from hostcore.control.server import ControlServer
from hostcore.errors import BusTimeoutError, HostError
from hostcore.events import Event, Probed
from hostcore.events.facts import BusFacts, ScanMode
from hostcore.hostcall import Trap
from hostcore.permissions import I2cPermission, Permission
from hostcore.place import LAST_BUS
from hostcore.plugin.buses import PluginBuses
from hostcore.plugin.gate import Gate
from hostcore.plugin.kit import Kit

NAME = "wasi-host i2c"
"""Who made the transfers, in their events; no plugin can be called so."""
WAIT_SECONDS = 10.0
"""How long a transfer may take, with its wait for the bus."""

Grants = Callable[[], Sequence[tuple[str, Permission]]]
"""The plugins that are not stopped or quarantined, with each of their present permissions."""


class ControlService:
    """Meets the requests of commands; for any number of threads.

    Args:
        config: the settings file.
        buses: all of them.
        facts: what backs each.
        grants: who may use what.
        scan: probes all of an I2C bus, and tells the sessions.
        publish: takes the transfers.
    """

    def __init__(
        self,
        config: Path,
        buses: Buses,
        *,
        facts: Sequence[BusFacts],
        grants: Grants,
        scan: Callable[[int, ScanMode], Sequence[Probed]],
        publish: Callable[[Event], None],
    ) -> None:
        self._config, self._buses, self._facts = config, buses, tuple(facts)
        self._grants, self._scan, self._publish = grants, scan, publish
        self._lock = threading.Lock()
        self._limits: set[CallLimit] = set()
        self._stopped = False

    def stop(self) -> None:
        """End what waits for a bus."""
        with self._lock:
            self._stopped = True
            for limit in self._limits:
                limit.stop()

    def answer(self, request: Request) -> Report:
        """Meet a request. Blocks until it is done.

        Raises:
            HostError: it cannot be met.
        """
        match request:
            case FactsRequest():
                return self._report()
            case ScanRequest():
                return ScanReport(tuple(self._scan(request.bus, request.mode)))
            case TransferRequest():
                return TransferReport(self._transfer(request))

    def _report(self) -> HostReport:
        grants = tuple(GrantedPermission(plugin, str(permission)) for plugin, permission in self._grants())
        nodes = tuple(node_of(bus) for bus in self._facts)
        return HostReport(os.getpid(), os.path.realpath(self._config), self._facts, nodes, grants)

    def _transfer(self, request: TransferRequest) -> tuple[bytes, ...]:
        owners = owners_of(self._grants(), request.bus, request.address)
        if owners and not request.force:
            raise refusal(request.bus, request.address, owners, str(self._config))
        limit = TimeLimit(self._buses.clock, WAIT_SECONDS)
        limit.begin()
        with self._lock:
            if self._stopped:
                raise HostError("the running host ends")
            self._limits.add(limit)
        try:
            buses = PluginBuses(Gate(self._buses, NAME, self._kit(request.bus, limit)))
            return buses.i2c_transaction(request.bus, request.address, as_operations(request.operations))
        except Trap as trap:
            if trap.kind is None:
                raise HostError("the running host ends") from None
            raise BusTimeoutError(f"i2c-{request.bus}: others had the bus for {WAIT_SECONDS:g} s") from None
        finally:
            with self._lock:
                self._limits.discard(limit)

    def _kit(self, bus: int, limit: CallLimit) -> Kit:
        """That of a person, who may touch all of a bus and waits for no share of it."""
        whole = [I2cPermission(bus, I2C_FIRST_ADDRESS, I2C_LAST_ADDRESS)] if 0 <= bus <= LAST_BUS else []
        return Kit(Access(NAME, whole), None, limit, self._publish)


class Control:
    """The socket of a running host, and what is behind it.

    Args:
        service: meets what is asked.
        warn: takes one line for a person where nobody can ask.
    """

    def __init__(self, service: ControlService, warn: Callable[[str], None]) -> None:
        self._service = service
        folder = socket_folder()
        self._server = ControlServer(folder, service.answer, warn) if folder else None

    def start(self) -> None:
        """Begin to listen; returns at once."""
        if self._server:
            self._server.start()

    def stop(self) -> bool:
        """End, within a second; returns whether all that was asked ended, too."""
        self._service.stop()
        return not self._server or self._server.stop()
