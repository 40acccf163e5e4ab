"""Notices about the settings and the plugins folder that are not errors. Each is given once."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from hostcore.access.decisions import Conflict, conflicts
from hostcore.config.model import Config, PluginSettings
from hostcore.reload.discovery import odd_files
from hostcore.reload.exposure import exposures

FIXED = ("host", "buses", "simulation", "supervisor", "log", "crashes", "access", "web", "leds", "relays")
"""The sections of host.toml that are read only at the start."""


class Notices:
    """Compares the newest settings with those at the start, and warns about the differences. For one thread.

    Args:
        config: the settings at the start.
        warn: takes one line for a person.
    """

    def __init__(self, config: Config, warn: Callable[[str], None]) -> None:
        self._started_with = self._seen = config
        self._warn = warn
        self._conflicts: frozenset[Conflict] = frozenset()
        self._told: frozenset[str] = frozenset()

    def report(self, config: Config, found: Sequence[PluginSettings]) -> None:
        """Warn about changes that need a new start, plugins that want the same device, files that are left out, and
        settings that others can change.

        Args:
            config: the newest settings.
            found: the plugins of these settings.
        """
        self._about_fixed(config)
        self._about_conflicts(found)
        self._tell_once((*odd_files(self._started_with), *exposures(config)))

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
