"""Time of one turn of a loaded plugin."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

from hostcore.clock import VirtualClock
from hostcore.config.model import PluginSettings
from hostcore.runtime.plugin import Plugin
from tests.bench.measure import MICRO, Aim, Figure, interleaved, processor_seconds_of
from tests.bench.plain import DISPLAY, plain, shipped_config, shipped_drivers, shipped_plugins, simulated_pi
from tests.bench.sandboxed import load, sandbox_on
from tests.plain_python import PlainPlugin

TITLE = "Processor time of one reading (oled: one frame); on virtual time, simulated chips included"
REPETITIONS = 200
INTERVAL = 2.0
"""Seconds between two turns, as the DHT22 requires."""
READINGS = {
    "timestamp": "2026-01-31T08:00:00.123Z",
    "bme680": {"temperature": 21.57, "humidity": 44.1, "pressure": 1013.2, "gas_resistance": 118402},
    "bh1750": {"illuminance": 260.8},
}
"""The readings that the display shows."""
MOST_TIMES_PLAIN = {"bme680": 2.0, "pi_monitor": 2.5, DISPLAY: 2.0}
"""How many times as long as in plain CPython a turn may take. What `pi_monitor` takes is nearly all the same for every
driver: the call itself."""


def figures() -> Iterator[Figure]:
    """Every shipped driver, the BME680 first, and the display."""
    config, clock = shipped_config(), VirtualClock()
    machine = simulated_pi(config, clock)
    drivers = sorted(shipped_drivers(config), key=lambda driver: driver.name != "bme680")
    with sandbox_on(VirtualClock()) as sandbox:
        for plugin in [*drivers, shipped_plugins(config)[DISPLAY]]:
            ours, theirs = load(sandbox, plugin), plain(plugin, machine, clock)
            took = interleaved(
                REPETITIONS,
                {
                    "sandbox": _turn(_ours(plugin, ours), sandbox.clock),
                    "plain": _turn(_theirs(plugin, theirs), clock),
                },
            )
            most = MOST_TIMES_PLAIN.get(plugin.name)
            aim = Aim(factor=1 / most) if most else None
            yield Figure(plugin.name, took["sandbox"], MICRO, took["plain"], "plain CPython", aim)


def _ours(settings: PluginSettings, plugin: Plugin) -> Callable[[], object]:
    text = json.dumps(READINGS)
    return (lambda: plugin.update(text)) if settings.name == DISPLAY else plugin.read


def _theirs(settings: PluginSettings, plugin: PlainPlugin) -> Callable[[], object]:
    return (lambda: plugin.update(READINGS)) if settings.name == DISPLAY else plugin.read


def _turn(work: Callable[[], object], clock: VirtualClock) -> Callable[[], float]:
    timed = processor_seconds_of(work)

    def turn() -> float:
        clock.advance(INTERVAL)
        return timed()

    return turn
