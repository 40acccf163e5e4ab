"""Notices changes of files in some folders (watchfiles: inotify, and its kin on other systems)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

STEP_MS = 20
"""Milliseconds without a further change after which the changes so far are told."""
DEBOUNCE_MS = 100
"""Milliseconds after which they are told even while more come."""
RETRY_SECONDS = 1.0
"""How often a folder that does not exist is looked for."""


class Watcher:
    """Tells when anything changes directly in one of some folders.

    Args:
        folders: gives the folders to watch; asked again after every change.
        changed: called on the watcher's own thread, once for a group of changes.
        failed: takes one line for a person when watching is not possible.
    """

    def __init__(
        self, folders: Callable[[], frozenset[Path]], changed: Callable[[], None], failed: Callable[[str], None]
    ) -> None:
        self._folders, self._changed, self._failed = folders, changed, failed
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watcher", daemon=True)

    def start(self) -> None:
        """Begin to watch."""
        self._thread.start()

    def stop(self) -> None:
        """End; returns when the thread has ended."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(RETRY_SECONDS)

    def _run(self) -> None:
        from watchfiles import watch  # noqa: PLC0415 - takes 60 ms, which nobody should wait for at the start

        while not self._stop.is_set():
            folders = frozenset(each for each in self._folders() if each.is_dir())
            if not folders:
                self._stop.wait(RETRY_SECONDS)
                self._changed()
                continue
            changes = watch(
                *folders, watch_filter=None, debounce=DEBOUNCE_MS, step=STEP_MS, stop_event=self._stop, recursive=False
            )
            try:
                for _ in changes:
                    self._changed()
                    if frozenset(each for each in self._folders() if each.is_dir()) != folders:
                        break
            except (OSError, RuntimeError) as error:
                self._failed(f"cannot watch {', '.join(map(str, folders))} for changes: {error}")
                self._stop.wait(RETRY_SECONDS)
