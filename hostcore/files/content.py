"""The content of an opened file, which has to be an ordinary file."""

from __future__ import annotations

import errno
import os
import stat
from contextlib import suppress
from pathlib import Path, PurePath

ORDINARY = 0o777
"""The bits of a mode that a new file takes over from the one it replaces: not set-user-ID, not set-group-ID."""
_KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a pipe (FIFO)",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a character device",
    stat.S_IFBLK: "a block device",
    stat.S_IFLNK: "a link",
}


def require_ordinary(found: os.stat_result, path: PurePath) -> None:
    """Raise OSError unless the status is that of an ordinary file. Its `strerror` says what was found and allowed."""
    kind = stat.S_IFMT(found.st_mode)
    if kind != stat.S_IFREG:
        code = errno.EISDIR if kind == stat.S_IFDIR else errno.EINVAL
        raise OSError(code, f"it is {_KINDS.get(kind, 'something else')}, allowed is an ordinary file", str(path))


def open_ordinary(path: Path) -> int:
    """Open an ordinary file for reading, and return its descriptor. Never waits for a pipe, and never opens a device.

    Raises:
        OSError: the file cannot be opened, or is not an ordinary file.
    """
    try:
        require_ordinary(path.stat(), path)  # opening some devices starts something, such as a watchdog
    except ValueError:
        raise OSError(errno.EINVAL, f"no file can have the name {str(path)!r}", str(path)) from None
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    try:
        require_ordinary(os.fstat(handle), path)
    except OSError:
        os.close(handle)
        raise
    return handle


def read_opened(handle: int, path: PurePath, limit: int) -> bytes:
    """Read an ordinary file, and close it. A file that is too large is not read at all."""
    with os.fdopen(handle, "rb") as file:
        found = os.fstat(handle)
        require_ordinary(found, path)
        if found.st_size > limit:
            raise OSError(errno.EFBIG, f"it has more than {limit:,} bytes ({found.st_size:,})", str(path))
        content = file.read(limit + 1)
    if len(content) > limit:  # it grew meanwhile, or it is a file of the kernel, which tells no size
        raise OSError(errno.EFBIG, f"it has more than {limit:,} bytes", str(path))
    return content


def fill(handle: int, content: bytes, like: os.stat_result | None, *, is_flushed: bool = True) -> None:
    """Write a new file. Its owner and mode are set last: until then, nobody else can read it."""
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(handle, rest) :]
    if like is not None:
        for user in (like.st_uid, -1):  # only root can give a file to another user; its group can be one of this user's
            with suppress(PermissionError):
                os.fchown(handle, user, like.st_gid)
                break
        os.fchmod(handle, like.st_mode & ORDINARY)
    if is_flushed:
        os.fsync(handle)
