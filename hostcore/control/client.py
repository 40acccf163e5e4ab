"""The client: how a command reaches a running host of the same user."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from hostcore.control.folder import (
    address_in,
    is_own,
    opened_folder,
    process_of,
    socket_folder,
    socket_folders,
    sockets_in,
)
from hostcore.control.handover import received
from hostcore.control.message_lines import parse_answer, read_line, request_line
from hostcore.control.messages import FactsRequest, HostReport, R, Request, WatchRequest, node_of
from hostcore.control.watching import Watching
from hostcore.errors import HostError
from hostcore.events.facts import BusFacts
from hostcore.permissions import Permission, parse_permission
from hostcore.quick_dataclass import dataclass

GREETING_SECONDS = 2.0
"""Seconds that a host may take for its first answer. One that takes longer is a `SilentHost`."""


@dataclass(frozen=True, slots=True)
class RunningHost:
    """A running host."""

    report: HostReport
    """The host's report about itself."""
    socket_file: Path

    def grants(self) -> Iterator[tuple[str, Permission]]:
        """Yield each permission of the host's running plugins, with the plugin's name.

        Permissions that this version does not know are left out.
        """
        for each in self.report.grants:
            with suppress(ValueError):
                yield each.plugin, parse_permission(each.permission)

    def has(self, config: Path, facts: BusFacts) -> bool:
        """Return whether the host uses a bus: the same device file, or a simulated bus of the same settings.

        Args:
            config: the settings file of the command.
            facts: the bus as the command sees it.
        """
        for bus, node in zip(self.report.buses, self.report.nodes, strict=False):
            if bus.name == facts.name and bus.backend == facts.backend:
                return node == node_of(facts) if node else self.report.config == os.path.realpath(config)
        return False

    def ask(self, request: Request, kind: type[R], seconds: float) -> R:
        """Send a request and return the answer. Blocks for at most `seconds`.

        Raises:
            HostError: the request failed, or the host does not answer.
        """
        try:
            with self.connected() as connection:
                return _asked(connection, request, kind, seconds)
        except (OSError, ValueError) as error:
            raise HostError(
                f"the running host (PID {self.report.process}) did not answer: {error}; it may have done what the "
                "command asked for"
            ) from None

    def recording(self, plugin: str) -> bytes:
        """Return the recording of a plugin, as a file. Blocks for half a minute at most.

        Raises:
            HostError: there is no such plugin, it is not recorded, or the host does not answer.
        """
        try:
            with self.connected() as connection:
                return received(connection, plugin)
        except (OSError, ValueError) as error:
            raise HostError(f"the running host (PID {self.report.process}) gave no recording: {error}") from None

    def connected(self) -> socket.socket:
        """Return a new connection. Blocks for 2 s at most.

        Raises:
            OSError: the host cannot be reached.
            HostError: its folder cannot be trusted any more.
        """
        with opened_folder(self.socket_file.parent) as handle:
            return _connected(address_in(handle, self.socket_file.name))

    def watch(self, request: WatchRequest) -> Watching:
        """Ask for the transfers of plugins from now on. Blocks for 2 s at most.

        Raises:
            HostError: the host refuses, or does not answer.
        """
        try:
            return Watching(self.connected(), request, GREETING_SECONDS)
        except (OSError, ValueError) as error:
            raise HostError(f"the running host (PID {self.report.process}) did not answer: {error}") from None


@dataclass(frozen=True, slots=True)
class SilentHost:
    """A host that listens, but does not answer properly: it hangs, has too many clients, or is another version."""

    process: int
    """Its PID; 0 if it accepts no connection."""
    problem: str
    """The problem with its answer."""

    @property
    def name(self) -> str:
        """The host in words. Its settings are not known."""
        return f"PID {self.process}" if self.process else "a running host"

    def __str__(self) -> str:
        return f"{self.name} does not answer: {self.problem}"


def find_host(
    config: Path, facts: BusFacts, silent: Callable[[SilentHost], object] = lambda _each: None
) -> RunningHost | None:
    """Return the running host that uses a bus (see `RunningHost.has`). Blocks for 2 s for each silent host.

    Args:
        config: the settings file of the command.
        facts: the bus as the command sees it.
        silent: takes the hosts that do not answer.
    """
    for each in all_running_hosts():
        if isinstance(each, SilentHost):
            silent(each)
        elif each.has(config, facts):
            return each
    return None


def running_host_of(config: Path, silent: Callable[[SilentHost], object] = lambda _each: None) -> RunningHost | None:
    """Return the running host of these settings; None if there is none. Blocks for 2 s for each silent host.

    Args:
        config: the settings file.
        silent: takes the hosts that do not answer.
    """
    real = os.path.realpath(config)
    for host in all_running_hosts():
        if isinstance(host, SilentHost):
            silent(host)
        elif host.report.config == real:
            return host
    return None


def running_hosts(folder: Path | None = None) -> Iterator[RunningHost | SilentHost]:
    """Yield the running hosts of this user that have their sockets in a folder. Blocks for 2 s for each silent host.

    Args:
        folder: the folder; None for the one of `socket_folder`.
    """
    folder = folder or socket_folder()
    if folder is None or not hasattr(socket, "SO_PEERCRED"):
        return
    try:
        with opened_folder(folder) as handle:
            for name in sockets_in(handle):
                if found := _greeted(address_in(handle, name), folder / name):
                    yield found
    except (OSError, HostError):
        return  # the folder does not exist or cannot be trusted: no host is reached through it


def all_running_hosts() -> Iterator[RunningHost | SilentHost]:
    """Yield all running hosts of this user, also those that started without a login. Blocks like `running_hosts`."""
    for folder in socket_folders():
        yield from running_hosts(folder)


def _greeted(address: str, file: Path) -> RunningHost | SilentHost | None:
    """Return the host that listens there; None if there is none, or it belongs to another user."""
    try:
        with _connected(address) as connection:
            try:
                return RunningHost(_asked(connection, FactsRequest(), HostReport, GREETING_SECONDS), file)
            except (OSError, ValueError, HostError) as error:
                return SilentHost(process_of(connection), str(error))
    except (BlockingIOError, TimeoutError):
        return SilentHost(0, "too many commands already wait for it")
    except OSError:
        return None


def _connected(address: str) -> socket.socket:
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.settimeout(GREETING_SECONDS)
        connection.connect(address)
        if not is_own(connection):
            raise OSError("it belongs to another user")
    except OSError:
        connection.close()
        raise
    return connection


def _asked(connection: socket.socket, request: Request, kind: type[R], seconds: float) -> R:
    connection.sendall(request_line(request))
    return parse_answer(read_line(connection, seconds), kind)
