"""A plugin does the same as a .py and sealed into a component of its own, to the last byte on a wire."""

from __future__ import annotations

import json
from collections.abc import Set
from pathlib import Path

import pytest

from hostcore import shipped
from hostcore.clock import VirtualClock
from hostcore.events import Event, Reading, TransferCompleted
from tests.sandbox import Sandbox
from tests.sealing import sealed

PERMISSIONS = {"bme680": "i2c:1:0x77", "dht22": "gpio:4:pulses", "oled": "i2c:1:0x3c:write"}
ROUND = json.dumps({"timestamp": "2024-01-01T12:00:00.000Z", "bme680": {"temperature": 21.5, "humidity": 40}})


def run(path: Path, folder: Path, cache_folder: Path) -> tuple[Set[str], list[Reading], list[Event]]:
    """What a plugin provides, what a driver reads in five rounds, and all transfers."""
    clock = VirtualClock()
    sandbox = Sandbox(folder, cache_folder, clock)
    try:
        plugin = sandbox.load_file(path, PERMISSIONS[path.stem])
        readings = []
        for _ in range(5):
            if "driver" in plugin.provides:
                readings.append(plugin.read())
            else:
                plugin.update(ROUND)
            clock.advance(2.0)
    finally:
        sandbox.close()
    return plugin.provides, readings, sandbox.events


@pytest.mark.timeout(600)  # sealing and compiling, the first time
@pytest.mark.thorough
@pytest.mark.parametrize("name", PERMISSIONS)
def test_both_forms_of_a_plugin_do_the_same(name: str, cache_folder: Path, tmp_path: Path) -> None:
    component = sealed(name, cache_folder)
    py = run(shipped.folder() / "plugins" / f"{name}.py", tmp_path, cache_folder)
    wasm = run(component, tmp_path, component.parent)
    assert py == wasm
    provided, readings, transfers = py
    assert len(readings) == (0 if name == "oled" else 5)
    assert len(transfers) >= 5
    assert all(isinstance(each, TransferCompleted) and each.outcome == "ok" and each.source_line for each in transfers)
    assert provided == {"display" if name == "oled" else "driver"}
