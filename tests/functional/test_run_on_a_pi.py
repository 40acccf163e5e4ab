"""``wasi-host run`` on an emulated Raspberry Pi: no reading is invented unless a person asks for it."""

from __future__ import annotations

import errno
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.command import PROGRAM, Outcome
from tests.emulation import preload
from tests.emulation.i2c import I2cAdapter
from tests.emulation.kernel import EmulatedKernel

pytest_plugins = ["tests.emulation.machine"]

MIXED = """
from host import i2c, system

def read():
    light = i2c.transfer(0x23, b"\\x20", 2) if first_turn() else b""
    return {"light": len(light), "temperature": round(system.status().cpu_temperature, 3), "simulated": "no"}

def first_turn(turns=[]):
    turns.append(0)
    return len(turns) == 1
"""
REAL = """
from host import system

def read():
    return {"temperature": round(system.status().cpu_temperature, 3)}
"""
SETTINGS = """
[host]
interval = 0.05
log_level = "error"
[buses.i2c-1]
backend = "simulated"
[buses.system]
[plugins.mixed]
permissions = ["i2c:1:0x23", "system"]
[plugins.real]
permissions = ["system"]
[[simulation.chips]]
chip = "bh1750"
bus = 1
address = 0x23
"""


@pytest.fixture
def run(
    kernel: EmulatedKernel, tmp_path: Path, cache_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Outcome]:
    """Runs the command on the emulated machine, in an empty folder."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache_folder.parent))
    monkeypatch.chdir(tmp_path)

    def run(rounds: int) -> Outcome:
        done = preload.run(kernel.root, str(PROGRAM), "run", "--rounds", str(rounds))
        return Outcome(done.returncode, done.stdout, done.stderr)

    return run


def test_the_shipped_settings_invent_nothing_on_a_pi_that_is_not_set_up(
    kernel: EmulatedKernel, run: Callable[..., Outcome]
) -> None:
    kernel.plug("i2c-1", I2cAdapter({}))
    kernel.refused["i2c-1"] = errno.EACCES
    kernel.write_sys("class/thermal/thermal_zone0/temp", "61234\n")
    outcome = run(1)
    (readings,) = outcome.rounds
    assert "no permission for /dev/i2c-1; " in readings["bme680"]["error"]
    assert "no permission for /dev/i2c-1; " in readings["bh1750"]["error"]
    assert "add the line dtoverlay=i2c3 to /boot/firmware/config.txt and restart" in readings["aht20"]["error"]
    assert "there is no GPIO chip" in readings["dht22"]["error"]
    assert readings["pi_monitor"]["cpu_temperature"] == 61.2
    assert not any("simulated" in reading for reading in readings.values())
    for line in ("i2c-1 cannot be used: no permission", "i2c-3 cannot be used: ", "gpio cannot be used: "):
        assert line in outcome.err
    assert "invented" not in outcome.err


def test_what_a_person_has_simulated_is_marked_and_told_once_whatever_the_log_level(
    kernel: EmulatedKernel, tmp_path: Path, run: Callable[..., Outcome]
) -> None:
    kernel.write_sys("class/thermal/thermal_zone0/temp", "61234\n")
    (tmp_path / "plugins").mkdir()
    (tmp_path / "plugins/mixed.py").write_text(MIXED)
    (tmp_path / "plugins/real.py").write_text(REAL)
    (tmp_path / "host.toml").write_text(SETTINGS)
    outcome = run(3)
    first, *_, last = outcome.rounds
    assert first["mixed"] == {"light": 2, "temperature": 61.234, "simulated": ["i2c-1"]}
    assert last["mixed"] == {"light": 0, "temperature": 61.234, "simulated": ["i2c-1"]}, "it may have kept the light"
    assert first["real"] == last["real"] == {"temperature": 61.234}
    (line,) = outcome.err.splitlines()
    assert "WARNING *host: simulated buses: i2c-1. Readings that depend on them are invented" in line
