"""The lock of a history: only one host writes to it. It needs no sqlite3."""

from __future__ import annotations

import os
import time
from pathlib import Path

from hostcore.errors import HostError
from hostcore.files import Folder, take_lock

LOOK_SECONDS = 0.05
"""Seconds until the second and last try. A process that only looks (`is_in_use`) has let go of the lock by then."""


def locked(file: Path, *, makes_folder: bool) -> int:
    """Lock a history for this process, on a file beside it. Blocks for `LOOK_SECONDS` at most.

    Args:
        file: the history.
        makes_folder: whether its folder is created.

    Returns:
        A descriptor. The lock ends when it is closed, or the process ends.

    Raises:
        OSError: the folder or the file beside the history cannot be opened, or the file system has no locks.
        HostError: another host has the lock.
    """
    with Folder.open(file.parent, create=0o700 if makes_folder else None) as folder:
        handle = folder.open_file(_lock_name(file), os.O_RDWR | os.O_CREAT)
    try:
        if not take_lock(handle):
            time.sleep(LOOK_SECONDS)
            if not take_lock(handle):
                raise HostError(
                    f"{file} is in use by another host; give each host a file of its own in [history] of host.toml"
                )
    except (HostError, OSError):
        os.close(handle)
        raise
    return handle


def is_in_use(file: Path) -> bool:
    """Return whether a host writes to a history now. Does not block."""
    try:
        with Folder.open(file.parent) as folder:
            handle = folder.open_file(_lock_name(file), os.O_RDONLY)
    except OSError:
        return False
    try:
        return not take_lock(handle, is_shared=True)
    finally:
        os.close(handle)


def _lock_name(file: Path) -> str:
    return f"{file.name}-lock"
