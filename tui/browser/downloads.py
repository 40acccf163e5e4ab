"""Files that screens offer to their browsers."""

from __future__ import annotations

import secrets
import threading

from hostcore.quick_dataclass import dataclass

MOST_FILES = 4
"""The most files that wait to be fetched. The oldest is dropped first."""


@dataclass(frozen=True, slots=True)
class Download:
    """A file for a browser."""

    name: str
    """Its name without folders, as a person typed it."""
    content: bytes


class Downloads:
    """Keeps each file until it is fetched once. Can be used by several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._files: dict[str, Download] = {}

    def keep(self, name: str, content: bytes) -> str:
        """Keep a file. Returns its key, which nobody can guess."""
        key = secrets.token_urlsafe(16)
        with self._lock:
            self._files[key] = Download(name, content)
            while len(self._files) > MOST_FILES:
                del self._files[next(iter(self._files))]
        return key

    def take(self, key: str) -> Download | None:
        """Return the file with this key, and forget it. None if there is none."""
        with self._lock:
            return self._files.pop(key, None)
