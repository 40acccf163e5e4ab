"""The composition root: one running host made of its settings."""

from __future__ import annotations

import sys
import time

from hostcore.backends.base import Factory
from hostcore.backends.simulated import SimulatedFactory
from hostcore.clock import Clock, RealClock
from hostcore.config_model import Backend, Config, PluginSettings
from hostcore.devices.environment import Environment
from hostcore.discovery import find_plugins
from hostcore.errors import CacheError, ConfigError
from hostcore.events import Level, LogWritten
from hostcore.hardware import Hardware
from hostcore.plugin_log import log_line
from hostcore.progress import Progress, Workshop, no_progress
from hostcore.rounds import Round, Rounds
from hostcore.runtime.loader import Runtime
from hostcore.runtime.plugin import PluginSpec
from hostcore.stream import EventStream
from hostcore.supervisor.plugin_thread import PluginThread

STOP_SECONDS = 1.0
"""How long a plugin may take to stop."""
SWITCH_INTERVAL = 0.0005
"""Seconds after which a busy Python thread lets another one run (sys.setswitchinterval): a plugin's every host call
would wait for Python's default of 5 ms whenever something else computes."""
HOST = "host"
"""Who speaks in the log where no plugin does."""


class Host:
    """All plugins of one configuration, running.

    Args:
        config: the settings.
        clock: the time for everything.
        progress: watches what takes seconds (building and compiling).

    Raises:
        ConfigError: settings and plugins folder contradict each other.
        CacheError: the folder of compiled components is unsafe.
    """

    def __init__(self, config: Config, clock: Clock | None = None, progress: Progress = no_progress) -> None:
        self.clock = clock or RealClock()
        self.stream = EventStream(self.clock)
        plugins = find_plugins(config)
        self.hardware = Hardware(_sources(config, self.clock), self.clock)
        self._workshop = Workshop(progress)
        if config.host.cache_folder is None:
            raise CacheError("no home folder is known for compiled components; set cache_folder in [host] of host.toml")
        self._runtime = Runtime(config.host.cache_folder, self.clock, self.hardware, self._workshop, self._warn)
        self.rounds = Rounds(config.host.interval, self.clock, self.stream, self._broadcast)
        self.plugins = tuple(
            PluginThread(_spec(each), each.interval, self._runtime, self.rounds, clock=self.clock, stream=self.stream)
            for each in plugins
        )

    def start(self) -> None:
        """Start every plugin; returns at once."""
        sys.setswitchinterval(SWITCH_INTERVAL)
        self.rounds.start()
        for plugin in self.plugins:
            plugin.start()

    def stop(self) -> bool:
        """Stop everything, within about a second.

        Returns:
            Whether all plugins ended; one that sits in a transfer the kernel does not finish cannot be ended.
        """
        self._workshop.stop()
        self.rounds.stop()
        for plugin in self.plugins:
            plugin.stop()
        deadline = time.monotonic() + STOP_SECONDS
        ended = [plugin.join(max(0.0, deadline - time.monotonic())) for plugin in self.plugins]
        if not all(ended):
            return False
        self._runtime.close()
        self.hardware.close()
        return True

    @property
    def failures(self) -> tuple[str, ...]:
        """One line for each plugin whose file cannot be used."""
        return tuple(plugin.failure for plugin in self.plugins if plugin.failure)

    def _broadcast(self, finished: Round) -> None:
        for plugin in self.plugins:
            plugin.show(finished)

    def _warn(self, text: str) -> None:
        self.stream.publish(LogWritten(self.clock.wall_ns(), HOST, Level.WARNING, log_line(text)))


def _spec(settings: PluginSettings) -> PluginSpec:
    return PluginSpec(
        settings.name,
        settings.path,
        settings.permissions,
        settings.limits.memory_mib,
        settings.limits.call_seconds,
        settings.settings,
    )


def _sources(config: Config, clock: Clock) -> dict[str, Factory]:
    """The backend behind each bus of host.toml."""
    for bus in config.buses:
        if bus.backend is Backend.LINUX:
            raise ConfigError(
                'this version drives the simulated Pi only; use "auto" or "simulated"',
                file=str(config.path),
                key=f"buses.{bus.name}.backend",
            )
    simulation = config.simulation
    environment = Environment(clock, simulation.environment, simulation.seed)
    i2c = [int(bus.unit) for bus in config.buses if bus.kind == "i2c"]
    simulated = SimulatedFactory(clock, environment, simulation.chips, i2c, seed=simulation.seed)
    return {bus.name: simulated for bus in config.buses}
