"""``wasi-host selftest``: on a computer without hardware, and on an emulated Raspberry Pi."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hostcore.selftest import timing
from tests.command import PROGRAM, Desk, Outcome
from tests.emulation import preload
from tests.emulation.i2c import I2cAdapter
from tests.emulation.kernel import EmulatedKernel
from tests.emulation.spi import SpiSlot
from tests.emulation.targets import Memory
from tests.emulation.uart import LoopbackPort

pytest_plugins = ["tests.emulation.machine"]

SIMULATED = '[buses.i2c-1]\nbackend = "simulated"\n[buses.gpio]\nbackend = "simulated"\n'
REAL = """\
[buses.i2c-1]
[buses.spi-0]
[buses.uart-serial0]
[plugins.flash]
permissions = ["spi:0.1"]
"""


def steps_of(outcome: Outcome) -> dict[str, Any]:
    """The results of a report in JSON, by step."""
    return {each["step"]: each for each in json.loads(outcome.out)["results"]}


def words(text: str) -> str:
    """A text without its line breaks."""
    return " ".join(text.split())


class TestWithoutHardware:
    @pytest.fixture(autouse=True)
    def few_sleeps(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(timing, "SLEEPS", 5)

    @pytest.fixture
    def desk(self, tmp_path: Path) -> Desk:
        """A desk where the Python runtime is not compiled, so that no plugin runs."""
        (tmp_path / "desk").mkdir()
        desk = Desk(tmp_path / "desk", tmp_path / "nothing" / "wasi-host")
        desk.write("host.toml", SIMULATED)
        return desk

    def test_it_scans_simulated_buses_without_a_question_and_says_that_they_are_simulated(self, desk: Desk) -> None:
        outcome = desk.run_here("selftest")
        assert (outcome.status, outcome.err) == (0, "")
        assert "ok      scan of i2c-1 (simulated): " in outcome.out
        assert "     0  1  2  3" in outcome.out

    def test_it_says_what_it_skips_and_why(self, desk: Desk) -> None:
        told = words(desk.run_here("selftest", "--wire", "16-20").out)
        assert "skipped plugins (simulated): the Python runtime is not ready -> `wasi-host run --rounds 1`" in told
        assert "skipped GPIO lines 16 and 20 (simulated): the bus is simulated, and nothing is wired to it" in told
        assert "skipped wires: no line and no port is named" in words(desk.run_here("selftest").out)

    def test_a_program_gets_the_same_as_json(self, desk: Desk) -> None:
        outcome = desk.run_here("selftest", "--json")
        steps = steps_of(outcome)
        assert json.loads(outcome.out)["counts"]["failed"] == 0
        assert steps["computer"]["facts"]["bits"] == 64
        assert steps["scan of i2c-1"]["is_simulated"] is True
        assert steps["buses: i2c-1"]["verdict"] == "ok"

    def test_it_tells_no_names_and_no_secrets(self, desk: Desk, tmp_path: Path) -> None:
        home = tmp_path / "nothing"
        environment = {"HOME": str(home), "MQTT_PASSWORD": "correct-horse"}
        desk.write("host.toml", f'{SIMULATED}[host]\ncache_folder = "{home}/correct-horse"\n')
        out = desk.run_here("selftest", environment=environment).out
        assert str(home) not in out
        assert "correct-horse" not in out
        assert os.uname().nodename not in out or len(os.uname().nodename) < 4

    def test_a_doctor_that_does_not_come_to_its_end_is_told_and_the_rest_goes_on(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sys, "executable", "/bin/false")
        outcome = desk.run_here("selftest", "--json")
        steps = steps_of(outcome)
        assert outcome.status == 1
        assert steps["doctor: checks"]["text"] == "they did not come to their end: status 1"
        assert steps["scan of i2c-1"]["verdict"] == "ok"

    @pytest.mark.parametrize(
        ("option", "value", "complaint"),
        [
            ("--wire", "2-16", "GPIO line 2 belongs to I2C, SPI or the serial port"),
            ("--wire", "0-16", "GPIO line 0 belongs"),
            ("--wire", "16-16", "is not two GPIO lines from 0 to 27"),
            ("--wire", "16-54", "is not two GPIO lines from 0 to 27"),
            ("--wire", "16", "is not two GPIO lines from 0 to 27"),
            ("--spi", "0", "is not a bus and a chip select"),
            ("--spi", "0.999", "is not a bus and a chip select"),
            ("--uart", "../mem", "is not the name of a serial port"),
        ],
    )
    def test_what_cannot_be_wired_is_refused(self, desk: Desk, option: str, value: str, complaint: str) -> None:
        outcome = desk.run_here("selftest", option, value)
        assert outcome.status == 2
        assert complaint in words(outcome.err)


@pytest.mark.thorough
def test_the_shipped_plugins_are_measured(tmp_path: Path, cache_folder: Path) -> None:
    desk = Desk(tmp_path, cache_folder)
    desk.write("host.toml", SIMULATED)
    outcome = desk.run("selftest", "--json")
    plugins = steps_of(outcome)["plugins"]
    assert (plugins["verdict"], plugins["is_simulated"]) == ("ok", True), plugins
    facts = plugins["facts"]
    assert facts["drivers"] >= 5
    assert facts["failed"] == 0
    assert 0 < facts["first_reading_seconds"] <= facts["all_drivers_seconds"] < 60
    assert 0 < facts["call_us"] < 10_000
    assert 20 < facts["private_mib"] <= facts["peak_mib"] * 2
    assert [each.name for each in tmp_path.iterdir()] == ["host.toml"], "nothing is left behind"


class TestOnAPi:
    @pytest.fixture
    def desk(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
        """A desk where the Python runtime is not compiled, so that no plugin runs."""
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "nothing"))
        desk = Desk(tmp_path, tmp_path / "nothing" / "wasi-host")
        desk.write("host.toml", REAL)
        return desk

    @pytest.fixture
    def selftest(self, kernel: EmulatedKernel, desk: Desk) -> Callable[..., Outcome]:
        def run(*arguments: str) -> Outcome:
            settings = str(desk.folder / "host.toml")
            done = preload.run(kernel.root, str(PROGRAM), "--config", settings, "selftest", "--json", *arguments)
            return Outcome(done.returncode, done.stdout, done.stderr)

        return run

    @pytest.fixture
    def adapter(self, kernel: EmulatedKernel) -> I2cAdapter:
        made = I2cAdapter({0x23: Memory(), 0x76: Memory()})
        kernel.plug("i2c-1", made)
        return made

    @pytest.mark.parametrize(
        ("answer", "verdict"),
        [
            ("y\n", "ok"),
            pytest.param("\n", "skipped", marks=pytest.mark.thorough),
        ],
    )
    def test_at_a_terminal_it_asks_and_says_what_it_would_send(
        self, kernel: EmulatedKernel, adapter: I2cAdapter, desk: Desk, answer: str, verdict: str
    ) -> None:
        command = (PROGRAM, "--config", desk.folder / "host.toml", "selftest", "--json")
        done = preload.at_a_terminal(answer, kernel.root, *command)
        assert "reads a byte at 0x30-0x37 and 0x50-0x5f" in done.stderr
        assert "Probe all addresses of i2c-1? [y/N] " in done.stderr
        assert steps_of(Outcome(done.returncode, done.stdout, done.stderr))["scan of i2c-1"]["verdict"] == verdict
        assert (adapter.transfers > 0) is (verdict == "ok")

    @pytest.mark.thorough
    def test_a_script_can_agree(self, adapter: I2cAdapter, selftest: Callable[..., Outcome]) -> None:
        scan = steps_of(selftest("-y"))["scan of i2c-1"]
        assert (scan["text"], scan["is_simulated"]) == ("2 devices: 0x23, 0x76", False)

    def test_loopbacks_are_tried_where_they_are_named_and_belong_to_nobody(
        self, kernel: EmulatedKernel, adapter: I2cAdapter, selftest: Callable[..., Outcome]
    ) -> None:
        from hostcore.clock import RealClock
        from hostcore.devices.environment import Environment
        from hostcore.devices.loopback import SpiLoopback

        for device in ("spidev0.0", "spidev0.1"):
            kernel.plug(device, SpiSlot(SpiLoopback(RealClock(), Environment(RealClock()))))
        port = LoopbackPort()
        kernel.link("serial0", port.path)
        steps = steps_of(selftest("--spi", "0.0", "--spi", "0.1", "--uart", "/dev/serial0"))
        port.unplug()
        assert steps["SPI 0.0"]["verdict"] == "ok", steps["SPI 0.0"]
        assert steps["SPI 0.1"]["text"] == "it belongs to flash in host.toml"
        assert steps["serial port serial0"]["verdict"] == "ok", steps["serial port serial0"]
        assert steps["scan of i2c-1"]["verdict"] == "skipped", "nobody was asked"
        assert adapter.transfers == 0
