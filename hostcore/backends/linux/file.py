"""A device file that is opened again after its device was unplugged and plugged in."""

from __future__ import annotations

import errno
from collections.abc import Callable
from pathlib import Path
from typing import Generic, Protocol, TypeVar, runtime_checkable

from hostcore.backends.linux.node import Trouble, described, refusal
from hostcore.errors import BusError, BusFaultError


@runtime_checkable
class Closable(Protocol):
    """A library's object for an open device file."""

    def close(self) -> object:
        """Close the file."""


H = TypeVar("H", bound=Closable)


def unplugged(path: Path, error: OSError) -> BusFaultError:
    """The error for a device file that existed before and is missing now."""
    return BusFaultError(f"{path} is gone: {described(error)}; plug it in again, it is then found by itself")


class DeviceFile(Generic[H]):
    """A device file. It is opened at once, and opened again when it is used after it was closed.

    Args:
        path: the file.
        opener: opens the file, or raises OSError.
        missing: describes the trouble if the file does not exist.
        gone: the errnos that the kernel returns after the device was unplugged.

    Raises:
        UnsupportedError: the file cannot be opened.
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
        """The open file. Opens it if necessary.

        Raises:
            BusFaultError: the device was unplugged and is still missing.
            UnsupportedError: the file cannot be opened.
        """
        if self._handle is None:
            try:
                self._handle = self._opener()
            except OSError as error:
                raise self._unopened(error) from error
        return self._handle

    def lost(self, error: OSError) -> BusFaultError | None:
        """The error to raise if `error` means that the device was unplugged; else None.

        Closes the file of an unplugged device, because the kernel cannot reuse its number while a file is open.
        """
        if error.errno not in self._gone and self.path.exists():
            return None
        self.close()
        return self._unplugged(error)

    def close(self) -> None:
        """Close the file; the next use opens it again."""
        handle, self._handle = self._handle, None
        if handle is not None:
            handle.close()

    def _unopened(self, error: OSError) -> BusError:
        if error.errno not in (errno.ENOENT, errno.ENODEV, errno.ENXIO):
            return refusal(self.path, error).error()
        return self._unplugged(error) if self._was_open else self._missing().error()

    def _unplugged(self, error: OSError) -> BusFaultError:
        return unplugged(self.path, error)
