"""A command's way to a running host of the same person."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from hostcore.control.folder import address_in, is_own, opened_folder, socket_folder, sockets_in
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
from hostcore.permissions import Permission, parse_permission
from hostcore.session import BusFacts

GREETING_SECONDS = 2.0
"""How long a host may take to say who it is; one that takes longer is passed over."""


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

    def ask(self, request: Request, kind: type[R], seconds: float) -> R:
        """Have it meet a request. Blocks until it did, `seconds` at most.

        Raises:
            HostError: what the host said, or that it does not answer any more.
        """
        try:
            with opened_folder(self.socket_file.parent) as handle:
                return _asked(address_in(handle, self.socket_file.name), request, kind, seconds)
        except (OSError, ValueError) as error:
            raise HostError(
                f"the running host (PID {self.report.process}) did not answer: {error}; what was asked of it may "
                "have been done"
            ) from None


def find_host(config: Path, facts: BusFacts) -> RunningHost | None:
    """The running host that has this bus: the same device file, or the simulated one of the same settings.

    Args:
        config: the command's settings file.
        facts: the bus as the command sees it.
    """
    return next((each for each in running_hosts() if _has(each.report, config, facts)), None)


def _has(report: HostReport, config: Path, facts: BusFacts) -> bool:
    for bus, node in zip(report.buses, report.nodes, strict=False):
        if bus.name == facts.name and bus.kind == facts.kind:
            return node == node_of(facts) if node else report.config == os.path.realpath(config)
    return False


def running_hosts() -> Iterator[RunningHost]:
    """Every host of this person's that runs and answers."""
    folder = socket_folder()
    if folder is None or not hasattr(socket, "SO_PEERCRED"):
        return
    try:
        with opened_folder(folder) as handle:
            for name in sockets_in(handle):
                if report := _greeted(address_in(handle, name)):
                    yield RunningHost(report, folder / name)
    except (OSError, HostError):
        return  # there is no such folder, or it is not to be trusted: then nobody is found in it


def _greeted(address: str) -> HostReport | None:
    try:
        return _asked(address, FactsRequest(), HostReport, GREETING_SECONDS)
    except (OSError, ValueError, HostError):
        return None


def _asked(address: str, request: Request, kind: type[R], seconds: float) -> R:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(GREETING_SECONDS)
        connection.connect(address)
        if not is_own(connection):
            raise OSError("it belongs to somebody else")
        connection.sendall(request_line(request))
        return parse_answer(read_line(connection, seconds), kind)
