"""Follows a path name by name, so that no link of another user leads to what that user could not reach."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterable
from contextlib import suppress
from pathlib import PurePath

MOST_LINKS = 40
"""The most links in a path, as in the kernel (path_resolution(7))."""
ENTRY = os.O_NOFOLLOW | os.O_CLOEXEC
"""The flags with which an entry of a folder is opened: a link is not followed, a child process does not inherit it."""


class Walk:
    """Follows a path name by name. Each name is opened from the descriptor of the folder before it.

    Attributes:
        here: the descriptor of the folder that was reached.
        led_by: the other users whose links were followed. Links of this user and of root are trusted.
    """

    def __init__(self, path: PurePath) -> None:
        self.here = os.open("/" if path.is_absolute() else ".", os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
        self.led_by: set[int] = set()
        self._links = 0

    def into(self, path: PurePath, create: int | None = None) -> None:
        """Go into a folder.

        Args:
            path: relative to `here`, or absolute.
            create: the mode of the folders that are created if they do not exist; None to create none.

        Raises:
            OSError: there is no such folder, or a folder cannot be created.
            ValueError: no file can have this name.
        """
        names = [*reversed(path.parts)]
        while names:
            name = names.pop()
            handle = self._opened(name, create)
            if target := self._target(handle, name):
                names.extend(reversed(target.parts))
                continue
            previous, self.here = self.here, handle
            os.close(previous)
            if not stat.S_ISDIR(os.fstat(handle).st_mode):
                raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(path))

    def to_entry(self, path: PurePath) -> str:
        """Go into the folder of a file, which need not exist, and return the file's name there. Raises like `into`."""
        while True:
            self.into(path.parent)
            try:
                handle = self._opened(path.name or "/", None)
            except FileNotFoundError:
                return path.name
            target = self._target(handle, path.name)
            if target is None:
                os.close(handle)
                return path.name
            path = target

    def _opened(self, name: str, create: int | None) -> int:
        flags = os.O_PATH | ENTRY
        try:
            return os.open(name, flags, dir_fd=self.here)
        except FileNotFoundError:
            if create is None:
                raise
            require_not_led(self.led_by, os.fstat(self.here), PurePath(name))
            with suppress(FileExistsError):
                os.mkdir(name, create, dir_fd=self.here)
            return os.open(name, flags, dir_fd=self.here)

    def _target(self, handle: int, name: str) -> PurePath | None:
        """Return the target of a link, and close it. None if it is not a link."""
        found = os.fstat(handle)
        if not stat.S_ISLNK(found.st_mode):
            return None
        try:
            self._links += 1
            if self._links > MOST_LINKS:
                raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), name)
            if found.st_uid not in {0, os.geteuid()}:
                self.led_by.add(found.st_uid)
            return PurePath(os.readlink("", dir_fd=handle))
        finally:
            os.close(handle)


def require_not_led(led_by: Iterable[int], found: os.stat_result, path: PurePath) -> None:
    """Raise OSError if links of other users led to something that does not belong to them."""
    for user in led_by:
        if user != found.st_uid:
            raise OSError(
                errno.EPERM,
                f"belongs to user {found.st_uid}, but a link of user {user} leads there; name it without that link",
                str(path),
            )
