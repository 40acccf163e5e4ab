"""A part of the host that is made when it is first used, so that a start loads and makes only what it needs."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class LatePart(Generic[T]):
    """A part that few hosts use, or none for a while. Thread-safe.

    Args:
        make: makes the part, once. It imports the module of the part itself.

    Attributes:
        made: the part; None as long as nobody has used it. It need not be stopped then.
    """

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self._lock = threading.Lock()
        self.made: T | None = None

    @property
    def part(self) -> T:
        """The part. Blocks while it is being made: some milliseconds."""
        with self._lock:
            if self.made is None:
                self.made = self._make()
            return self.made
