"""The benchmarks and soaks still fit the code that they measure. What they measure is printed, not tested."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys

import pytest

from hostcore import shipped
from tests.bench.against import table_of
from tests.bench.measure import HEADING, MEGA, MILLI, Aim, Figure

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


def test_a_version_reads_the_figures_that_another_one_printed() -> None:
    printed = [
        "x86_64, Python 3.11.7; medians of interleaved repetitions",
        "",
        HEADING,
        str(Figure("one driver, all 2 of 3 ms", 0.1234, MILLI, 0.2, "plain CPython", Aim(most=0.15))),
        str(Figure("    memory", 12.3e6, MEGA)),
        str(Figure("(floor)", 0.0, MILLI)),
        str(Figure("    memory", 9.87e6, MEGA)),
    ]
    assert table_of(printed) == {
        ("one driver, all 2 of 3 ms", "one driver, all 2 of 3 ms"): (pytest.approx(0.1234), MILLI),
        ("one driver, all 2 of 3 ms", "    memory"): (pytest.approx(12.3e6), MEGA),
        ("(floor)", "(floor)"): (0.0, MILLI),
        ("(floor)", "    memory"): (pytest.approx(9.87e6), MEGA),
    }
