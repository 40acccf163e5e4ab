"""The catalogue of drivers: made from the trial, and in agreement with its page and with the chip files."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from hostcore import shipped
from hostcore.chips.library import library_with
from hostcore.driver_catalogue.catalogue import FILE, SHIPPED, Trial, catalogue, read_catalogue
from hostcore.libraries.wheel_name import normalized
from tests.drivers.__main__ import PAGE
from tests.drivers.catalogue import catalogue_text, class_of
from tests.drivers.packages import Package, read_packages
from tests.drivers.trial import Outcome

LIBRARY = library_with(None)
BME280 = Package(
    "adafruit-circuitpython-bme280",
    "i2c",
    "import board\nfrom adafruit_bme280 import basic",
    setup="sensor = basic.Adafruit_BME280_I2C(board.I2C())",
    read="sensor.temperature",
)


def test_an_entry_has_the_chips_the_version_the_class_and_what_works(tmp_path: Path) -> None:
    outcomes = [
        Outcome(BME280, "2.6.32", is_pure=True, is_imported=True, is_read=True),
        Outcome(replace(BME280, name="RPi.bme280"), reason='it "broke"'),
        Outcome(replace(BME280, name="unknown-chip")),
    ]
    file = tmp_path / "drivers.toml"
    file.write_text(catalogue_text(outcomes, LIBRARY), encoding="utf-8")
    made = read_catalogue(file)
    good, bad = made.for_chip("bme280")
    assert (good.package, good.version, good.trial) == ("adafruit-circuitpython-bme280", "2.6.32", Trial.READ)
    assert good.class_name == "adafruit_bme280.basic.Adafruit_BME280_I2C"
    assert (bad.package, bad.trial, bad.problem) == ("rpi-bme280", Trial.FAILED, 'it "broke"')
    assert made.package("unknown-chip") is None, "a scan cannot find a chip that has no chip file"


@pytest.mark.parametrize(
    ("imports", "setup", "found"),
    [
        ("import bme280", "sensor = bme280.BME280()", "bme280.BME280"),
        ("from smbus2 import SMBus\nfrom a.b import C as D", "sensor = D(SMBus(1))", "a.b.C"),
        ("from x import ADC, Input", "sensor = Input(ADC(board.I2C()), 0)", "x.ADC"),
        ("import bme280", "bme280.load(1)\nvalue = 3", "bme280.load"),
        ("import bme280", "", ""),
    ],
)
def test_the_class_is_the_one_that_the_setup_makes_first(imports: str, setup: str, found: str) -> None:
    assert class_of(Package("any", "i2c", imports, setup=setup)) == found


def test_the_catalogue_that_is_shipped_agrees_with_the_page_of_the_trial() -> None:
    rows = re.findall(r"^\| (\S+) \| (\S+) \| i2c \| \S+ \| (\S+) \| (\S+) \| (\S+) \|", PAGE.read_text(), re.MULTILINE)
    versions = {normalized(name): version for name, version, *_ in rows}
    reads = {normalized(name) for name, _, _, read, right in rows if "yes" in (read, right)}
    for each in catalogue().packages():
        assert each.version == versions[each.package].removeprefix("-"), each.package
        assert (each.trial <= Trial.READ) == (each.package in reads), each.package
    listed = {each.package for each in catalogue().packages()}
    known = {package for chip in LIBRARY.all() for package in chip.libraries}
    assert listed == {normalized(each.name) for each in read_packages() if each.bus == "i2c"} & known, FILE


def test_every_chip_of_the_catalogue_has_a_chip_file() -> None:
    assert {chip for each in catalogue().packages() for chip in each.chips} <= set(LIBRARY.names())


def test_this_projects_own_plugins_are_there_for_known_chips() -> None:
    assert set(SHIPPED) <= set(LIBRARY.names())
    for plugin in SHIPPED.values():
        assert (shipped.folder() / "plugins" / f"{plugin}.py").is_file()


def test_libraries_that_a_chip_file_names_and_nobody_tried_come_last() -> None:
    drivers = catalogue().for_chip("bme280", ["someones-bme280", "rpi-bme280"])
    assert drivers[-1].package == "someones-bme280" and drivers[-1].trial is Trial.NOT_TRIED
    assert [each.trial for each in drivers] == sorted(each.trial for each in drivers)
