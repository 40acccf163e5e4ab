"""Notices about the settings and the plugins folder that are not errors. Each is given once."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path

from hostcore.access.decisions import Conflict, conflicts
from hostcore.alarms.model import AlarmRule, Stale
from hostcore.config.model import Config, PluginSettings
from hostcore.reload.discovery import odd_files
from hostcore.reload.exposure import exposures

FIXED = (
    "host",
    "buses",
    "simulation",
    "compiling",
    "supervisor",
    "log",
    "crashes",
    "state",
    "history",
    "libraries",
    "access",
    "web",
    "mqtt",
    "screen",
    "leds",
    "relays",
)
"""The sections of host.toml that are read only at the start."""


class Notices:
    """Compares the newest settings with those at the start, and warns about the differences. For one thread.

    Args:
        config: the settings at the start.
        warn: takes one line for a person.
        memory_mib: the memory of this computer, MiB.
        odd: returns one line for each file that is left out.
    """

    def __init__(
        self,
        config: Config,
        warn: Callable[[str], None],
        memory_mib: int,
        odd: Callable[[Config], Sequence[str]] = odd_files,
    ) -> None:
        self._started_with = self._seen = config
        self._warn, self._memory_mib, self._odd = warn, memory_mib, odd
        self._conflicts: frozenset[Conflict] = frozenset()
        self._told: frozenset[str] = frozenset()
        self._refused: tuple[object, ...] = ()

    def refuse(self, problem: str) -> None:
        """Warn that the newest settings are not used, once for each version of the file.

        A log in the folder of the settings would make a loop otherwise: the folder changes with each line of the log.

        Args:
            problem: what is wrong, in one line.
        """
        version = (problem, *_version_of(self._started_with.path))
        if version != self._refused:
            self._refused = version
            self._warn(f"the new settings are not used, the old ones stay: {problem}")

    def report(self, config: Config, found: Sequence[PluginSettings]) -> None:
        """Warn about changes that need a new start, plugins that want the same device or too much memory, files that
        are left out, and settings that others can change.

        Args:
            config: the newest settings.
            found: the plugins of these settings.
        """
        self._refused = ()
        self._about_fixed(config)
        self._about_conflicts(found)
        memory = _too_much_memory(found, self._started_with.host.total_memory_mib, self._memory_mib)
        idle = _idle_alarms(config.alarms, found)
        self._tell_once((*self._odd(self._started_with), *self._odd_chips, *exposures(config), *memory, *idle))

    @cached_property
    def _odd_chips(self) -> tuple[str, ...]:
        """One line for each of the person's chip files that cannot be used. A host reads these files only once."""
        folder = self._started_with.chips_folder
        if not os.path.isdir(folder):  # noqa: PTH112 - it does not raise, and most people have no such folder
            return ()
        from hostcore.chips.library import Library  # noqa: PLC0415

        library = Library((folder,))
        library.all()
        return tuple(f"a chip file is left out: {problem}" for problem in library.problems)

    def _about_fixed(self, config: Config) -> None:
        before, self._seen = self._seen, config
        changed = [
            f"[{section}]"
            for section in FIXED
            if getattr(config, section) not in (getattr(before, section), getattr(self._started_with, section))
        ]
        if changed:
            self._warn(f"{config.path}: changes of {', '.join(changed)} take effect at the next start")

    def _about_conflicts(self, found: Sequence[PluginSettings]) -> None:
        present = conflicts(found, self._started_with.access.shared)
        for conflict in present:
            if conflict not in self._conflicts:
                self._warn(str(conflict))
        self._conflicts = frozenset(present)

    def _tell_once(self, present: Sequence[str]) -> None:
        """Warn about each of these that was not present at the last time."""
        for text in present:
            if text not in self._told:
                self._warn(text)
        self._told = frozenset(present)


def _idle_alarms(alarms: Iterable[AlarmRule], found: Iterable[PluginSettings]) -> Iterator[str]:
    """Yield a line for each alarm that cannot be right: no such plugin, or one that reads too seldom for it."""
    intervals = {each.name: each.interval for each in found}
    for alarm in alarms:
        if (interval := intervals.get(alarm.plugin)) is None:
            listed, subject = ", ".join(sorted(intervals)) or "none", alarm.subject
            yield f"the alarm {alarm.name} watches {subject}, but no plugin is called {alarm.plugin}, only: {listed}"
        elif isinstance(alarm.condition, Stale) and alarm.condition.seconds <= interval:
            yield (
                f"the alarm {alarm.name} expects {alarm.subject} every {alarm.condition.seconds:g} s, but "
                f"{alarm.plugin} reads only every {interval:g} s: raise stale, or lower its interval"
            )


def _version_of(path: Path) -> tuple[int, ...]:
    """Return numbers that change whenever the file is written or replaced; none if it is gone."""
    try:
        found = path.stat()
    except OSError:
        return ()
    return found.st_ino, found.st_size, found.st_mtime_ns


def _too_much_memory(found: Sequence[PluginSettings], total_mib: int | None, machine_mib: int) -> Iterator[str]:
    """Yield a line if the plugins may use more memory than all of them together may, or than the computer has."""
    promised_mib = sum(each.limits.memory_mib for each in found)
    told = f"the {len(found)} plugins may use {promised_mib} MiB together (memory_mib of each)"
    if total_mib is not None and promised_mib > total_mib:
        yield f"{told}, but total_memory_mib in [host] is {total_mib}: the last ones will not start"
    if min(promised_mib, total_mib or promised_mib) > machine_mib:
        yield (
            f"{told}, but this computer has {machine_mib} MiB: if they use it, the kernel ends this host or another "
            "program. Lower memory_mib in [limits] of host.toml, or set total_memory_mib in [host]"
        )
