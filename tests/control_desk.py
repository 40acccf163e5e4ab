"""A control server that tests speak to, in a folder of its own."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from functools import partial
from pathlib import Path

from hostcore.backends.base import BackendKind
from hostcore.control import folder as control_folder
from hostcore.control.messages import (
    GrantedPermission,
    HostReport,
    Report,
    Request,
)
from hostcore.control.server import ControlServer
from hostcore.events.facts import BusFacts
from hostcore.place import BusName
from tests import waiting

PATIENCE = 10.0
until = partial(waiting.until, seconds=PATIENCE)
SIMULATED = BusFacts(BusName("i2c-1"), BackendKind.SIMULATED)
CONFIG = Path("/somewhere/host.toml")
REPORT = HostReport(os.getpid(), str(CONFIG), (SIMULATED,), ("",), (GrantedPermission("light", "i2c:1:0x23"),))


class Desk:
    """A server, what it warned of, and what clients of every kind do to it."""

    def __init__(self, folder: Path, answer: Callable[[Request], Report] = lambda _request: REPORT) -> None:
        self.folder, self.warnings = folder, list[str]()
        self.server = ControlServer(folder, answer, self.warn)
        self.warned = threading.Event()

    def warn(self, text: str) -> None:
        self.warnings.append(text)
        self.warned.set()

    def start(self) -> Desk:
        self.server.start()
        until(lambda: self.warnings or any(map(listens, self.sockets())))
        return self

    def sockets(self) -> list[Path]:
        return sorted(self.folder.glob("*.socket"))

    def connect(self) -> socket.socket:
        (path,) = self.sockets()
        made = connected(path)
        made.settimeout(PATIENCE)
        return made

    def say(self, *parts: bytes) -> bytes:
        """What it answers to these bytes and the end of all bytes; nothing where it hangs up."""
        with closing(self.connect()) as client, suppress(ConnectionResetError, BrokenPipeError):
            for part in parts:
                client.sendall(part)
            client.shutdown(socket.SHUT_WR)
            return client.makefile("rb").read()
        return b""


def connected(path: Path) -> socket.socket:
    """A client; pytest's folders have longer names than a socket's address may have."""
    made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    with control_folder.opened_folder(path.parent) as handle:
        try:
            made.connect(control_folder.address_in(handle, path.name))
        except OSError:
            made.close()
            raise
    return made


def listens(path: Path) -> bool:
    try:
        connected(path).close()
    except OSError:
        return False
    return True


def abandon(path: Path) -> None:
    """Leave a socket behind on which nobody listens."""
    with control_folder.opened_folder(path.parent) as handle, closing(socket.socket(socket.AF_UNIX)) as left:
        left.bind(control_folder.address_in(handle, path.name))


@contextmanager
def hung(folder: Path) -> Iterator[None]:
    """A socket, the first in the folder, on which somebody listens who never looks."""
    with control_folder.opened_folder(folder) as handle, closing(socket.socket(socket.AF_UNIX)) as made:
        made.bind(control_folder.address_in(handle, "!.socket"))
        made.listen(1)
        yield
