"""The folder where a person's running hosts have their sockets, and who is at the other end of one; Linux only."""

from __future__ import annotations

import os
import socket
import stat
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hostcore.config.values import user_folder
from hostcore.errors import HostError

SUFFIX = ".socket"
_CREDENTIALS = struct.Struct("3i")
"""struct ucred of unix(7): PID, UID, GID."""


def socket_folder() -> Path | None:
    """The folder, whether it exists or not; None where neither a runtime folder nor a home is known.

    Source: XDG Base Directory Specification 0.8, which also has relative paths ignored and the runtime folder owned by
    the person: after ``sudo -E`` it is another one's.
    """
    runtime = Path(os.environ.get("XDG_RUNTIME_DIR", ""))
    if runtime.is_absolute() and _is_own_folder(runtime):
        return runtime / "wasi-host"
    return user_folder("XDG_CACHE_HOME", ".cache", "control")


def _is_own_folder(path: Path) -> bool:
    try:
        found = path.stat()
    except (OSError, ValueError):
        return False  # it is not there, may not be looked at, or is no path at all
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid()


def make_folder(folder: Path) -> None:
    """Make it, and the one above it, for this person alone.

    Raises:
        OSError: it cannot be made.
    """
    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.mkdir(mode=0o700, exist_ok=True)


@contextmanager
def opened_folder(folder: Path) -> Iterator[int]:
    """The descriptor of the folder, once nobody else can have put a socket into it.

    Raises:
        OSError: it is not there.
        HostError: it belongs to somebody else, or others may use it.
    """
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        found = os.fstat(handle)
        if found.st_uid != os.geteuid() or found.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise HostError(
                f"{folder} belongs to user {found.st_uid} with mode {stat.S_IMODE(found.st_mode):04o}; "
                "it has to be yours with mode 0700"
            )
        yield handle
    finally:
        os.close(handle)


def sockets_in(handle: int) -> list[str]:
    """The names of the sockets in the opened folder."""
    with os.scandir(handle) as found:
        return sorted(entry.name for entry in found if entry.name.endswith(SUFFIX))


def address_in(handle: int, name: str) -> str:
    """A socket's address in the opened folder: a path of its own could exceed the 107 bytes of unix(7)."""
    return f"/proc/self/fd/{handle}/{name}"


def is_own(connection: socket.socket) -> bool:
    """Whether the other end belongs to this very person."""
    return _credentials(connection)[1] == os.geteuid()


def process_of(connection: socket.socket) -> int:
    """The PID of whoever began to listen at the other end."""
    return _credentials(connection)[0]


def _credentials(connection: socket.socket) -> tuple[int, int, int]:
    process, user, group = _CREDENTIALS.unpack(
        connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
    )
    return process, user, group
