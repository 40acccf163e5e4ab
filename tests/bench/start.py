"""Time from the start of the process to the first reading."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.bench.measure import MILLI, Aim, Figure, interleaved
from tests.bench.plain import shipped_config, shipped_drivers, shipped_plugins, simulated_settings
from tests.bench.process import first_line, module

TITLE = "Process start to the first reading printed, warm cache; drivers wait for their sensors as data sheets say"
QUICK_DRIVER = "pi_monitor"
"""The driver whose sensor needs no waiting."""
ONE = """
[host]
plugins_folder = "none"

[buses.system]
backend = "simulated"

[plugins.{driver}]
path = {path}
permissions = {permissions}
"""
REPETITIONS = 11
PLAIN = "plain "
"""Begins the names of the drivers that plain CPython runs alone."""
SHORT = ("--version", "--help")
"""Commands that need no host."""


MOST_FOR_ALL = 100 * MILLI
"""What all shipped drivers may add to one, beside the waiting of the slowest sensor."""
LIKE_WASMTIME = 1 / 1.5
"""The start may take 1.5 times as long as Python with wasmtime, which any host on it needs."""


def figures() -> Iterator[Figure]:
    """The real command, plain CPython, and the least that any host needs."""
    with tempfile.TemporaryDirectory() as folder:
        commands = _commands(Path(folder))
        took = interleaved(
            REPETITIONS, {name: lambda command=command: first_line(command)[0] for name, command in commands.items()}
        )
    slowest = max(took[name] for name in took if name.startswith(PLAIN)) - took["python"]
    floor, name = took["wasmtime"], "import wasmtime"
    yield Figure("one driver", took["one"], MILLI, floor, name, Aim(factor=LIKE_WASMTIME))
    yield Figure("all shipped drivers", took["all"], MILLI, took["all, plain"], "plain CPython", Aim(most=1.0))
    beyond = max(took["all"] - took["one"] - slowest, 0)
    yield Figure(
        "what all add, beside the slowest sensor", beyond, MILLI, slowest, "the sensor", Aim(most=MOST_FOR_ALL)
    )
    for command in SHORT:
        yield Figure(f"wasi-host {command}", took[command], MILLI, took["python"], "python -c pass")
    yield Figure("(floor: python -c pass)", took["python"], MILLI)


def _commands(folder: Path) -> dict[str, list[str]]:
    wasi_host = str(Path(sys.executable).with_name("wasi-host"))
    drivers = [driver.name for driver in shipped_drivers(shipped_config())]
    everything, one = str(simulated_settings(folder)), str(_settings_for_one(folder))
    return {
        "one": [wasi_host, "--config", one, "run", "--rounds", "1"],
        "all": [wasi_host, "--config", everything, "run", "--rounds", "1"],
        "all, plain": module("tests.bench.plain", *drivers),
        **{f"{PLAIN}{driver}": module("tests.bench.plain", driver) for driver in drivers},
        **{command: [wasi_host, "--config", one, command] for command in SHORT},
        "python": [sys.executable, "-c", "print()"],
        "wasmtime": [sys.executable, "-c", "import wasmtime; print()"],
    }


def _settings_for_one(folder: Path) -> Path:
    """Write a settings file with only the quick driver."""
    driver = shipped_plugins(shipped_config())[QUICK_DRIVER]
    permissions, path = json.dumps([str(each) for each in driver.permissions]), json.dumps(str(driver.path))
    file = folder / "one.toml"
    file.write_text(ONE.format(driver=driver.name, path=path, permissions=permissions))
    return file
