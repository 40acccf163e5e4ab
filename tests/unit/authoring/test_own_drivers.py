"""This project's own plugins as new drivers, and the names that new drivers get."""

from __future__ import annotations

from pathlib import Path

import pytest

from hostcore import shipped
from hostcore.authoring.adding import name_for
from hostcore.authoring.own import connected
from hostcore.driver_catalogue.catalogue import SHIPPED
from hostcore.driver_wish import DriverKind, DriverWish
from hostcore.errors import HostError


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    """Settings with a plugin bme280."""
    (tmp_path / "plugins").mkdir()
    (tmp_path / "plugins" / "bme280.py").write_text("mine")
    (tmp_path / "host.toml").write_text("")
    return tmp_path / "host.toml"


@pytest.mark.parametrize("plugin", sorted(set(SHIPPED.values())))
def test_each_of_them_can_be_connected_at_any_address_of_any_bus(plugin: str) -> None:
    source = (shipped.folder() / "plugins" / f"{plugin}.py").read_text(encoding="utf-8")
    made = connected(source, DriverWish(DriverKind.OWN, bus=3, address=0x42))
    assert 'settings.get("address", 0x42)' in made
    assert 'settings.get("bus", 3)' in made
    compile(made, plugin, "exec")
    assert connected(source, DriverWish(DriverKind.OWN)) == source


def test_a_name_that_is_taken_is_never_written_over(settings: Path) -> None:
    wish = DriverWish(DriverKind.LIBRARY, source="rpi-bme280>=0.2", chip="bme280", address=0x76)
    assert name_for(settings, wish) == "bme280_76"
    (settings.parent / "plugins" / "bme280_76.py").write_text("mine")
    assert name_for(settings, wish) == "rpi_bme280"
    (settings.parent / "plugins" / "rpi_bme280.py").write_text("mine")
    with pytest.raises(HostError, match="there are plugins bme280 and bme280_76 and rpi_bme280 already"):
        name_for(settings, wish)


def test_an_empty_driver_without_a_name_gets_one(settings: Path) -> None:
    assert name_for(settings, DriverWish(DriverKind.EMPTY)) == "driver"
    (settings.parent / "plugins" / "driver.py").write_text("mine")
    assert name_for(settings, DriverWish(DriverKind.EMPTY)) == "driver_2"


def test_a_source_that_is_no_package_is_refused(settings: Path) -> None:
    with pytest.raises(HostError, match="https"):
        name_for(settings, DriverWish(DriverKind.LIBRARY, source="https://example.org/x.whl"))
