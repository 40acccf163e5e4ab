"""A command's way to a running host of the same person."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from hostcore.control.folder import address_in, is_own, opened_folder, process_of, socket_folder, sockets_in
from hostcore.control.messages import (
    FactsRequest,
    HostReport,
    R,
    Request,
    node_of,
    parse_answer,
    read_line,
    request_line,
)
from hostcore.errors import HostError
from hostcore.events.facts import BusFacts
from hostcore.permissions import Permission, parse_permission

GREETING_SECONDS = 2.0
"""How long a host may take to say who it is; one that takes longer is a `SilentHost`."""


@dataclass(frozen=True, slots=True)
class RunningHost:
    """A host that runs."""

    report: HostReport
    """What it said of itself."""
    socket_file: Path

    def grants(self) -> Iterator[tuple[str, Permission]]:
        """The plugins that run, with each of their permissions that this version knows."""
        for each in self.report.grants:
            with suppress(ValueError):
                yield each.plugin, parse_permission(each.permission)

    def has(self, config: Path, facts: BusFacts) -> bool:
        """Whether a bus is one of its own: the same device file, or the simulated one of the same settings.

        Args:
            config: the settings file of whoever asks.
            facts: the bus as it is there.
        """
        for bus, node in zip(self.report.buses, self.report.nodes, strict=False):
            if bus.name == facts.name and bus.backend == facts.backend:
                return node == node_of(facts) if node else self.report.config == os.path.realpath(config)
        return False

    def ask(self, request: Request, kind: type[R], seconds: float) -> R:
        """Have it meet a request. Blocks until it did, `seconds` at most.

        Raises:
            HostError: what the host said, or that it does not answer any more.
        """
        try:
            with (
                opened_folder(self.socket_file.parent) as handle,
                _connected(address_in(handle, self.socket_file.name)) as connection,
            ):
                return _asked(connection, request, kind, seconds)
        except (OSError, ValueError) as error:
            raise HostError(
                f"the running host (PID {self.report.process}) did not answer: {error}; what was asked of it may "
                "have been done"
            ) from None


@dataclass(frozen=True, slots=True)
class SilentHost:
    """A host that listens, but does not say who it is: it hangs, is beset by others, or is of another version."""

    process: int
    """Its PID; 0 where it takes no connection any more."""
    problem: str
    """What came instead of an answer."""

    @property
    def name(self) -> str:
        """What it is called where its settings are not known."""
        return f"PID {self.process}" if self.process else "a running host"

    def __str__(self) -> str:
        return f"{self.name} does not answer: {self.problem}"


def find_host(
    config: Path, facts: BusFacts, silent: Callable[[SilentHost], object] = lambda _each: None
) -> RunningHost | None:
    """The running host that has this bus, see `RunningHost.has`. Blocks for two seconds for each that is silent.

    Args:
        config: the command's settings file.
        facts: the bus as the command sees it.
        silent: takes those met on the way that do not answer.
    """
    for each in running_hosts():
        if isinstance(each, SilentHost):
            silent(each)
        elif each.has(config, facts):
            return each
    return None


def running_hosts() -> Iterator[RunningHost | SilentHost]:
    """Every host of this person's that runs. Blocks for two seconds for each that is silent."""
    folder = socket_folder()
    if folder is None or not hasattr(socket, "SO_PEERCRED"):
        return
    try:
        with opened_folder(folder) as handle:
            for name in sockets_in(handle):
                if found := _greeted(address_in(handle, name), folder / name):
                    yield found
    except (OSError, HostError):
        return  # there is no such folder, or it is not to be trusted: then nobody is found in it


def _greeted(address: str, file: Path) -> RunningHost | SilentHost | None:
    """Who listens there; None where nobody does, or somebody else."""
    try:
        with _connected(address) as connection:
            try:
                return RunningHost(_asked(connection, FactsRequest(), HostReport, GREETING_SECONDS), file)
            except (OSError, ValueError, HostError) as error:
                return SilentHost(process_of(connection), str(error))
    except (BlockingIOError, TimeoutError):
        return SilentHost(0, "too many wait for it already")
    except OSError:
        return None


def _connected(address: str) -> socket.socket:
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.settimeout(GREETING_SECONDS)
        connection.connect(address)
        if not is_own(connection):
            raise OSError("it belongs to somebody else")
    except OSError:
        connection.close()
        raise
    return connection


def _asked(connection: socket.socket, request: Request, kind: type[R], seconds: float) -> R:
    connection.sendall(request_line(request))
    return parse_answer(read_line(connection, seconds), kind)
