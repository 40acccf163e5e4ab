"""``wasi-host new --from PACKAGE``: a plugin for a library, which reads something once it is granted its chip."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from hostcore.libraries.lock import read_lock
from tests.command import Desk
from tests.wheels import wheel_content, wheel_file

pytestmark = pytest.mark.thorough

LIBRARY = '''
"""Drives a light sensor that answers like a BH1750."""

from time import sleep

from host import i2c

_DEFAULT_ADDRESS = 0x5C


class Lum12:
    def __init__(self, address=_DEFAULT_ADDRESS):
        self.address = address

    def get_lux(self):
        """
        Light in lux.
        """
        i2c.write(self.address, b"\\x10")
        sleep(0.18)
        return int.from_bytes(i2c.read(self.address, 2), "big") / 1.2
'''
CLOSER_NAME = LIBRARY.replace("Lum12", "BME280")
"""A class whose name is more like the chip's than that of the class which the catalogue names."""
SETTINGS = """
[host]
interval = 0.3
[buses.i2c-1]
backend = "simulated"
[[simulation.chips]]
chip = "bh1750"
bus = 1
address = 0x5c
"""


@pytest.fixture
def index(tmp_path: Path) -> Mapping[str, str]:
    """An environment in which pip finds one library, without a network."""
    folder = tmp_path / "index"
    folder.mkdir()
    (folder / wheel_file("adafruit-circuitpython-lum12")).write_bytes(
        wheel_content("adafruit-circuitpython-lum12", {"adafruit_lum12.py": LIBRARY})
    )
    lamp = "class Lamp:\n def __init__(self, pin): 0\n def get_light(self): 0\n"
    (folder / wheel_file("no-address")).write_bytes(wheel_content("no-address", {"lamp.py": lamp}))
    modules = {"__init__": "", "basic": LIBRARY.replace("Lum12", "Adafruit_BME280_I2C"), "other": CLOSER_NAME}
    content = {f"adafruit_bme280/{name}.py": text for name, text in modules.items()}
    bme280 = "adafruit-circuitpython-bme280"
    (folder / wheel_file(bme280)).write_bytes(wheel_content(bme280, content))
    return {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(folder)}


@pytest.fixture
def desk(tmp_path: Path, cache_folder: Path) -> Desk:
    folder = tmp_path / "desk"
    folder.mkdir()
    made = Desk(folder, cache_folder)
    made.write("host.toml", SETTINGS)
    return made


def test_a_library_becomes_a_plugin_that_reads(desk: Desk, index: Mapping[str, str]) -> None:
    made = desk.run("new", "--from", "adafruit-circuitpython-lum12", "--grant", environment=index)
    assert made.status == 0, made.err
    assert "plugins/lum12.py uses adafruit_lum12.Lum12." in made.out
    assert "lum12 may use i2c:1:0x5c." in made.out
    assert [each.name for each in read_lock(desk.folder / "plugins" / "lum12.lock").packages] == [
        "adafruit-circuitpython-lum12"
    ]
    run = desk.run("run", "--rounds", "2")
    assert run.rounds[-1]["lum12"]["lux"] > 0, run.err


def test_the_class_that_worked_in_the_trial_of_the_catalogue_is_taken(desk: Desk, index: Mapping[str, str]) -> None:
    made = desk.run("new", "--from", "adafruit-circuitpython-bme280", environment=index)
    assert "plugins/bme280.py uses adafruit_bme280.basic.Adafruit_BME280_I2C." in made.out, made.err


def test_nothing_is_granted_unless_the_person_says_so(desk: Desk, index: Mapping[str, str]) -> None:
    made = desk.run("new", "--from", "adafruit-circuitpython-lum12", environment=index)
    assert "It may use nothing yet. Grant it: wasi-host grant lum12 i2c:1:0x5c\n" in made.out
    assert (desk.folder / "host.toml").read_text() == SETTINGS
    assert desk.run("grant", "lum12", "i2c:1:0x5c").status == 0


def test_a_device_that_another_plugin_has_is_told(desk: Desk, index: Mapping[str, str]) -> None:
    desk.write("plugins/first.py", "def read():\n    return {}\n")
    desk.write("host.toml", SETTINGS + '[plugins.first]\npermissions = ["i2c:1:0x5c"]\n')
    made = desk.run("new", "second", "--from", "adafruit-circuitpython-lum12", environment=index)
    assert made.status == 0
    assert "warning: first and second may both use 0x5c on i2c-1" in made.err


def test_the_address_and_the_name_can_be_chosen(desk: Desk, index: Mapping[str, str]) -> None:
    made = desk.run("new", "roof", "--from", "adafruit-circuitpython-lum12", "--address", "0x23", environment=index)
    assert "wasi-host grant roof i2c:1:0x23" in made.out
    assert "Lum12(address=0x23)" in (desk.folder / "plugins" / "roof.py").read_text()


def test_a_name_that_is_taken_gets_the_packages_own_and_nothing_is_written_over(
    desk: Desk, index: Mapping[str, str]
) -> None:
    desk.write("plugins/lum12.py", "mine")
    made = desk.run("new", "--from", "adafruit-circuitpython-lum12", environment=index)
    assert "plugins/adafruit_circuitpython_lum12.py uses" in made.out
    assert (desk.folder / "plugins" / "lum12.py").read_text() == "mine"
    again = desk.run("new", "--from", "adafruit-circuitpython-lum12", environment=index)
    assert (again.status, again.out) == (1, "")
    assert "give the new one a name: wasi-host new NAME --from adafruit-circuitpython-lum12" in again.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--from", "no-such-library"], "no-such-library"),
        (["--from", "https://example.org/x.whl"], "--from: dependencies: found 'https://example.org/x.whl'"),
        (["Roof", "--from", "adafruit-circuitpython-lum12"], "no plugin can have the name 'Roof'"),
        (["--from", "no-address", "--address", "0x23"], "lamp.Lamp takes no I2C address; leave out --address"),
        (["--grant"], "wasi-host new --from PACKAGE one for a library"),
    ],
)
def test_what_cannot_work_is_told_and_nothing_is_written(
    desk: Desk, index: Mapping[str, str], arguments: list[str], words: str
) -> None:
    made = desk.run("new", *arguments, environment=index)
    assert made.status == (2 if arguments == ["--grant"] else 1), "2 is for arguments that cannot be followed"
    assert words in made.err.splitlines()[-1]
    assert [each.name for each in desk.folder.iterdir()] == ["host.toml"]


@pytest.mark.timeout(600)  # sealing and compiling
def test_the_plugin_is_sealed_with_its_library(desk: Desk, index: Mapping[str, str], tmp_path: Path) -> None:
    desk.run("new", "--from", "adafruit-circuitpython-lum12", "--grant", environment=index)
    built = desk.run("build", "lum12")
    assert built.status == 0, built.err
    (desk.folder / "plugins" / "lum12.py").unlink()
    (desk.folder / "plugins" / "lum12.lock").unlink()
    (desk.folder / "build" / "lum12.wasm").rename(desk.folder / "plugins" / "lum12.wasm")
    run = desk.run("run", "--rounds", "2")
    assert run.rounds[-1]["lum12"]["lux"] > 0, run.err
