"""Which chip is at an address: what was read counts more than what a driver is for, and that more than the address."""

from __future__ import annotations

from pathlib import Path

from hostcore.chips.library import Library, shipped_library
from hostcore.chips.model import Chip
from hostcore.decoding.sites import MOST_SITES, Sites
from hostcore.events import ChipIdentified, Outcome
from hostcore.events.facts import PluginFacts
from hostcore.events.findings import Confidence
from hostcore.place import BusName
from tests.unit.decoding.transfers import I2C, SPI, read, transfer, wrote

CHIP = """
name = "{name}"
maker = "Bosch"
purpose = "air sensor"
source = "a data sheet"
addresses = [0x76]
libraries = ["{library}"]
popularity = {popularity}

[bus]
register_bytes = 1
source = "1"
{identity}
[registers.ID]
address = 0xD0
source = "2"
"""
IDENTITY = """
[[identity]]
register = "ID"
value = {value}
source = "2"
"""


def library(folder: Path, **values: int | None) -> Library:
    """Chips at 0x76, with the value of their identity if they have one. The first one is the most common."""
    for popularity, (name, value) in zip(range(90, 0, -1), values.items(), strict=False):
        identity = "" if value is None else IDENTITY.format(value=value)
        text = CHIP.format(name=name, library=f"lib-{name}", popularity=popularity, identity=identity)
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    return Library((folder,))


def facts(name: str, *libraries: str) -> PluginFacts:
    return PluginFacts(name, Path(f"{name}.py"), 2.0, (), 64, 5.0, libraries)


def found(sites: Sites, bus: str = I2C, address: int = 0x76) -> tuple[str | None, Confidence]:
    site = sites.chip(bus, address)
    return (site.chip.key if site.chip else None), site.confidence


def keys(chips: tuple[Chip, ...]) -> list[str]:
    return [chip.key for chip in chips]


def test_a_chip_is_certain_if_its_identity_was_read(tmp_path: Path) -> None:
    sites = Sites(library(tmp_path, bmp280=0x58, bme280=0x60))
    assert found(sites) == (None, Confidence.POSSIBLE)
    assert keys(sites.chip(I2C, 0x76).candidates) == ["bmp280", "bme280"]
    sites.take(transfer(wrote(b"\xd0"), read(b"\x60")))
    assert found(sites) == ("bme280", Confidence.CERTAIN)
    assert sites.chip(I2C, 0x76).why == "its register ID reads 0x60"
    assert sites.chip(I2C, 0x76).words == "is bme280"


def test_the_number_and_the_identity_may_be_two_transfers(tmp_path: Path) -> None:
    sites = Sites(library(tmp_path, bmp280=0x58, bme280=0x60))
    sites.take(transfer(wrote(b"\xd0")))
    sites.take(transfer(read(b"\x58")))
    assert found(sites) == ("bmp280", Confidence.CERTAIN)


def test_an_identity_that_no_chip_has_rules_all_of_them_out(tmp_path: Path) -> None:
    sites = Sites(library(tmp_path, bmp280=0x58, bme280=0x60))
    sites.know((facts("bme280"),))
    sites.take(transfer(wrote(b"\xd0"), read(b"\x77"), plugin="bme280"))
    assert found(sites) == (None, Confidence.POSSIBLE)
    assert sites.chip(I2C, 0x76).candidates == ()


def test_chips_with_the_same_identity_are_not_told_apart_by_it(tmp_path: Path) -> None:
    sites = Sites(library(tmp_path, one=0x3D, other=0x3D, third=0x11))
    sites.take(transfer(wrote(b"\xd0"), read(b"\x3d")))
    assert found(sites) == (None, Confidence.POSSIBLE)
    assert sites.chip(I2C, 0x76).words == "could be one or other"


def test_a_driver_s_name_or_library_makes_a_chip_likely(tmp_path: Path) -> None:
    for driver in (facts("bme280"), facts("garden", "lib-bme280")):
        sites = Sites(library(tmp_path, bmp280=0x58, bme280=0x60))
        sites.know((driver,))
        sites.take(transfer(wrote(b"\xf7"), read(bytes(8)), plugin=driver.name))
        assert found(sites) == ("bme280", Confidence.LIKELY)
        assert sites.chip(I2C, 0x76).why == f"the driver {driver.name} is for it"
        assert keys(sites.chip(I2C, 0x76).candidates) == ["bme280", "bmp280"]


def test_an_identity_is_stronger_than_a_driver_s_purpose(tmp_path: Path) -> None:
    sites = Sites(library(tmp_path, bmp280=0x58, bme280=0x60))
    sites.know((facts("bme280"),))
    sites.take(transfer(wrote(b"\xd0"), read(b"\x58"), plugin="bme280"))
    assert found(sites) == ("bmp280", Confidence.CERTAIN)


def test_a_single_chip_for_an_address_is_possible(tmp_path: Path) -> None:
    sites = Sites(library(tmp_path, only=None))
    assert found(sites) == ("only", Confidence.POSSIBLE)
    assert sites.chip(I2C, 0x76).words == "could be only"
    assert found(sites, address=0x10) == (None, Confidence.POSSIBLE)


def test_a_chip_that_a_person_had_identified_is_certain(tmp_path: Path) -> None:
    sites = Sites(library(tmp_path, bmp280=0x58, bme280=0x60))
    sites.identify(ChipIdentified(1, I2C, 0x76, ("bme280",), "0xd0 reads 60"))
    assert found(sites) == ("bme280", Confidence.CERTAIN)


def test_a_transfer_that_failed_identifies_nothing(tmp_path: Path) -> None:
    sites = Sites(library(tmp_path, bmp280=0x58, bme280=0x60))
    sites.take(transfer(wrote(b"\xd0"), read(b"\x60"), outcome=Outcome.BUS))
    assert found(sites) == (None, Confidence.POSSIBLE)


def test_on_spi_only_a_driver_s_purpose_tells_the_chip(tmp_path: Path) -> None:
    text = CHIP.format(name="bme280", library="lib", popularity=1, identity="[spi]\nmodes = [0]\nsource = '3'\n")
    (tmp_path / "bme280.toml").write_text(text, encoding="utf-8")
    sites = Sites(Library((tmp_path,)))
    sites.know((facts("bme280"),))
    sites.take(transfer(wrote(b"\xd0"), bus=SPI, address=0, plugin="bme280"))
    assert found(sites, SPI, 0) == ("bme280", Confidence.LIKELY)


def test_the_devices_that_are_remembered_have_a_bound(tmp_path: Path) -> None:
    sites = Sites(library(tmp_path, bme280=0x60))
    for bus in range(MOST_SITES // 100 + 2):
        for address in range(100):
            sites.take(transfer(wrote(b"\xd0"), read(b"\x60"), bus=BusName.i2c(bus), address=address))
    assert len(sites._sites) == MOST_SITES


def test_a_driver_whose_name_is_a_purpose_suggests_the_only_chip_for_it_or_a_display() -> None:
    sites = Sites(shipped_library())
    sites.take(transfer(wrote(b"\x00\xaf"), address=0x3C, plugin="oled"))
    found = sites.chip(I2C, 0x3C)
    assert found.chip is not None
    assert (found.chip.name, found.confidence) == ("SSD1306", Confidence.POSSIBLE)
    assert found.words.startswith("could be SSD1306")
    sites.take(transfer(wrote(b"\x00"), address=0x20, plugin="my_sensor"))
    assert sites.chip(I2C, 0x20).chip is None, "nearly every chip is a sensor"
