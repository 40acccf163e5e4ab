"""The chips that a trial wires for a driver."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from hostcore.chips.library import shipped_library
from hostcore.config.model import Config, Limits, PluginSettings, SimulationSettings
from hostcore.devices.catalog import SimulatedChip
from hostcore.permissions import parse_permission
from hostcore.trial.wiring import missing_chips

CONFIG = Config(Path("host.toml"))


def added(name: str, *permissions: str, libraries: tuple[str, ...] = (), config: Config = CONFIG) -> list[str]:
    """The chips and their places for a driver with this name."""
    plugin = PluginSettings(
        name, Path(f"{name}.py"), True, 2.0, None, tuple(map(parse_permission, permissions)), Limits(), "{}"
    )
    chips = missing_chips(config, plugin, libraries, shipped_library())
    return [f"{each.chip} {each.bus} {each.address:#x}" for each in chips if each.address is not None]


def test_a_drivers_name_says_its_chip() -> None:
    assert added("garden_sht4x", "i2c:1:0x44") == ["registers:sht4x 1 0x44"]


def test_a_drivers_library_says_its_chip() -> None:
    assert added("attic", "i2c:1:0x44", libraries=("adafruit-circuitpython-sht4x",)) == ["registers:sht4x 1 0x44"]


def test_a_chip_with_a_model_of_its_own_is_better_than_its_file() -> None:
    assert added("bh1750", "i2c:1:0x5c") == ["bh1750 1 0x5c"]


def test_a_chip_of_host_toml_stays() -> None:
    wired = replace(CONFIG, simulation=SimulationSettings(chips=(SimulatedChip("bh1750", bus=1, address=0x23),)))
    assert added("bh1750", "i2c:1:0x23", config=wired) == []


def test_nothing_is_guessed() -> None:
    assert added("garden", "i2c:1:0x44") == []
    assert added("sht4x", "i2c:1:0x10") == []
    assert added("sht4x", "i2c:1:0x44-0x45") == []
    assert added("sht4x", "i2c:9:0x44") == []
    assert added("sht4x", "gpio:4:in") == []
