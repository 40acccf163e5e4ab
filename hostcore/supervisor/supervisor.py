"""All plugins of a host: which there are, and what is asked of them while it runs."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from hostcore.config.model import PluginSettings
from hostcore.errors import HostError
from hostcore.events import RoundCompleted, State
from hostcore.permissions import Permission
from hostcore.runtime.plugin import PluginSpec
from hostcore.supervisor.life_cycle import Trigger
from hostcore.supervisor.plugin_thread import PluginThread
from hostcore.supervisor.shared_parts import Services

STOP_SECONDS = 1.0
"""How long a plugin may take to stop."""
REPLACE_NS = 200_000_000
"""How long a plugin's file may be away while somebody replaces it, in nanoseconds."""


@dataclass(frozen=True, slots=True)
class FileMark:
    """Tells one version of a file from the next without reading it."""

    inode: int
    size: int
    modified_ns: int


def mark_of(path: Path) -> FileMark | None:
    """The file's present mark; None while there is no file, or an empty one, which somebody is about to write."""
    try:
        found = path.stat()
    except OSError:
        return None
    return FileMark(found.st_ino, found.st_size, found.st_mtime_ns) if found.st_size else None


class Supervisor:
    """Keeps one thread for each plugin. Safe on many threads.

    Args:
        services: what the plugin threads share.
    """

    def __init__(self, services: Services) -> None:
        self._services = services
        self._lock = threading.Lock()
        self._threads: dict[str, PluginThread] = {}
        self._leaving: dict[str, PluginThread] = {}
        """The last thread of each plugin that is gone."""
        self._marks: dict[str, FileMark | None] = {}
        self._has_begun = False

    def adopt(self, plugins: Iterable[PluginSettings]) -> None:
        """Run exactly these plugins: start new ones, let changed ones take over, stop those that are gone.

        For one thread at a time. Blocks for a moment where a plugin's file is away. A plugin of host.toml whose file is
        missing is told of at the first time; later it is waited for.
        """
        wanted = {each.name: each for each in plugins if not self._has_begun or self._has_file(each)}
        self._has_begun = True
        with self._lock:
            for name in self._threads.keys() - wanted.keys():
                self._leaving[name] = self._threads.pop(name)
                self._leaving[name].end()
                self._marks.pop(name, None)
            for name, settings in wanted.items():
                self._adopt_one(name, settings)
            self._threads = {name: self._threads[name] for name in wanted}  # in the order of host.toml

    def names(self) -> tuple[str, ...]:
        """The plugins that there are."""
        return tuple(thread.spec.name for thread in self._all())

    def specs(self) -> tuple[tuple[PluginSpec, float], ...]:
        """The plugins that there are, and their intervals in seconds."""
        return tuple((thread.spec, thread.interval) for thread in self._all())

    def grants(self) -> tuple[tuple[str, Permission], ...]:
        """What the plugins that are not stopped or quarantined may touch at present: name and permission."""
        idle = (State.STOPPED, State.QUARANTINED)
        return tuple(
            (thread.spec.name, each)
            for thread in self._all()
            if thread.state not in idle
            for each in thread.spec.permissions
        )

    def _has_file(self, settings: PluginSettings) -> bool:
        """Whether the plugin's file is there; an editor that replaces it gets a moment to do so."""
        if settings.name in self._threads and not settings.path.exists():
            self._services.clock.wait_until(self._services.clock.monotonic_ns() + REPLACE_NS, threading.Event())
        return settings.path.exists()

    def _adopt_one(self, name: str, settings: PluginSettings) -> None:
        spec, mark = spec_of(settings), mark_of(settings.path)
        thread = self._threads.get(name)
        if thread is None:
            thread = self._threads[name] = PluginThread(
                spec, settings.interval, self._services, after=self._leaving.pop(name, None)
            )
            self._marks[name] = mark
            thread.start()
            return
        file_changed = mark is not None and mark != self._marks[name]
        self._marks[name] = mark or self._marks[name]
        thread.respecify(spec, settings.interval, file_changed=file_changed)

    def order(self, plugin: str, trigger: Trigger) -> None:
        """Have a plugin started, stopped, released from quarantine or reloaded.

        Raises:
            HostError: there is no such plugin.
        """
        with self._lock:
            thread = self._threads.get(plugin)
            names = ", ".join(self._threads) or "none"
        if thread is None:
            raise HostError(f"no plugin is called {plugin!r}; there are: {names}")
        thread.order(trigger)

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
            Whether all ended; one that sits in a transfer the kernel does not finish cannot be ended.
        """
        threads = self._all()
        for thread in threads:
            thread.end()
        with self._lock:
            threads += tuple(self._leaving.values())
        deadline = time.monotonic() + STOP_SECONDS
        ended = [thread.join(max(0.0, deadline - time.monotonic())) for thread in threads]
        return all(ended)

    def _all(self) -> tuple[PluginThread, ...]:
        with self._lock:
            return tuple(self._threads.values())


def spec_of(settings: PluginSettings) -> PluginSpec:
    """What the runtime needs to know of a plugin's settings."""
    limits = settings.limits
    return PluginSpec(
        settings.name,
        settings.path,
        permissions=settings.permissions,
        memory_mib=limits.memory_mib,
        call_seconds=limits.call_seconds,
        settings=settings.settings,
        reading_bytes=limits.reading_bytes,
        bus_share=limits.bus_share,
        lines_per_second=limits.log_lines_per_second,
        line_length=limits.log_line_length,
        sha256=settings.sha256,
    )
