"""The lock of CircuitPython's buses."""

from types import TracebackType
from typing import Self


class Lockable:
    """A bus that one driver uses at a time, as Adafruit-Blinka's `Lockable`."""

    _locked = False

    def try_lock(self) -> bool:
        """Take the lock. Returns False if it is taken already."""
        if self._locked:
            return False
        self._locked = True
        return True

    def unlock(self) -> None:
        """Give the lock back."""
        self._locked = False

    def deinit(self) -> None:
        """Free the bus."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, place: TracebackType | None
    ) -> None:
        self.deinit()
