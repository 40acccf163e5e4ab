"""An open folder: entries are read, written and removed by name, and a name cannot lead out of it."""

from __future__ import annotations

import errno
import os
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import BinaryIO

from hostcore.files.content import fill, read_opened, require_ordinary
from hostcore.files.lock import take_lock
from hostcore.files.walk import ENTRY, Walk, require_not_led

STALE_SECONDS = 3600.0
"""The age at which a file that was never finished belongs to a process that is gone."""
LOCK_SECONDS = 5.0
"""Seconds that `Folder.locked` waits. A program that holds the lock for longer hangs, or wants to be a nuisance."""
RETRY_SECONDS = 0.02
"""Seconds between two attempts to lock a folder."""
_UNFINISHED = ".unfinished"


class Folder:
    """An open folder. Its methods take the names of entries, which cannot lead out of it. Made by `Folder.open`.

    Args:
        descriptor: the folder. The object closes it.
        path: its path, for messages.
        led_by: the other users whose links led to it.
    """

    def __init__(self, descriptor: int, path: Path, led_by: frozenset[int] = frozenset()) -> None:
        self.descriptor, self.path = descriptor, path
        self._led_by = led_by

    @staticmethod
    def open(path: Path, *, create: int | None = None) -> Folder:
        """Open a folder.

        A link in the path is followed if it belongs to this user or to root. A link of another user is followed only to
        a folder of that user, as it could be meant to make this user write to a place that its owner may not.

        Args:
            path: the folder.
            create: the mode of the folders that are created if the path does not exist; None to create none.

        Raises:
            OSError: the folder does not exist, cannot be opened or created, or a link in the path is not followed.
        """
        walk = Walk(path)
        with _closing_on_error(walk, path):
            walk.into(path, create)
            return _arrived(walk, path)

    @staticmethod
    def of_file(path: Path) -> tuple[Folder, str]:
        """Open the folder that holds a file, and return it with the file's name there.

        Links are followed as in `open`. The file need not exist.

        Raises:
            OSError: like `open`.
        """
        walk = Walk(path)
        with _closing_on_error(walk, path):
            name = walk.to_entry(path)
            return _arrived(walk, path.parent), name

    def __enter__(self) -> Folder:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the folder."""
        os.close(self.descriptor)

    def stat(self, name: str) -> os.stat_result | None:
        """Return the status of an entry, not of the target of a link. None if there is no such entry."""
        try:
            return os.stat(name, dir_fd=self.descriptor, follow_symlinks=False)
        except FileNotFoundError:
            return None

    def subfolder(self, name: str) -> Folder:
        """Create a folder in this one, and open it. Raises OSError if there is an entry of this name."""
        os.mkdir(name, dir_fd=self.descriptor)
        handle = os.open(name, os.O_PATH | os.O_DIRECTORY | ENTRY, dir_fd=self.descriptor)
        return Folder(handle, self.path / name, self._led_by)

    def open_file(self, name: str, flags: int, mode: int = 0o600) -> int:
        """Open an ordinary file and return its descriptor. Never follows a link, and never waits for a pipe.

        Raises:
            OSError: the file cannot be opened, or is not an ordinary file.
        """
        if (found := self.stat(name)) is not None:
            require_ordinary(found, self.path / name)
        try:
            handle = os.open(name, flags | ENTRY | os.O_NONBLOCK, mode, dir_fd=self.descriptor)
        except OSError as error:
            error.filename = str(self.path / name)
            raise
        try:
            found = os.fstat(handle)
            require_ordinary(found, self.path / name)
            require_not_led(self._led_by, found, self.path / name)
        except OSError:
            os.close(handle)
            raise
        return handle

    def read(self, name: str, limit: int) -> bytes:
        """Return the content of an ordinary file.

        Raises:
            OSError: the file cannot be read, is not an ordinary file, or has more than `limit` bytes.
        """
        return self.snapshot(name, limit)[0]

    def snapshot(self, name: str, limit: int) -> tuple[bytes, os.stat_result]:
        """Return the content of an ordinary file, and the status of the same file. Raises OSError like `read`."""
        handle = self.open_file(name, os.O_RDONLY)
        found = os.fstat(handle)
        return read_opened(handle, self.path / name, limit), found

    def write(
        self,
        name: str,
        content: bytes,
        *,
        mode: int = 0o600,
        like: os.stat_result | None = None,
        is_flushed: bool = True,
    ) -> None:
        """Replace an entry: write a new file beside it, flush that to the disk, rename it.

        Args:
            name: the entry. A link is replaced, not its target.
            content: all of the new content.
            mode: the permission bits of the new file, before the process's mask.
            like: the status whose owner, if this user may give files away, and permission bits the new file gets.
            is_flushed: whether to wait for the disk. If not, a power cut can leave an empty file or half of one.

        Raises:
            OSError: the disk is full, the folder cannot be written, or `name` is not an ordinary file. The entry is
                unchanged, and no part of a file is left.
        """
        with self.staged(name, content, mode=mode, like=like, is_flushed=is_flushed) as replace:
            replace()

    @contextmanager
    def staged(
        self,
        name: str,
        content: bytes,
        *,
        mode: int = 0o600,
        like: os.stat_result | None = None,
        is_flushed: bool = True,
    ) -> Iterator[Callable[[], None]]:
        """Make a context in which the new file is on the disk beside `name`. Without a call it is removed at the end.

        Yields:
            A function that puts the new file in place. The arguments and errors are those of `write`.
        """
        with self._beside(name, mode) as (handle, temporary):
            try:
                fill(handle, content, like, is_flushed=is_flushed)
            finally:
                os.close(handle)
            yield partial(self.rename, temporary, name)

    @contextmanager
    def growing(self, name: str, *, mode: int = 0o600) -> Iterator[BinaryIO]:
        """Make a context with a new, empty file to write to. At the end of the context it replaces the entry.

        If the context ends with an exception, the entry is unchanged, and no part of a file is left. The arguments and
        errors are those of `write`.
        """
        with self._beside(name, mode) as (handle, temporary):
            with os.fdopen(handle, "wb") as file:
                yield file
                file.flush()
                os.fsync(handle)
            self.rename(temporary, name)

    @contextmanager
    def _beside(self, name: str, mode: int) -> Iterator[tuple[int, str]]:
        """Make a context with a new file beside an entry: its descriptor and its name. The name is removed at the end.

        Raises OSError if the entry is not an ordinary file or a link.
        """
        found = self.stat(name)
        if found is not None and not stat.S_ISLNK(found.st_mode):
            require_ordinary(found, self.path / name)
        temporary = f"{_unfinished(name)}.{os.urandom(6).hex()}{_UNFINISHED}"
        try:
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | ENTRY
            yield os.open(temporary, flags, mode, dir_fd=self.descriptor), temporary
        finally:
            self.remove(temporary)

    def rename(self, name: str, new: str) -> None:
        """Rename an entry. An ordinary file or a link of the new name is replaced. Raises OSError."""
        os.rename(name, new, src_dir_fd=self.descriptor, dst_dir_fd=self.descriptor)

    def remove(self, name: str) -> None:
        """Remove an entry that is not a folder, if it is there and can be removed. A link's target stays."""
        with suppress(OSError):
            os.unlink(name, dir_fd=self.descriptor)

    def remove_unfinished(self, name: str = "", age: float = STALE_SECONDS) -> None:
        """Remove the unfinished files of processes that were killed.

        Args:
            name: the entry that they were to replace; "" for any.
            age: their age in seconds, at least.
        """
        before = time.time() - age
        with suppress(OSError):
            for each in self.names():
                if each.startswith(_unfinished(name)) and each.endswith(_UNFINISHED):
                    found = self.stat(each)
                    if found is not None and found.st_mtime <= before:
                        self.remove(each)

    def names(self) -> list[str]:
        """Return the names of all entries. Raises OSError if the folder cannot be read."""
        handle = self._readable()
        try:
            return os.listdir(handle)  # noqa: PTH208 - of a descriptor
        finally:
            os.close(handle)

    @contextmanager
    def locked(self, seconds: float = LOCK_SECONDS) -> Iterator[None]:
        """Make a context that only one process or thread at a time is in. The kernel ends it if the process dies.

        Raises:
            OSError: the folder cannot be read, or the lock was not free within `seconds`.
        """
        handle = self._readable()
        deadline = time.monotonic() + seconds
        try:
            while not take_lock(handle):
                if time.monotonic() >= deadline:
                    what = f"another program has locked the folder for {seconds:g} s"
                    raise OSError(errno.EAGAIN, what, str(self.path))
                time.sleep(RETRY_SECONDS)
            yield
        finally:
            os.close(handle)

    def _readable(self) -> int:
        """Open the folder itself. Its own descriptor can be neither listed nor locked."""
        try:
            return os.open(".", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=self.descriptor)
        except OSError as error:
            error.filename = str(self.path)
            raise


def _arrived(walk: Walk, path: Path) -> Folder:
    require_not_led(walk.led_by, os.fstat(walk.here), path)
    return Folder(walk.here, path, frozenset(walk.led_by))


@contextmanager
def _closing_on_error(walk: Walk, path: Path) -> Iterator[None]:
    """Make a context that closes the walk if it fails. The error names the whole path."""
    try:
        yield
    except BaseException as error:
        os.close(walk.here)
        if isinstance(error, ValueError):
            raise OSError(errno.EINVAL, f"no file can have the name {str(path)!r}", str(path)) from None
        if isinstance(error, OSError):
            error.filename = str(path)
        raise


def _unfinished(name: str) -> str:
    """Return the start of a temporary name, short enough for 255 bytes."""
    return f".{name[:50]}"
