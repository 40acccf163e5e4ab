"""docs/chips.md: its example is a correct file, and it explains exactly the keys that a chip file may have."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum
from pathlib import Path

import pytest

from hostcore import shipped
from hostcore.chips.library import Library
from hostcore.chips.model import Access, AutoIncrement, Chip, Numbers, Role, Writes
from hostcore.chips.reading import chip_file, commands, links, registers
from hostcore.cli.chip import check
from hostcore.clock import VirtualClock
from hostcore.config.loading import load_config
from hostcore.devices.environment import Environment, Quantity
from hostcore.devices.registers import RegisterFile
from tests.house import missing_paths

ROOT = shipped.folder()
PAGE = (ROOT / "docs" / "chips.md").read_text(encoding="utf-8")
EXAMPLE, SIMULATION = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
(SESSION,) = re.findall(r"```\n(\$ .*?)```", PAGE, re.DOTALL)
KEYS: Mapping[str, Iterable[str]] = {
    "The top of the file": chip_file._KEYS,
    "`[bus]`": chip_file._BUS_KEYS,
    "`[spi]`": chip_file._SPI_KEYS,
    "`[[identity]]`": links._IDENTITY_KEYS,
    "`[registers.NAME]`": registers._KEYS,
    "`fields.NAME` of a register": registers._FIELD_KEYS,
    "`[commands.NAME]`": commands._COMMAND_KEYS,
    "`answer` of a command": commands._ANSWER_KEYS,
    "`[crc]`": commands._CRC_KEYS,
    "`[measurement]`": links._MEASUREMENT_KEYS,
    "A condition": {**links._CONDITION_KEYS, **links._ANSWER_CONDITION_KEYS, **links._BEGINNING_KEYS},
}
"""The keys that may be in each table, by the beginning of the table's heading."""
SECTIONS = {
    heading.partition(":")[0]: text for heading, text in re.findall(r"^### (.*)\n((?:(?!^#).*\n)*)", PAGE, re.MULTILINE)
}


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with host.toml and the example."""
    (tmp_path / "chips").mkdir()
    (tmp_path / "chips" / "tmp1075.toml").write_text(EXAMPLE, encoding="utf-8")
    (tmp_path / "host.toml").write_text(f'[buses.i2c-1]\nbackend = "simulated"\n{SIMULATION}', encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def chip_of(desk: Path) -> Chip:
    chip = Library((desk / "chips",)).chip("tmp1075")
    assert chip is not None
    return chip


def test_the_page_explains_every_table() -> None:
    assert set(SECTIONS) == set(KEYS)


@pytest.mark.parametrize("table", KEYS)
def test_the_page_explains_every_key_once_and_no_other(table: str) -> None:
    explained = re.findall(r"^\| \**`(\w+)`\** \|", SECTIONS[table], re.MULTILINE)
    assert sorted(explained) == sorted(KEYS[table])


def test_bold_keys_at_the_top_are_those_that_have_to_be_there() -> None:
    assert re.findall(r"\*\*`(\w+)`\*\*", SECTIONS["The top of the file"]) == list(chip_file._REQUIRED)


@pytest.mark.parametrize("words", [Access, AutoIncrement, Numbers, Role, Writes])
def test_the_page_names_every_value_of_a_choice(words: type[StrEnum]) -> None:
    assert [each.value for each in words if f'`"{each.value}"`' not in PAGE] == []


def test_the_example_is_correct(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check([Path("chips/tmp1075.toml")]) == 0
    assert SESSION.endswith(capsys.readouterr().out)


def test_a_mistake_in_it_is_told_as_the_page_says(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = desk / "chips" / "tmp1075.toml"
    file.write_text(EXAMPLE.replace("register_bytes = 1", "register_byte = 1"), encoding="utf-8")
    assert check([Path("chips/tmp1075.toml")]) == 1
    (told,) = capsys.readouterr().out.splitlines()
    assert told.startswith(SESSION.splitlines()[1].removesuffix(" ..."))


def test_the_settings_of_the_example_simulate_it(desk: Path) -> None:
    (chip,) = load_config(desk / "host.toml").simulation.chips
    assert (chip.address, chip.description) == (0x48, chip_of(desk))


def test_the_simulated_example_measures_the_temperature_of_the_environment(desk: Path) -> None:
    chip, clock = chip_of(desk), VirtualClock()
    environment = Environment(clock)
    target = RegisterFile(clock, environment, chip, powered_ns=clock.monotonic_ns() - 10**9)
    assert target.start(False) and target.write(b"\x00") == 1 and target.start(True)
    register = chip.register("TEMPERATURE")
    assert register is not None
    value = register.value(register.raw(target.read(2)))
    assert value == pytest.approx(environment.value(Quantity.TEMPERATURE), abs=0.1)


def test_every_path_in_the_page_exists() -> None:
    assert [each for each in missing_paths(PAGE, ROOT) if "tmp1075" not in each and each != "host.toml"] == []
