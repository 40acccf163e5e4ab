"""Sensors that demo:plugin components have the host read. The host's own drivers read them, each in a sandbox."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Protocol

from hostcore.errors import PluginCrashedError, PluginReportedError
from hostcore.events import Reading
from hostcore.hostcall import CrashKind, Trap

MOST_SENSORS = 8
"""Most drivers that run for one plugin. To start another, the least recently used one is closed."""


class Driver(Protocol):
    """A running driver of this host."""

    def read(self) -> Reading:
        """Take one reading."""

    def close(self) -> None:
        """Free everything the driver holds."""


class Sensors:
    """The sensors of one plugin instance. Use on the instance's thread only.

    A sensor's driver starts with the first read and lives as long as the instance. After a crash it is replaced. Its
    accesses count as the plugin's own.

    Args:
        start: starts a driver, given its name and its settings (a JSON object as text).
        check: ends the plugin's call when the call's time is over.
    """

    def __init__(self, start: Callable[[str, str], Driver], check: Callable[[], None]) -> None:
        self._start, self._check = start, check
        self._drivers: OrderedDict[tuple[str, str], Driver] = OrderedDict()

    def read(self, driver: str, settings: Mapping[str, int]) -> Reading:
        """Read the sensor that `settings` select. Blocks for as long as `driver` takes.

        Raises:
            PluginError: the driver reported an error, or crashed.
        """
        key = (driver, json.dumps(settings))
        try:
            return self._running(*key).read()
        except PluginCrashedError as crash:
            self._end(key)
            if crash.kind == CrashKind.DEADLINE:  # it has no other time than the plugin's call
                raise Trap(CrashKind.DEADLINE, crash.problem) from None
            self._check()
            raise PluginReportedError(crash.plugin, f"the host's driver {driver} crashed: {crash.problem}") from None

    def close(self) -> None:
        """Close all drivers."""
        for key in tuple(self._drivers):
            self._end(key)

    def _running(self, driver: str, settings: str) -> Driver:
        key = (driver, settings)
        if key not in self._drivers:
            if len(self._drivers) >= MOST_SENSORS:
                self._end(next(iter(self._drivers)))
            self._drivers[key] = self._start(driver, settings)
        self._drivers.move_to_end(key)
        return self._drivers[key]

    def _end(self, key: tuple[str, str]) -> None:
        running = self._drivers.pop(key, None)
        if running is not None:
            running.close()
