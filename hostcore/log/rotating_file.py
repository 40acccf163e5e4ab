"""A file of lines that is renamed when it is full. All access goes through descriptors."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from hostcore.files import Folder


class RotatingFile:
    """A file of lines. A full file is renamed to ``NAME.1``, and older ones to ``NAME.2`` and so on. For one thread.

    A line is written completely or not at all, except when the power fails. If the file ends in such a part of a line,
    that line is ended first.

    Args:
        path: the file. Its present content stays. If it is a link, the file that it leads to is used.
        limit: the size in bytes that a file has at most, unless a single line is longer.
        kept: how many renamed files are kept, 0 and up.

    Raises:
        OSError: the file cannot be opened, or is not an ordinary file. It is never waited for.
    """

    def __init__(self, path: Path, limit: int, kept: int) -> None:
        self._path, self._limit, self._kept = path, limit, kept
        self._folder, self._name = Folder.of_file(path)
        try:
            self._open()
        except OSError:
            self._folder.close()
            raise

    def append(self, line: str) -> None:
        """Write a line. Characters that UTF-8 does not have are escaped.

        Raises:
            OSError: the disk is full, or the full file cannot be renamed. Nothing of the line is in the file.
        """
        content = line.encode("utf-8", "backslashreplace") + b"\n"
        if self._size and self._size + len(content) > self._limit:
            self._start_again()
        rest = memoryview(content)
        try:
            while rest:
                rest = rest[os.write(self._handle, rest) :]
        except OSError:
            with suppress(OSError):
                os.ftruncate(self._handle, self._size)
            raise
        self._size += len(content)

    @property
    def is_in_place(self) -> bool:
        """Whether the path still leads to this file: it was not removed or renamed by another program."""
        try:
            return os.path.samestat(self._path.stat(), os.fstat(self._handle))
        except OSError:
            return False

    def close(self) -> None:
        """Close the file. Raises OSError if the system reports a late error of writing."""
        self._folder.close()
        os.close(self._handle)

    def _open(self) -> None:
        self._handle = self._folder.open_file(self._name, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o666)
        self._size = os.fstat(self._handle).st_size
        try:
            if self._size and os.pread(self._handle, 1, self._size - 1) != b"\n":
                self._size += os.write(self._handle, b"\n")
        except OSError:
            os.close(self._handle)
            raise

    def _start_again(self) -> None:
        if not self._kept:
            os.ftruncate(self._handle, 0)
            self._size = 0
            return
        for number in range(self._kept - 1, 0, -1):
            with suppress(FileNotFoundError):
                self._folder.rename(f"{self._name}.{number}", f"{self._name}.{number + 1}")
        self._folder.rename(self._name, f"{self._name}.1")
        full = self._handle
        self._open()
        os.close(full)
