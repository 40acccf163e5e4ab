"""Reads files up to a limit, and writes files completely or not at all.

Every write goes through the descriptor of an open folder. Another user who can write to a folder on the way may
exchange a name for a link at any moment. A path would then lead to another file; a descriptor does not.
"""

from __future__ import annotations

from pathlib import Path

from hostcore.files.content import open_ordinary, read_opened, require_ordinary
from hostcore.files.folder import Folder
from hostcore.files.lock import take_lock

__all__ = ["Folder", "make_folder", "open_ordinary", "read_bounded", "require_ordinary", "take_lock", "write_whole"]


def write_whole(path: Path, content: bytes, *, mode: int = 0o600) -> None:
    """Replace the content of `path`, as `Folder.write` does. Blocks until it is on the disk.

    Raises:
        OSError: like `Folder.open` and `Folder.write`; `path` is unchanged.
    """
    with Folder.open(path.parent) as folder:
        folder.write(path.name, content, mode=mode)


def read_bounded(path: Path, limit: int) -> bytes:
    """Return the content of an ordinary file. Never waits for a pipe, and never opens a device.

    Raises:
        OSError: the file cannot be read, is not an ordinary file, or has more than `limit` bytes.
    """
    return read_opened(open_ordinary(path), path, limit)


def make_folder(path: Path, mode: int = 0o700) -> None:
    """Create a folder and its parents, each with `mode`, if they do not exist.

    Raises:
        OSError: like `Folder.open`.
    """
    with Folder.open(path, create=mode):
        pass
