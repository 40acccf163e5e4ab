"""The catalogue of chips that host.toml may name."""

from __future__ import annotations

import subprocess
import sys

import pytest

from hostcore.clock import VirtualClock
from hostcore.devices.catalog import CHIPS, ChipKind, SimulatedChip, build, kind_of
from hostcore.devices.environment import Environment


def test_names_are_unique_and_every_chip_says_where_it_goes() -> None:
    assert len({kind.name for kind in CHIPS}) == len(CHIPS)
    assert all(bool(kind.addresses) is (kind.kind == "i2c") for kind in CHIPS)


@pytest.mark.parametrize("kind", CHIPS, ids=lambda kind: kind.name)
def test_every_kind_can_be_built_with_every_value_of_its_options(kind: ChipKind) -> None:
    clock = VirtualClock()
    choices = [((option.name, value),) for option in kind.choices for value in option.allowed]
    for options in [(), *choices]:
        assert build(SimulatedChip(kind.name, options=options), clock, Environment(clock))


def test_the_display_has_a_height() -> None:
    display = kind_of("ssd1306")
    assert display is not None
    assert display.options == ("height",)


def test_an_unknown_chip_is_refused_with_those_that_exist() -> None:
    clock = VirtualClock()
    with pytest.raises(ValueError, match="no simulated chip 'bme690'; there are bme680, ssd1306"):
        build(SimulatedChip("bme690"), clock, Environment(clock))


def test_importing_the_catalogue_imports_no_chip() -> None:
    modules = [f"hostcore.devices.{kind.module}" for kind in CHIPS]
    code = f"import sys, hostcore.devices.catalog; print([m for m in {modules} if m in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
