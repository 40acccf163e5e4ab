"""A chip file in the folder ``chips`` beside host.toml is used everywhere that a shipped one is."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from hostcore.backends.base import BackendKind
from hostcore.buses.choice import ChosenBuses
from hostcore.chips.library import library_with
from hostcore.cli.chip import list_chips, show
from hostcore.clock import VirtualClock
from hostcore.config.loading import load_config
from hostcore.config.model import Config
from hostcore.errors import ConfigError
from hostcore.events.facts import BusFacts
from hostcore.faults.model import Fault, FaultKind
from hostcore.parts import host_facts, injector
from hostcore.place import BusName
from hostcore.view.view import View
from tests.evidence import START_NS, Bench, a_host, a_plugin
from tests.transfers import read, transfer, wrote

MINE = """\
name = "MYCHIP"
maker = "me"
purpose = "own board"
source = "my notes"
addresses = [0x09]
[bus]
register_bytes = 1
source = "my notes"
[[identity]]
register = "WHO"
value = 0x42
source = "my notes"
[registers.WHO]
address = 0x0F
access = "read-only"
role = "identity"
source = "my notes"
[registers.MODE]
address = 0x20
reset = 0x01
source = "my notes"
"""
SETTINGS = """\
[buses.i2c-1]
backend = "simulated"
[[simulation.chips]]
chip = "registers:mychip"
bus = 1
address = 0x09
"""
I2C = BusName("i2c-1")


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    (tmp_path / "chips").mkdir()
    (tmp_path / "chips" / "mychip.toml").write_text(MINE, encoding="utf-8")
    (tmp_path / "host.toml").write_text(SETTINGS, encoding="utf-8")
    return tmp_path / "host.toml"


@pytest.fixture
def config(settings: Path) -> Config:
    return load_config(settings)


def test_it_is_listed_and_shown(settings: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert list_chips(settings) == 0
    assert "mychip" in capsys.readouterr().out
    assert show(settings, "mychip") == 0
    assert "MODE" in capsys.readouterr().out


def test_it_is_listed_and_shown_as_json(settings: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert list_chips(settings, as_json=True) == 0
    (listed,) = [each for each in json.loads(capsys.readouterr().out) if each["name"] == "mychip"]
    assert show(settings, "mychip", as_json=True) == 0
    shown = json.loads(capsys.readouterr().out)
    assert listed.items() <= shown.items()
    assert listed["addresses"] == ["0x09"]
    assert "MODE" in [register["name"] for register in shown["registers"]]


def test_a_file_that_is_left_out_does_not_spoil_the_json(settings: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings.with_name("chips").joinpath("broken.toml").write_text("[", encoding="utf-8")
    assert list_chips(settings, as_json=True) == 1
    printed = capsys.readouterr()
    assert json.loads(printed.out)
    assert "broken.toml" in printed.err


def test_it_is_a_candidate_at_its_address(config: Config) -> None:
    assert [chip.name for chip in library_with(config.chips_folder).at(0x09)] == ["MYCHIP"]


def test_it_can_be_simulated(config: Config) -> None:
    (chip,) = config.simulation.chips
    assert chip.description is not None and chip.description.name == "MYCHIP"


def test_traffic_shows_its_registers(config: Config) -> None:
    facts = host_facts(config, ChosenBuses({}, (BusFacts(I2C, BackendKind.SIMULATED),)), VirtualClock())
    view = View(facts, [])
    made = transfer(wrote(0x0F), read(0x42), address=0x09, plugin="mine")
    view.fold([made])
    site = view.traffic.sites.chip(I2C, 0x09)
    assert site.chip is not None and site.chip.name == "MYCHIP"


def test_a_fault_knows_its_identity(config: Config) -> None:
    fault = Fault(FaultKind.OTHER_IDENTITY, I2C, 0x09)
    assert injector(config, VirtualClock()).sites.facts(fault, I2C, 0x09).identity


def test_the_diagnosis_knows_what_its_driver_expects(config: Config) -> None:
    bench = Bench(a_plugin("mychip", "i2c:1:0x09"), facts=replace(a_host(), chips_folder=config.chips_folder))
    assert bench.now_ns == START_NS
    bench.transfer("mychip", 0x09, "0f", "00")
    bench.wait(1)
    (found,) = bench.findings()
    assert "MYCHIP" in found.sentence


def test_a_mistake_in_it_names_the_line_where_it_is_used(settings: Path) -> None:
    (settings.parent / "chips" / "mychip.toml").write_text(MINE.replace("0x09", "0x90"), encoding="utf-8")
    with pytest.raises(ConfigError, match=r"chips/mychip\.toml:5: addresses") as error:
        load_config(settings)
    assert error.value.line == 4
