"""A program that measures its own memory: ``python -m tests.bench.resident KIND COUNT DRIVER``.

It runs COUNT plugins of one shipped driver until each has read three times. KIND is ``host`` (the whole host, with one
thread per plugin), ``stock`` (instances with wasmtime-py's own API) or ``plain`` (plain CPython). With ``shipped``, it
runs the host with all shipped plugins instead. It prints ``PRIVATE DIRTY PEAK``, in bytes.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from hostcore.clock import RealClock, VirtualClock
from hostcore.config.loading import load_config
from hostcore.config.model import Config, PluginSettings
from tests.bench.plain import (
    plain,
    shipped_config,
    shipped_drivers,
    shipped_plugins,
    simulated_pi,
    simulated_settings,
)
from tests.bench.process import dirty_bytes, peak_bytes, private_bytes

READINGS = 3
SETTINGS = """
[host]
plugins_folder = "none"
interval = 0.3
"""
BUS = """
[buses.i2c-{bus}]
backend = "simulated"
"""
PLUGIN = """
[plugins.{driver}{number}]
path = {path}
permissions = ["i2c:{bus}:{address:#x}"]
settings = {{ bus = {bus}, address = {address} }}

[[simulation.chips]]
chip = "{driver}"
bus = {bus}
address = {address:#x}
"""
ADDRESSES = {"bme680": (0x76, 0x77), "bh1750": (0x23, 0x5C)}
"""Addresses of the driver's chip. Every plugin has its own chip, two on each bus."""


def main() -> None:
    """Run the command line's KIND."""
    kind, count, name = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    driver = shipped_plugins(shipped_config())[name]
    kinds = {"host": _host, "stock": _stock, "plain": _plain, "shipped": _shipped}
    kinds[kind](driver, count)


def _host(driver: PluginSettings, count: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "host.toml"
        file.write_text(SETTINGS + plugins_on_buses(driver, count))
        _run(load_config(file), count)


def plugins_on_buses(driver: PluginSettings, count: int) -> str:
    """Settings of as many plugins of one driver, and of their chips: two on each simulated bus."""
    buses = [BUS.format(bus=bus) for bus in range((count + 1) // 2)]
    return "".join([*buses, *(_plugin(driver, number) for number in range(count))])


def _plugin(driver: PluginSettings, number: int) -> str:
    bus, which = divmod(number, 2)
    address, path = ADDRESSES[driver.name][which], json.dumps(str(driver.path))
    return PLUGIN.format(driver=driver.name, number=number, path=path, bus=bus, address=address)


def _shipped(_driver: PluginSettings, _count: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        config = load_config(simulated_settings(Path(folder)))
        _run(config, len(shipped_drivers(config)))


def _run(config: Config, count: int) -> None:
    """Run the host for some rounds. `count` drivers must have read in them."""
    from hostcore.events import RoundCompleted
    from hostcore.host import Host

    host = Host(config)
    rounds = host.stream.subscribe(RoundCompleted)
    host.start()
    finished = 0
    while finished < READINGS:
        for item in rounds.take():
            readings = {name: each for name, each in item.event.readings.items() if name != "timestamp"}
            finished += len(readings) == count and not any("error" in each for each in readings.values())
    _report()
    host.stop()


def _stock(driver: PluginSettings, count: int) -> None:
    from tests.bench.sandboxed import sandbox_on
    from tests.bench.stock import StockPlugin
    from tests.plain_python import Wires

    clock = RealClock()
    wires = Wires(simulated_pi(shipped_config(), clock), default_bus=1)
    functions: dict[str, Callable[..., object]] = {
        "python-wire#i2c-transfer": lambda _store, _line, *arguments: wires.i2c_transfer(*arguments),
        "python-wire#values-describe": lambda *_described: None,
        "settings#read": lambda _store: driver.settings,
    }
    with sandbox_on(clock) as sandbox:
        plugins = [StockPlugin(sandbox, driver.path, functions) for _ in range(count)]
        for plugin in plugins * READINGS:
            plugin.read()
        _report()


def _plain(driver: PluginSettings, count: int) -> None:
    clock = VirtualClock()
    machine = simulated_pi(shipped_config(), clock)
    plugins = [plain(driver, machine, clock) for _ in range(count)]
    for plugin in plugins * READINGS:
        plugin.read()
    _report()


def _report() -> None:
    print(private_bytes(), dirty_bytes(), peak_bytes(), flush=True)


if __name__ == "__main__":
    main()
