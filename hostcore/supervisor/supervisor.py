"""All plugins of a host: starts, changes, orders and stops them."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from pathlib import Path

from hostcore.config.model import PluginSettings
from hostcore.errors import HostError, NoThreadError, RecordingError
from hostcore.events import RoundCompleted, State
from hostcore.events.facts import KeptRecording
from hostcore.kept_state.state import KeptValue
from hostcore.libraries import LOCK_SUFFIX
from hostcore.permissions import Permission
from hostcore.quick_dataclass import dataclass
from hostcore.recording.recorder import Recorder
from hostcore.runtime.plugin import PluginSpec
from hostcore.runtime.prepared import Prepared
from hostcore.session import Order
from hostcore.supervisor.plugin_thread import PluginThread
from hostcore.supervisor.shared_parts import SharedParts
from hostcore.supervisor.transitions import TRIGGERS

STOP_SECONDS = 1.0
"""How long the plugins may take to stop."""
PATIENCE_SECONDS = 0.6
"""How long of it a plugin that is to sleep may take for its last call."""
REPLACE_NS = 200_000_000
"""Nanoseconds that a plugin's file may be missing while an editor replaces it."""


@dataclass(frozen=True, slots=True)
class FileMark:
    """Identifies one version of a file without reading it."""

    inode: int
    size: int
    modified_ns: int


def mark_of(path: Path) -> FileMark | None:
    """The file's present mark; None if there is no file, or an empty one, which is about to be written."""
    try:
        found = path.stat()
    except OSError:
        return None
    return FileMark(found.st_ino, found.st_size, found.st_mtime_ns) if found.st_size else None


@dataclass(frozen=True, slots=True)
class Marks:
    """Identifies one version of a plugin: of its file, and of the lock of its libraries."""

    file: FileMark | None
    lock: FileMark | None

    def after(self, before: Marks) -> Marks:
        """These marks, with the earlier one of a file that is just being replaced."""
        return Marks(self.file or before.file, self.lock)


def marks_of(path: Path) -> Marks:
    """The present marks of a plugin's file and of its lock."""
    return Marks(mark_of(path), mark_of(path.with_suffix(LOCK_SUFFIX)))


class Supervisor:
    """Keeps one thread for each plugin. Safe on many threads.

    Args:
        shared: the parts of the host that the plugin threads share.
    """

    def __init__(self, shared: SharedParts) -> None:
        self._shared = shared
        self._lock = threading.Lock()
        self._threads: dict[str, PluginThread] = {}
        self._leaving: dict[str, PluginThread] = {}
        """The last thread of each plugin that is gone."""
        self._marks: dict[str, Marks] = {}
        self._has_begun = False

    def adopt(self, plugins: Iterable[PluginSettings]) -> None:
        """Run exactly these plugins: start new ones, let changed ones take over, stop those that are gone.

        For one thread at a time. Blocks for up to 0.2 s if a plugin's file is missing. A plugin of host.toml whose file
        is missing at the first call is started all the same, and reports that. Later it starts when the file appears.

        Raises:
            NoThreadError: a plugin has no thread. The others run; the next call tries again.
        """
        if not self._has_begun:
            self._shared.states.start()
        wanted = {each.name: each for each in plugins if not self._has_begun or self._has_file(each)}
        self._has_begun = True
        with self._lock:
            for name in self._threads.keys() - wanted.keys():
                self._leaving[name] = self._threads.pop(name)
                self._leaving[name].end()
                if _is_deleted(self._leaving[name].spec.path):
                    self._shared.states.delete(name)
                self._marks.pop(name, None)
            failed = [error for name, each in wanted.items() if (error := self._adopt_one(name, each))]
            in_order = [name for name in wanted if name in self._threads]  # as in host.toml
            self._threads = {name: self._threads[name] for name in in_order}
        if failed:
            raise failed[0]

    def names(self) -> tuple[str, ...]:
        """The names of all plugins."""
        return tuple(thread.spec.name for thread in self._all())

    def specs(self) -> tuple[tuple[PluginSpec, float], ...]:
        """All plugins, and their intervals in seconds."""
        return tuple((thread.spec, thread.interval) for thread in self._all())

    def grants(self) -> tuple[tuple[str, Permission], ...]:
        """The permissions of all plugins that are not stopped or quarantined: the plugin's name, and a permission."""
        idle = (State.STOPPED, State.QUARANTINED)
        return tuple(
            (thread.spec.name, each)
            for thread in self._all()
            if thread.state not in idle
            for each in thread.spec.permissions
        )

    def _has_file(self, settings: PluginSettings) -> bool:
        """Whether the plugin's file exists. An editor that replaces it gets a moment to do so."""
        if settings.name in self._threads and not settings.path.exists():
            self._shared.clock.wait_until(self._shared.clock.monotonic_ns() + REPLACE_NS, threading.Event())
        return settings.path.exists()

    def _adopt_one(self, name: str, settings: PluginSettings) -> NoThreadError | None:
        """Start a plugin or give it its newest settings. Returns why it cannot start."""
        spec, marks = spec_of(settings), marks_of(settings.path)
        thread = self._threads.get(name)
        if thread is None:
            thread = PluginThread(spec, settings.interval, self._shared, after=self._leaving.get(name))
            try:
                thread.start()
            except NoThreadError as error:
                self._shared.rounds.leave(name)
                return error
            self._threads[name], self._marks[name] = thread, marks
            self._leaving.pop(name, None)
            return None
        marks = marks.after(self._marks[name])
        file_changed = marks != self._marks[name]
        self._marks[name] = marks
        thread.respecify(spec, settings.interval, file_changed=file_changed)
        return None

    def order(self, plugin: str, order: Order) -> None:
        """Follow a person's order to a plugin soon.

        Raises:
            HostError: no plugin has this name.
        """
        for trigger in TRIGGERS[order]:
            self._thread_of(plugin).order(trigger)

    def kept(self) -> tuple[KeptValue, ...]:
        """Return how much each plugin keeps across restarts. Blocks as long as the disk does."""
        return self._shared.states.kept()

    def text(self, plugin: str) -> str | None:
        """Return what a plugin keeps. See `StateStore.text`."""
        return self._shared.states.text(plugin)

    def clear(self, plugin: str) -> None:
        """Delete what a plugin keeps, and restart it if it runs, because it has the values in memory, too.

        Raises:
            KeptStateError: it cannot be deleted. The plugin goes on.
        """
        self._shared.states.clear(plugin)
        with self._lock:
            thread = self._threads.get(plugin)
        if thread is not None and thread.state not in {State.STOPPED, State.QUARANTINED}:
            for trigger in TRIGGERS[Order.RESTART]:
                thread.order(trigger)

    def recording(self, plugin: str, crash_ns: int = 0) -> bytes:
        """Return the recording of a plugin's newest instance as a file, or of a crash. Blocks for some milliseconds.

        Args:
            plugin: the plugin's name. The plugin of a crash may be gone.
            crash_ns: when it crashed, `CrashReport.time_ns`; 0 for the newest instance.

        Raises:
            HostError: no plugin has this name, or nothing of it is recorded, or the crash has no recording.
        """
        if crash_ns:
            return self._shared.crashes.recording(plugin, crash_ns)
        return self._recorder_of(plugin).snapshot()

    def keep_recording(self, plugin: str) -> KeptRecording:
        """Write the recording of a plugin's newest instance to a new file. Blocks as long as the disk does.

        Raises:
            HostError: as for `recording`, or the file cannot be written.
        """
        return self._shared.recordings.keep(plugin, self._recorder_of(plugin))

    def _recorder_of(self, plugin: str) -> Recorder:
        recorder = self._thread_of(plugin).recorder
        if recorder is None:
            raise RecordingError(
                f"{plugin}: nothing is recorded: it has not started yet, or [recording] of host.toml turns it off"
            )
        return recorder

    def spec(self, plugin: str) -> PluginSpec:
        """Return what a plugin runs with. Raises HostError if no plugin has this name."""
        return self._thread_of(plugin).spec

    def prepared(self, plugin: str) -> Prepared | None:
        """Return the version of a plugin that runs, if any. Raises HostError if no plugin has this name."""
        return self._thread_of(plugin).prepared

    def _thread_of(self, plugin: str) -> PluginThread:
        with self._lock:
            thread = self._threads.get(plugin)
            names = ", ".join(self._threads) or "none"
        if thread is None:
            raise HostError(f"no plugin is called {plugin!r}; there are: {names}")
        return thread

    def broadcast(self, finished: RoundCompleted) -> None:
        """Show a finished round to every display and page."""
        for thread in self._all():
            thread.show(finished)

    def failures(self) -> tuple[str, ...]:
        """One line for each plugin whose file cannot be used."""
        return tuple(thread.failure for thread in self._all() if thread.failure)

    def stop(self) -> bool:
        """End all plugins, within about a second.

        Returns:
            Whether all ended. A plugin in a transfer that the kernel does not finish cannot be ended.
        """
        deadline = time.monotonic() + STOP_SECONDS
        threads = self._all()
        if self._shared.recordings.may_sleep:
            self._let_sleep(threads)
        for thread in threads:
            thread.end()
        with self._lock:
            threads += tuple(self._leaving.values())
        ended = [thread.join(max(0.0, deadline - time.monotonic())) for thread in threads]
        has_replayed = self._shared.recordings.stop()
        return self._shared.states.stop() and all(ended) and has_replayed

    @staticmethod
    def _let_sleep(threads: tuple[PluginThread, ...]) -> None:
        """Let the calls under way come to their ends, for a while: a plugin sleeps between two calls."""
        for thread in threads:
            thread.end(after_call=True)
        deadline = time.monotonic() + PATIENCE_SECONDS
        for thread in threads:
            thread.join(max(0.0, deadline - time.monotonic()))

    def _all(self) -> tuple[PluginThread, ...]:
        with self._lock:
            return tuple(self._threads.values())


def _is_deleted(file: Path) -> bool:
    """Whether a plugin's file is gone. If its folder is gone as well, it may be on a medium that was taken out."""
    return file.parent.is_dir() and not file.exists()


def spec_of(settings: PluginSettings) -> PluginSpec:
    """The part of a plugin's settings that the runtime needs."""
    return PluginSpec(
        settings.name,
        settings.path,
        permissions=settings.permissions,
        limits=settings.limits,
        settings=settings.settings,
        sha256=settings.sha256,
        compiled_sha256=settings.compiled_sha256,
        adjustments=settings.adjustments,
    )
