"""The benchmarks and soaks still fit the code that they measure. What they measure is printed, not tested."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys

import pytest

from hostcore import shipped

MODULES = sorted(
    f"tests.{folder}.{file.stem}"
    for folder in ("bench", "soak")
    for file in (shipped.folder() / "tests" / folder).glob("*.py")
    if not file.stem.startswith("__")
)


@pytest.mark.parametrize("module", MODULES)
def test_each_module_loads(module: str) -> None:
    importlib.import_module(module)


@pytest.mark.parametrize(("driver", "key"), [("bh1750", "illuminance"), ("pi_monitor", "cpu_temperature")])
def test_the_baseline_in_plain_cpython_reads_a_simulated_sensor(driver: str, key: str) -> None:
    command = [sys.executable, "-m", "tests.bench.plain", driver]
    done = subprocess.run(command, cwd=shipped.folder(), capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    (reading,) = json.loads(done.stdout)
    assert reading.keys() >= {key}
