"""The file that is written: new, for its owner alone, bounded, and on the disk soon."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from hostcore.errors import RecordingError
from hostcore.session_file.model import MIB

LEFT_FREE = 64 * MIB
"""Bytes of the disk that are left for others."""


class FullError(Exception):
    """No more may be written. The text says why, for a person."""


class Sink:
    """A new file, which only grows.

    Args:
        path: where it is made. A file that exists is not replaced.
        most_bytes: its largest size.

    Attributes:
        size: its bytes.

    Raises:
        RecordingError: it exists, or cannot be made.
    """

    def __init__(self, path: Path, most_bytes: int) -> None:
        self._most_bytes, self.size = most_bytes, 0
        try:
            self._handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        except FileExistsError:
            raise RecordingError(f"{path} exists already; name another file for the recording") from None
        except (OSError, ValueError) as error:
            raise RecordingError(f"{path} cannot be written: {getattr(error, 'strerror', None) or error}") from None

    def write(self, content: bytes, *, is_end: bool = False) -> None:
        """Append whole frames, and wait until they are on the disk. What is written in part is removed again.

        Args:
            content: the frames.
            is_end: whether they are the last ones, for which there is always room.

        Raises:
            FullError: the file or the disk would be too full, or the disk fails.
        """
        if not is_end and self.size + len(content) > self._most_bytes:
            raise FullError(f"the file has {self._most_bytes // MIB:,} MiB, as many as it may have")
        try:
            free = os.fstatvfs(self._handle)
            if not is_end and free.f_bavail * free.f_frsize - len(content) < LEFT_FREE:
                raise FullError(f"the disk has less than {LEFT_FREE // MIB} MiB left")
            self._append(content)
            os.fdatasync(self._handle)
        except OSError as error:
            with suppress(OSError):
                os.ftruncate(self._handle, self.size)
            raise FullError(f"the disk takes no more: {error.strerror or error}") from None
        self.size += len(content)

    def close(self) -> None:
        """Close the file."""
        with suppress(OSError):
            os.close(self._handle)

    def _append(self, content: bytes) -> None:
        rest = memoryview(content)
        while rest:
            rest = rest[os.write(self._handle, rest) :]
