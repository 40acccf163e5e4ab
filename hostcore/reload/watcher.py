"""Notices changes of files in some folders (watchfiles: inotify, and its kin on other systems)."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

STEP_MS = 20
"""Milliseconds without a further change after which the changes so far are told."""
DEBOUNCE_MS = 100
"""Milliseconds after which they are told even while more come."""
LOOK_MS = 500
"""Milliseconds from one look whether the folders are still those that are watched to the next."""
RETRY_SECONDS = 1.0
"""How often a folder that does not exist is looked for."""
LATEST_SECONDS = 2.0
"""How long the library that watches is not loaded at most."""


class Watcher:
    """Tells when anything changes directly in one of some folders, and once when it begins to watch.

    Args:
        folders: gives the folders to watch; asked again after every change.
        changed: called on the watcher's own thread, once for a group of changes.
        failed: takes one line for a person when watching is not possible.
    """

    def __init__(
        self, folders: Callable[[], frozenset[Path]], changed: Callable[[], None], failed: Callable[[str], None]
    ) -> None:
        self._folders, self._changed, self._failed = folders, changed, failed
        self._stop, self._begun = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="watcher", daemon=True)

    def start(self) -> None:
        """Begin to watch when `watch_now` is called, or after `LATEST_SECONDS`."""
        self._thread.start()

    def watch_now(self) -> None:
        """Nobody waits for the processor any more. For any thread, any number of times."""
        self._begun.set()

    def stop(self) -> None:
        """End; returns when the thread has ended."""
        self._stop.set()
        self._begun.set()
        if self._thread.is_alive():
            self._thread.join(RETRY_SECONDS)

    def _run(self) -> None:
        self._begun.wait(LATEST_SECONDS)
        while not self._stop.is_set():
            present = self._present()
            if not present:
                self._stop.wait(RETRY_SECONDS)
                self._changed()
                continue
            try:
                self._watch(present)
            except (OSError, RuntimeError) as error:
                self._failed(f"cannot watch {', '.join(map(str, present))} for changes: {error}")
                self._stop.wait(RETRY_SECONDS)

    def _watch(self, present: Mapping[Path, int]) -> None:
        """Watch until other folders are to be watched. Raises what the library does."""
        from watchfiles import watch  # noqa: PLC0415 - takes 60 ms, which nobody should wait for at the start

        changes = watch(
            *present,
            watch_filter=None,
            debounce=DEBOUNCE_MS,
            step=STEP_MS,
            stop_event=self._stop,
            rust_timeout=LOOK_MS,
            yield_on_timeout=True,
            recursive=False,
        )
        is_first = True  # what changed before it began to watch is found by looking
        for found in changes:
            if found or is_first:
                self._changed()
            if self._present() != present:
                return
            is_first = False

    def _present(self) -> dict[Path, int]:
        """The folders that there are, each with its inode: another folder may have taken its place."""
        inodes: dict[Path, int] = {}
        for folder in self._folders():
            with suppress(OSError):
                inodes[folder] = folder.stat().st_ino
        return inodes
