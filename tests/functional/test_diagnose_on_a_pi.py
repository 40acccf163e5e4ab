"""``wasi-host diagnose`` on an emulated Raspberry Pi: a real bus is scanned only if a person wants it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.command import PROGRAM, Outcome
from tests.emulation import preload
from tests.emulation.i2c import I2cAdapter
from tests.emulation.kernel import EmulatedKernel
from tests.emulation.targets import Memory

pytest_plugins = ["tests.emulation.machine"]

SETTINGS = """
[host]
interval = 0.1
[buses.i2c-1]
[plugins.bh1750]
permissions = ["i2c:1:0x23"]
"""
DRIVER = """
from host import i2c
def read():
    i2c.write(0x23, "20")
"""


@pytest.fixture
def diagnose(
    kernel: EmulatedKernel, tmp_path: Path, cache_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Outcome]:
    """Runs the command on a Pi with a chip at 0x5c, in a folder whose driver looks for it at 0x23."""
    kernel.plug("i2c-1", I2cAdapter({0x5C: Memory()}))
    (tmp_path / "run").mkdir(mode=0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "run"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache_folder.parent))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "host.toml").write_text(SETTINGS, encoding="utf-8")
    (tmp_path / "plugins").mkdir()
    (tmp_path / "plugins" / "bh1750.py").write_text(DRIVER, encoding="utf-8")

    def run(*arguments: str) -> Outcome:
        for seconds in ("4", "8", "16", "32"):  # a busy computer needs more for the first finding
            done = preload.run(kernel.root, str(PROGRAM), "diagnose", "--json", "--seconds", seconds, *arguments)
            if done.returncode:
                break
        return Outcome(done.returncode, done.stdout, done.stderr)

    return run


@pytest.mark.thorough
def test_without_a_persons_word_the_bus_is_not_scanned_and_the_advice_says_how(
    diagnose: Callable[..., Outcome],
) -> None:
    outcome = diagnose()
    told = json.loads(outcome.out)
    (finding,) = told["findings"]
    assert (outcome.status, told["simulated"], finding["is_simulated"]) == (1, [], False)
    assert finding["kind"] == "silent-address"
    assert "wasi-host scan" in finding["advice"]
    assert [each["kind"] for each in told["not_looked_at"]] == ["bus-not-scanned"]


@pytest.mark.thorough
def test_with_it_the_bus_is_scanned_and_the_wrong_address_is_named(diagnose: Callable[..., Outcome]) -> None:
    outcome = diagnose("--scan")
    told = json.loads(outcome.out)
    assert (outcome.status, told["not_looked_at"]) == (1, [])
    assert "At 0x5c" in told["findings"][0]["sentence"]
