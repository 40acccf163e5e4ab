"""The baseline: shipped plugins in plain CPython, without a sandbox, on the simulated Pi of host.toml.

As a program, ``python -m tests.bench.plain NAME ...`` reads each of these drivers once, all at the same time, and
prints one line. ``python -m tests.bench.plain --seconds SECONDS`` reads all of them at the interval of host.toml and
updates the display for that long, and prints the share of a core that this took.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from hostcore import shipped
from hostcore.backends.simulated.factory import SimulatedFactory
from hostcore.clock import Clock, RealClock
from hostcore.config.loading import load_config
from hostcore.config.model import Config, PluginSettings
from hostcore.devices.environment import Environment
from hostcore.place import BusKind
from hostcore.reload.discovery import find_plugins
from tests.plain_python import PlainPlugin

DISPLAY = "oled"
"""The shipped display."""


def shipped_config() -> Config:
    """The shipped host.toml."""
    return load_config(shipped.folder() / "host.toml")


def shipped_plugins(config: Config) -> dict[str, PluginSettings]:
    """The shipped plugins, by name."""
    return {plugin.name: plugin for plugin in find_plugins(config)}


def shipped_drivers(config: Config) -> list[PluginSettings]:
    """The shipped drivers."""
    plugins = shipped_plugins(config).values()
    return [plugin for plugin in plugins if "\ndef read()" in plugin.path.read_text(encoding="utf-8")]


def simulated_settings(folder: Path) -> Path:
    """Copy the shipped host.toml to `folder`, with every bus simulated."""
    shipped_file = shipped.folder() / "host.toml"
    text = shipped_file.read_text(encoding="utf-8").replace('backend = "auto"', 'backend = "simulated"')
    plugins = shipped_config().host.plugins_folder
    file = folder / shipped_file.name
    file.write_text(
        text.replace('plugins_folder = "plugins"', f"plugins_folder = {json.dumps(str(plugins))}"), encoding="utf-8"
    )
    return file


def cache_folder() -> Path:
    """The folder where ``wasi-host run`` keeps compiled components."""
    folder = shipped_config().host.cache_folder
    assert folder is not None, "no home folder is known; set XDG_CACHE_HOME"
    return folder


def simulated_pi(config: Config, clock: Clock) -> SimulatedFactory:
    """The simulated Pi that the host would create."""
    simulation = config.simulation
    buses = [bus.name.number for bus in config.buses if bus.name.kind is BusKind.I2C]
    environment = Environment(clock, simulation.environment, simulation.seed)
    return SimulatedFactory(clock, environment, simulation.chips, buses, seed=simulation.seed)


def plain(plugin: PluginSettings, machine: SimulatedFactory, clock: Clock) -> PlainPlugin:
    """A plugin in this Python interpreter."""
    return PlainPlugin(plugin.path, machine, clock, json.loads(plugin.settings))


def main() -> None:
    """Do what the command line says."""
    if sys.argv[1] == "--seconds":
        print(_share_of_a_core(float(sys.argv[2])), flush=True)
    else:
        _read_once(sys.argv[1:])


def _read_once(names: Sequence[str]) -> None:
    config, clock = shipped_config(), RealClock()
    machine, known = simulated_pi(config, clock), shipped_plugins(config)
    plugins = [plain(known[name], machine, clock) for name in names]
    with ThreadPoolExecutor(len(plugins)) as threads:
        print(json.dumps(list(threads.map(PlainPlugin.read, plugins))), flush=True)


def _share_of_a_core(seconds: float) -> float:
    config, clock = shipped_config(), RealClock()
    machine, known = simulated_pi(config, clock), shipped_plugins(config)
    drivers = {driver.name: plain(driver, machine, clock) for driver in shipped_drivers(config)}
    display, interval = plain(known[DISPLAY], machine, clock), config.host.interval
    turns = int(seconds / interval)
    with ThreadPoolExecutor(len(drivers)) as threads:
        began, used = time.monotonic(), time.process_time()
        for turn in range(1, turns + 1):
            display.update(dict(zip(drivers, threads.map(PlainPlugin.read, drivers.values()), strict=True)))
            time.sleep(max(0, began + turn * interval - time.monotonic()))
        return (time.process_time() - used) / (time.monotonic() - began)


if __name__ == "__main__":
    main()
