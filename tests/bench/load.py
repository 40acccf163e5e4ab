"""Time from a plugin's .py to its first reading, in a host that already runs."""

from __future__ import annotations

from collections.abc import Iterator

from hostcore.clock import VirtualClock
from hostcore.config.model import PluginSettings
from tests.bench.measure import MILLI, Aim, Figure, interleaved, seconds_of
from tests.bench.plain import plain, shipped_config, shipped_drivers, simulated_pi
from tests.bench.sandboxed import load, sandbox_on
from tests.sandbox import Sandbox

TITLE = "Load of a .py plugin to its first reading; on virtual time, so without waiting for sensors"
REPETITIONS = 21


def figures() -> Iterator[Figure]:
    """Load time of every shipped driver."""
    config, clock = shipped_config(), VirtualClock()
    machine = simulated_pi(config, clock)
    with sandbox_on(VirtualClock()) as sandbox:
        for driver in shipped_drivers(config):
            took = interleaved(
                REPETITIONS,
                {
                    "sandbox": seconds_of(lambda driver=driver: _read_once(sandbox, driver)),
                    "plain": seconds_of(lambda driver=driver: plain(driver, machine, clock).read()),
                },
            )
            yield Figure(driver.name, took["sandbox"], MILLI, took["plain"], "plain CPython", Aim(most=20 * MILLI))


def _read_once(sandbox: Sandbox, driver: PluginSettings) -> None:
    plugin = load(sandbox, driver)
    plugin.read()
    plugin.close()
