"""Sensors that the contract has the host read: this host knows none, so its own drivers do it, each in a sandbox."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Protocol

from hostcore.errors import PluginCrashedError, PluginReportedError
from hostcore.events import Reading

MOST_SENSORS = 8
"""How many sensors' drivers one plugin keeps running; with one more the least recently read one ends."""


class Driver(Protocol):
    """A driver of this host, running."""

    def read(self) -> Reading:
        """One reading."""

    def close(self) -> None:
        """Free all it holds."""


class Sensors:
    """One plugin instance's sensors. For its own thread.

    A sensor's driver starts with the first read, lives as long as the instance, and is replaced when it crashes. What
    it does counts as the plugin's own doing.

    Args:
        start: starts a driver; takes its name and its settings, the text of a JSON object.
        check: ends the plugin's call when its time is over.
    """

    def __init__(self, start: Callable[[str, str], Driver], check: Callable[[], None]) -> None:
        self._start, self._check = start, check
        self._drivers: OrderedDict[tuple[str, str], Driver] = OrderedDict()

    def read(self, driver: str, settings: Mapping[str, int]) -> Reading:
        """One reading of the sensor that `settings` choose. Blocks for as long as `driver` takes.

        Raises:
            PluginError: the driver reports an error, or crashed.
        """
        key = (driver, json.dumps(settings))
        try:
            return self._running(*key).read()
        except PluginCrashedError as crash:
            self._end(key)
            self._check()
            raise PluginReportedError(crash.plugin, f"the host's driver {driver} crashed: {crash.problem}") from None

    def close(self) -> None:
        """End all drivers."""
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
