"""A device file that is opened anew after its device was unplugged and came back."""

from __future__ import annotations

import errno
from collections.abc import Callable
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from hostcore.backends.linux.node import Trouble, described, refusal
from hostcore.errors import BusError, BusFaultError


class Closable(Protocol):
    """What a library makes of an opened device file."""

    def close(self) -> object:
        """Give it back."""


H = TypeVar("H", bound=Closable)


def unplugged(path: Path, error: OSError) -> BusFaultError:
    """The error of whoever wants to use a device file that was there before."""
    return BusFaultError(f"{path} is gone: {described(error)}; plug it in again, it is then found by itself")


class DeviceFile(Generic[H]):
    """A device file, opened at once and again whenever it is needed and closed.

    Args:
        path: the file.
        opener: opens it, or raises OSError.
        missing: what to say where it does not exist.
        gone: the errnos of a file whose device was unplugged.

    Raises:
        UnsupportedError: it cannot be opened.
    """

    def __init__(
        self,
        path: Path,
        opener: Callable[[], H],
        missing: Callable[[], Trouble],
        *,
        gone: tuple[int, ...] = (errno.ENODEV,),
    ) -> None:
        self.path = path
        self._opener, self._missing, self._gone = opener, missing, gone
        self._was_open = False
        self._handle: H | None = None
        self.handle()
        self._was_open = True

    def handle(self) -> H:
        """The opened file.

        Raises:
            BusFaultError: it was unplugged and is not back.
            UnsupportedError: it cannot be opened.
        """
        if self._handle is None:
            try:
                self._handle = self._opener()
            except OSError as error:
                raise self._unopened(error) from error
        return self._handle

    def lost(self, error: OSError) -> BusFaultError | None:
        """The error to raise where a use failed with `error` because the device was unplugged; else None.

        The file is closed then: the kernel keeps its number taken as long as somebody has it open.
        """
        if error.errno not in self._gone and self.path.exists():
            return None
        self.close()
        return self._unplugged(error)

    def close(self) -> None:
        """Give it back; the next use opens it anew."""
        handle, self._handle = self._handle, None
        if handle is not None:
            handle.close()

    def _unopened(self, error: OSError) -> BusError:
        if error.errno not in (errno.ENOENT, errno.ENODEV, errno.ENXIO):
            return refusal(self.path, error).error()
        return self._unplugged(error) if self._was_open else self._missing().error()

    def _unplugged(self, error: OSError) -> BusFaultError:
        return unplugged(self.path, error)
