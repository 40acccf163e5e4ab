"""The kept state of one plugin, in memory."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Protocol

from hostcore.quick_dataclass import dataclass

MOST_BYTES = 65_536
"""The most bytes of JSON that one plugin keeps."""


@dataclass(frozen=True, slots=True)
class KeptValue:
    """How much a plugin keeps, for a person."""

    plugin: str
    size_bytes: int
    """Bytes of its JSON."""
    written_ns: int | None
    """When its file was written, in nanoseconds since the Unix epoch; None if there is none yet."""
    is_on_disk: bool = True
    """Whether the file has the newest value. The host writes it once a minute at most."""


class StateKeeper(Protocol):
    """What all plugins keep. All methods block as long as a disk does."""

    def kept(self) -> tuple[KeptValue, ...]:
        """Return how much each plugin keeps, by name."""

    def text(self, plugin: str) -> str | None:
        """Return what a plugin keeps, as JSON; None if it keeps nothing."""

    def clear(self, plugin: str) -> None:
        """Delete what a plugin keeps, so that it begins without it."""


def _nothing() -> None:
    """There is no state from before."""


class KeptState:
    """What one plugin keeps: the text of a JSON value. It lasts as long as this object, unless a store writes it.

    Thread-safe. It checks nothing: `hostcore.plugin.state` does.

    Args:
        read: returns what was kept before. Called at most once, when that is first needed.
        changed: called after each save of a new value. It must not block.
    """

    def __init__(self, read: Callable[[], str | None] = _nothing, changed: Callable[[], None] = _nothing) -> None:
        self._read, self._changed = read, changed
        self._lock = threading.Lock()
        self._is_known = False
        self._text: str | None = None
        self._saves = 0

    def load(self) -> str | None:
        """Return what was saved last; None if nothing was. Blocks as long as the disk does, once."""
        with self._lock:
            if not self._is_known:
                self._text, self._is_known = self._read(), True
            return self._text

    def save(self, text: str) -> None:
        """Keep `text` in place of what was kept. Does not block."""
        with self._lock:
            is_new = text != self._text
            self._text, self._is_known = text, True
            self._saves += is_new
        if is_new:
            self._changed()

    def unwritten(self) -> tuple[str, int]:
        """Return the newest value, and how often it changed since `written`."""
        with self._lock:
            return self._text or "null", self._saves

    def written(self, saves: int) -> None:
        """The value of an earlier `unwritten` is on the disk, which stands for `saves` changes."""
        with self._lock:
            self._saves -= saves

    def copy(self) -> KeptState:
        """Return a state that begins with this value, and goes its own way from the first save on."""
        return KeptState(self.load)
