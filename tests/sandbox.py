"""Plugins from source text, in the real sandbox on a simulated Pi."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path
from textwrap import dedent

from hostcore.access.decisions import Access
from hostcore.actuators import Actuators
from hostcore.backends.base import Factory
from hostcore.backends.simulated.factory import SimulatedFactory
from hostcore.buses.call_limit import CallLimit
from hostcore.buses.share import BusShare
from hostcore.buses.shared import Buses
from hostcore.clock import Clock
from hostcore.config.actuators import LedsSettings, RelaySettings
from hostcore.config.model import Config, Limits
from hostcore.devices.catalog import SimulatedChip
from hostcore.devices.environment import Environment
from hostcore.events import Event, Level
from hostcore.kept_state.state import KeptState
from hostcore.log.plugin_log import PluginLog
from hostcore.permissions import SpiPermission, parse_permission
from hostcore.place import BusName
from hostcore.plugin.gate import host_gate
from hostcore.plugin.kit import Kit
from hostcore.recording.model import Header
from hostcore.recording.recorder import Recorder
from hostcore.runtime.loader import Runtime
from hostcore.runtime.plugin import Plugin, PluginSpec
from hostcore.workshop import Workshop

CHIPS = (
    SimulatedChip("bme680", bus=1, address=0x77),
    SimulatedChip("bh1750", bus=1, address=0x23),
    SimulatedChip("ssd1306", bus=1, address=0x3C),
    SimulatedChip("aht20", bus=3, address=0x38),
    SimulatedChip("dht22", line=4),
    SimulatedChip("loopback-spi", bus=0, chip_select=0),
    SimulatedChip("ws2812", bus=0, chip_select=1),
    SimulatedChip("loopback-uart", port="serial0"),
)
BUSES = tuple(map(BusName, ("i2c-1", "i2c-3", "spi-0", "gpio", "uart-serial0", "iio", "system")))
LIMITS = frozenset(field.name for field in fields(Limits))
SETTINGS = Config(
    Path("host.toml"),
    leds=LedsSettings(SpiPermission(0, 1), count=4),
    relays=(RelaySettings("fan", 27, active_low=True), RelaySettings("buzzer", 22)),
)
"""The actuators of the simulated Pi."""


def simulated_pi(clock: Clock) -> SimulatedFactory:
    """A simulated Pi with one chip of each kind. On a virtual clock, it is the same every time."""
    return SimulatedFactory(clock, Environment(clock, seed=7), CHIPS, (1, 3), seed=7)


class Sandbox:
    """A runtime, and a simulated Pi with one chip of each kind.

    Args:
        folder: folder for the plugins' sources.
        cache_folder: folder of compiled components.
        clock: the clock of all parts.
        workshop: builds and compiles.
        machine: replaces the simulated Pi.

    Attributes:
        machine: the simulated Pi.
        actuators: its LEDs and relays, see `SETTINGS`.
        logged: the plugins' log lines, in order.
        events: the plugins' other events.
        warnings: the runtime's warnings about its cache.
    """

    def __init__(
        self,
        folder: Path,
        cache_folder: Path,
        clock: Clock,
        workshop: Workshop | None = None,
        *,
        machine: Factory | None = None,
    ) -> None:
        self.folder, self.clock = folder, clock
        self.machine = machine or simulated_pi(clock)
        self.buses = Buses(dict.fromkeys(BUSES, self.machine), clock)
        self.warnings: list[str] = []
        self.logged: list[tuple[Level, str]] = []
        self.events: list[Event] = []
        self.actuators = Actuators(
            SETTINGS.leds,
            SETTINGS.relays,
            buses=self.buses,
            host=host_gate(self.buses, self.events.append),
            publish=self.events.append,
        )
        self.runtime = Runtime(
            cache_folder,
            clock,
            self.buses,
            workshop or Workshop(),
            self.warnings.append,
            actuators=self.actuators,
        )
        self._plugins: list[Plugin] = []
        self._thread = threading.get_ident()

    def load(self, source: str, *permissions: str, name: str = "probe", **options: object) -> Plugin:
        """Load a plugin with this source. Raises like `Runtime`.

        Args:
            source: Python. Indentation is removed.
            permissions: as in host.toml.
            name: name of the plugin.
            options: options of `load_file`.
        """
        path = self.folder / f"{name}.py"
        path.write_text(dedent(source), encoding="utf-8")
        return self.load_file(path, *permissions, **options)

    def load_file(
        self,
        path: Path,
        *permissions: str,
        log: Callable[[Level, str], None] | None = None,
        limit: CallLimit | None = None,
        state: KeptState | None = None,
        record: Callable[[Header], Recorder] | None = None,
        **options: object,
    ) -> Plugin:
        """Load a plugin from a file. The sandbox closes it, if both were created on the same thread.

        Args:
            path: its .py or .wasm.
            permissions: as in host.toml.
            log: receives its log lines instead of `logged`.
            limit: limits its calls, and can stop it. By default, it gets a limit of its own.
            state: what it keeps; by default, nothing is kept yet.
            record: begins its recording; by default, there is none.
            options: limits by name, and fields of `PluginSpec`.
        """
        limits = replace(Limits(bus_share=1.0), **{key: options.pop(key) for key in LIMITS & options.keys()})
        spec = PluginSpec(path.stem, path, tuple(map(parse_permission, permissions)), limits, **options)
        kit = Kit(
            access=Access(spec.name, spec.permissions),
            share=BusShare(1.0, self.clock.monotonic_ns()),
            limit=limit or self.runtime.limit(spec),
            publish=self.events.append,
            state=state or KeptState(),
            record=record,
        )
        plugin = self.runtime.start(self.runtime.prepare(spec), kit, PluginLog(log or self._log, self.clock))
        if threading.get_ident() == self._thread:
            self._plugins.append(plugin)
        return plugin

    def lines(self, level: Level | None = None) -> list[str]:
        """The plugins' log lines at this level, or at all levels."""
        return [text for logged, text in self.logged if level in {None, logged}]

    def close(self) -> None:
        """Close every plugin and the runtime."""
        for plugin in self._plugins:
            plugin.close()
        self.actuators.stop()
        self.runtime.close()
        self.buses.close()

    def _log(self, level: Level, text: str) -> None:
        self.logged.append((level, text))
