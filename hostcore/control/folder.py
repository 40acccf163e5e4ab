"""The folder with the sockets of a user's running hosts, and the owner of a socket's other end. Linux only."""

from __future__ import annotations

import os
import socket
import stat
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hostcore.config.finding import user_folder
from hostcore.errors import HostError

SUFFIX = ".socket"
_CREDENTIALS = struct.Struct("3i")
"""struct ucred of unix(7): PID, UID, GID."""


def socket_folder() -> Path | None:
    """Return the folder, which may not exist; None if neither a runtime folder nor a home folder is known.

    Source: XDG Base Directory Specification 0.8. It also says that relative paths are ignored and that the runtime
    folder belongs to the user. After ``sudo -E`` it belongs to another user.
    """
    return next(socket_folders(), None)


def socket_folders() -> Iterator[Path]:
    """Yield the folders in which hosts of this user may have their sockets: the one of `socket_folder` comes first.

    A service of the computer has no runtime folder, because its user need not be logged in.
    """
    runtime = Path(os.environ.get("XDG_RUNTIME_DIR", ""))
    if runtime.is_absolute() and _is_own_folder(runtime):
        yield runtime / "wasi-host"
    if home := lasting_folder():
        yield home


def lasting_folder() -> Path | None:
    """Return the folder that outlasts every login, which may not exist; None if no home folder is known."""
    return user_folder("XDG_CACHE_HOME", ".cache", "control")


def _is_own_folder(path: Path) -> bool:
    try:
        found = path.stat()
    except (OSError, ValueError):
        return False  # it does not exist, cannot be read, or is not a valid path
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid()


@contextmanager
def opened_folder(folder: Path) -> Iterator[int]:
    """Make a context with a descriptor of the folder. It is checked that no other user can put a socket into it.

    Raises:
        OSError: the folder does not exist.
        HostError: it belongs to another user, or other users have access.
    """
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        found = os.fstat(handle)
        if found.st_uid != os.geteuid() or found.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise HostError(
                f"{folder} belongs to user {found.st_uid} with mode {stat.S_IMODE(found.st_mode):04o}; "
                "it must be yours, with mode 0700"
            )
        yield handle
    finally:
        os.close(handle)


def sockets_in(handle: int) -> list[str]:
    """Return the names of the sockets in the opened folder."""
    with os.scandir(handle) as found:
        return sorted(entry.name for entry in found if entry.name.endswith(SUFFIX))


def address_in(handle: int, name: str) -> str:
    """Return the address of a socket in the opened folder. Its full path could exceed the 107 bytes of unix(7)."""
    return f"/proc/self/fd/{handle}/{name}"


def is_own(connection: socket.socket) -> bool:
    """Return whether the other end belongs to this user."""
    return _credentials(connection)[1] == os.geteuid()


def process_of(connection: socket.socket) -> int:
    """Return the PID of the process that listens at the other end."""
    return _credentials(connection)[0]


def _credentials(connection: socket.socket) -> tuple[int, int, int]:
    process, user, group = _CREDENTIALS.unpack(
        connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
    )
    return process, user, group
