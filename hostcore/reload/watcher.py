"""Notices changes of files in some folders (watchfiles: inotify, and its kin on other systems)."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from hostcore.config.model import Config
from hostcore.errors import NoThreadError
from hostcore.supervisor.supervisor import Supervisor
from hostcore.threads import HostThread, require_threads

STEP_MS = 100
"""Milliseconds without a further change after which the changes so far are reported. The thread wakes up as often."""
DEBOUNCE_MS = 300
"""Milliseconds after which changes are reported even while more come."""
LOOK_MS = 500
"""Milliseconds between two checks whether the watched folders are still the same."""
RETRY_SECONDS = 1.0
"""Seconds between two checks for a folder that does not exist."""
LATEST_SECONDS = 2.0
"""The longest delay before watching begins, in seconds."""


def watched_folders(config: Config, supervisor: Supervisor) -> frozenset[Path]:
    """Return the folders in which a change can concern the host: those of its settings and of all plugins' files."""
    files = [spec.path for spec, _ in supervisor.specs()]
    return frozenset({config.path.parent, config.host.plugins_folder, *(file.parent for file in files)})


class Watcher:
    """Reports changes directly in some folders, and reports once when it begins to watch.

    Args:
        folders: returns the folders to watch. It is called again after every change.
        changed: called on the watcher's own thread, once for a group of changes.
        failed: takes one line for a person if watching is not possible.
    """

    def __init__(
        self, folders: Callable[[], frozenset[Path]], changed: Callable[[], None], failed: Callable[[str], None]
    ) -> None:
        self._folders, self._changed, self._failed = folders, changed, failed
        self._problem: type[Exception] | None = None
        """The kind of the last problem, which is told once."""
        self._stop, self._begun = threading.Event(), threading.Event()
        self._thread = HostThread(self._run, "watcher")

    def start(self) -> None:
        """Begin to watch when `watch_now` is called, or after `LATEST_SECONDS`. Returns at once."""
        self._thread.start()

    def watch_now(self) -> None:
        """Begin to watch now, because the host's start is complete. Thread-safe; can be called several times."""
        self._begun.set()

    def stop(self) -> None:
        """Stop watching. Blocks until the thread has ended, for at most a second."""
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
                self._problem = None
            except (OSError, RuntimeError, NoThreadError) as error:
                if type(error) is not self._problem:  # its text has figures that change
                    self._problem = type(error)
                    self._failed(f"cannot watch {', '.join(sorted(map(str, present)))} for changes: {error}")
                self._stop.wait(RETRY_SECONDS)

    def _watch(self, present: Mapping[Path, int]) -> None:
        """Watch until the folders change. Raises like `changes_in`, and `NoThreadError`."""
        from hostcore.reload.notify import changes_in  # noqa: PLC0415 - would delay the start

        require_threads("file changes", 2)  # watchfiles starts one, and ends the process if it cannot
        changes = changes_in(list(present), self._stop, debounce_ms=DEBOUNCE_MS, step_ms=STEP_MS, look_ms=LOOK_MS)
        is_first = True  # reported even without a change: earlier ones went unnoticed
        for has_changed in changes:
            if has_changed or is_first:
                self._changed()
            if self._present() != present:
                return
            is_first = False

    def _present(self) -> dict[Path, int]:
        """Return the folders that exist, with their inodes, which show if another folder has replaced one."""
        inodes: dict[Path, int] = {}
        for folder in self._folders():
            with suppress(OSError):
                inodes[folder] = folder.stat().st_ino
        return inodes
