"""The ten tasks of a person with the whole program in a terminal of 80x24, and on the Linux console."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tmux import ENDED, IS_INSTALLED, Tmux
from tests.wheels import wheel_content, wheel_file

pytestmark = [pytest.mark.thorough, pytest.mark.skipif(not IS_INSTALLED, reason="tmux is not installed")]

PACKAGE = "adafruit-circuitpython-bme280"
SETTINGS = """
[host]
interval = 0.5
cache_folder = "{cache_folder}"
[crashes]
folder = "crashes"
[buses.i2c-1]
backend = "simulated"
[buses.gpio]
backend = "simulated"
[relays.fan]
line = 27
[plugins.lamp]
permissions = ["i2c:1:0x5c"]
[[simulation.chips]]
chip = "bh1750"
bus = 1
address = 0x5c
[[simulation.chips]]
chip = "registers:bme280"
bus = 1
address = 0x76
[[simulation.chips]]
chip = "registers:bme280"
bus = 1
address = 0x77
"""
LAMP = """
from host import i2c
import time
def read():
    i2c.write(0x5C, bytes([0x20]))
    time.sleep(0.18)
    answer = i2c.read(0x5C, 2)
    low = answer[2]
    return {"illuminance": (answer[0] * 256 + low) / 1.2}
"""
GREEDY = """
from host import i2c
def read():
    return {"identity": i2c.transfer(0x77, [0xD0], 1)[0]}
"""
BME280 = """
from host import i2c
class Adafruit_BME280_I2C:
    def __init__(self, address=0x77):
        self.address = address
    @property
    def temperature(self):
        "The chip's identity, which is enough for a test."
        return i2c.transfer(self.address, [0xD0], 1)[0]
"""
EDITOR = """#!/bin/sh
echo "editing $1 of $(basename "$2")"
read -r _
sed -i 's/answer.2./answer[1]/' "$2"
"""


@pytest.fixture(params=["xterm-256color", "linux"])
def terminal(request: pytest.FixtureRequest, tmp_path: Path, cache_folder: Path) -> Iterator[Tmux]:
    """The screen of a simulated Pi with a driver that crashes, and an index with a library for its BME280."""
    files = {"adafruit_bme280/__init__.py": "", "adafruit_bme280/basic.py": BME280}
    for folder in ("index", "plugins"):
        (tmp_path / folder).mkdir()
    (tmp_path / "index" / wheel_file(PACKAGE)).write_bytes(wheel_content(PACKAGE, files))
    (tmp_path / "plugins" / "lamp.py").write_text(LAMP, encoding="utf-8")
    (tmp_path / "host.toml").write_text(SETTINGS.format(cache_folder=cache_folder), encoding="utf-8")
    editor = tmp_path / "vi"
    editor.write_text(EDITOR, encoding="utf-8")
    editor.chmod(0o755)
    environment = {
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": str(tmp_path / "index"),
        "EDITOR": str(editor),
        "TERM": request.param,
        "XDG_STATE_HOME": str(tmp_path / "state"),
    }
    with Tmux([str(Path(sys.executable).with_name("wasi-host"))], tmp_path, **environment) as shown:
        shown.until(" SIMULATED ", re.compile("lamp"))
        yield shown
        shown.until_true(lambda text: has_ended(shown, text), f"{ENDED} 0")


def mend(plugins: Path) -> None:
    """What the editor does."""
    (plugins / "lamp.py").write_text(LAMP.replace("answer[2]", "answer[1]"), encoding="utf-8")


def has_ended(terminal: Tmux, text: str) -> bool:
    """Press q until the program has ended: a sheet that is open takes one of them."""
    if ENDED not in text:
        terminal.keys("q")
    return f"{ENDED} 0" in text


def is_granted(terminal: Tmux, text: str) -> bool:
    """Press Enter until it counts: the list must have been shown for a moment. One too many shows details."""
    is_open = "Let greedy" in text
    if is_open:
        terminal.keys("Enter")
    return not is_open


def close_a_sheet(terminal: Tmux, below: str) -> None:
    """Press Esc, alone: with a key behind it at once, it would be another key."""
    terminal.keys("Escape")
    terminal.until(below)


def test_the_failing_driver_is_found_explained_edited_and_runs_again(terminal: Tmux) -> None:
    terminal.until(re.compile(r"lamp crashed at least \d times"))
    terminal.keys("8", "Enter")
    terminal.until(re.compile("crash-loop, certain|Plugin lamp"))
    if "Its plugin" in terminal.text:
        terminal.keys("Enter")
    terminal.until('File "lamp.py", line 8, in read', "low = answer[2]")
    terminal.keys("Escape")
    terminal.until_true(lambda text: "Plugin lamp" not in text, "the end of the plugin's sheet")
    if "crash-loop, certain" in terminal.text:
        close_a_sheet(terminal, "[8 Problems]")
    terminal.keys("e")
    terminal.until(re.compile(r"editing\s+\+8\s+of\s+lamp\.py"))
    terminal.keys("Enter")
    terminal.until(re.compile(r"\+ lamp"))
    terminal.keys("3", "t", "/")
    terminal.until("Find (text")
    terminal.keys("c", "r", "a", "s", "h")
    terminal.until("expression): crash")
    terminal.keys("Enter")
    terminal.until("find crash", re.compile(r"x lamp +(x\d+ since [\d:]+: )?exception: IndexError"))
    terminal.keys("Escape")
    terminal.until_true(lambda text: "find crash" not in text, "all marks")
    close_a_sheet(terminal, "[3 Log]")


def test_a_number_is_calibrated_and_its_alarm_is_raised_and_silenced(terminal: Tmux, tmp_path: Path) -> None:
    mend(tmp_path / "plugins")
    terminal.keys("1")
    terminal.until(re.compile(r"illuminance +\d"))
    terminal.keys("Home", "Down", "=")
    terminal.until("Its true value")
    terminal.keys("5", "Enter")
    terminal.until(re.compile(r"illuminance A +-?\d"))
    terminal.keys("A")
    terminal.until("Alarm if illuminance")
    terminal.keys("<", "9", "9", "Enter")
    terminal.until("ALARM", "lamp.illuminance is below 99", "a acknowledge")
    terminal.keys("a")
    terminal.until("acknowledged")
    written = (tmp_path / "host.toml").read_text(encoding="utf-8")
    assert "[plugins.lamp.adjust.illuminance]" in written and "[alarms.lamp-illuminance]" in written


def test_the_fan_is_switched_and_the_bus_and_an_address_are_looked_at(terminal: Tmux, tmp_path: Path) -> None:
    mend(tmp_path / "plugins")
    terminal.keys("7")
    terminal.until(re.compile(r"relay fan +- off"))
    terminal.keys("Enter")
    terminal.until(re.compile(r"relay fan +# on"))
    terminal.keys("5", "/")
    terminal.until("Address, in hexadecimal digits")
    terminal.keys("7", "6", "Enter")
    terminal.until("0x76 present", "i2c-1: no transfer failed in the last minute")


def test_a_driver_is_added_for_the_chip_and_another_gets_just_its_device(terminal: Tmux, tmp_path: Path) -> None:
    terminal.keys("n")
    terminal.until(re.compile(r"0x76 i2c-1 +\w+\? "))
    terminal.keys("i")
    terminal.until(re.compile(r"0x76 i2c-1 +BME280 "))
    terminal.keys("Enter")
    terminal.until(f"Add {PACKAGE}")
    terminal.keys("y")
    terminal.until("It may use i2c:1:0x76.", re.compile("reading: temperature|temperature +96"))
    close_a_sheet(terminal, "[1 Readings]")
    (tmp_path / "plugins" / "greedy.py").write_text(GREEDY, encoding="utf-8")
    terminal.keys("2")
    terminal.until("greedy cannot work")
    terminal.keys("g")
    terminal.until("Let greedy use 1 device?")
    terminal.until_true(lambda text: is_granted(terminal, text), "the sheet closes")
    assert '[plugins.greedy]\npermissions = ["i2c:1:0x77"]' in (tmp_path / "host.toml").read_text(encoding="utf-8")
