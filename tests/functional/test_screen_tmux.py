"""The whole program in a terminal, with real keys: a host, its plugins, its screen."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from tests.hostile.collection import FILES, place, tables
from tests.supervised import Tables, toml
from tests.tmux import ENDED, IS_INSTALLED, Tmux
from tests.wheels import wheel_content, wheel_file
from tui.terminal import CONSOLE_GLYPHS

pytestmark = pytest.mark.skipif(not IS_INSTALLED, reason="tmux is not installed")

WASI_HOST = [str(Path(sys.executable).with_name("wasi-host"))]
NUMBER = r" +\d+(\.\d+)? "
STARTED = re.compile(r"\b(running|TROUBLE|FAILING|BACKOFF|QUARANTINED)\b")
OURS = re.compile(r"\x1b(?:\[[?<>=]?[\d;]*\$?[Hmhlup])")
"""What the screen itself writes beside text: moves the cursor, chooses colours, sets and asks for modes."""
ACTED_ON = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
"""What is no text to a terminal."""


def test_a_first_minute(tmp_path: Path, cache_folder: Path) -> None:
    with Tmux(WASI_HOST, tmp_path, XDG_STATE_HOME=str(tmp_path / "state")) as terminal:
        terminal.until(" SIMULATED ", "own host", "Press n for a first driver", re.compile(f"temperature{NUMBER}°C"))
        terminal.keys("2", "x")
        terminal.until(re.compile(r"bme680 +- stopped"))
        terminal.keys("s")
        terminal.until(re.compile(r"bme680 +\+ running"))
        terminal.keys("Enter")
        terminal.until("Plugin bme680", "granted", "i2c:1:0x77")
        terminal.keys("Escape")
        terminal.until("[2 Plugins]")
        terminal.keys("5", "s")
        terminal.until("i2c-1, simulated: 4 devices", "0x23 present, used by bh1750")
        terminal.keys("Down", "Down", "Down", "Down", "Down", *["Right"] * 4, "i")
        # Whether the driver's own traffic or the scan has identified it first, is open.
        terminal.until("registers seen", re.compile("is BME680( or |/)BME688: .*reads (0x)?61"))
        terminal.resize(120, 40)
        terminal.until("1 Readings", "6 OLED", "⣿", "relay fan")
        terminal.until_framed(7)
        terminal.resize(60, 18)
        terminal.until("[5 Bus]")
        terminal.until_framed(1)
        terminal.keys("q")
        terminal.until(f"{ENDED} 0")
        assert "[5 Bus]" not in terminal.text, "the screen before it is back"


def test_one_key_fetches_a_library_and_its_plugin_reads(tmp_path: Path, cache_folder: Path) -> None:
    index = tmp_path / "index"
    index.mkdir()
    (index / wheel_file("bright-lamp")).write_bytes(wheel_content("bright-lamp", {"lamp.py": "GLOW = 7\n"}))
    (tmp_path / "plugins").mkdir()
    metadata = '# /// script\n# dependencies = ["bright-lamp"]\n# ///\n'
    driver = f"{metadata}import lamp\ndef read(): return {{'glow': lamp.GLOW}}\n"
    (tmp_path / "plugins" / "shine.py").write_text(driver, encoding="utf-8")
    (tmp_path / "host.toml").write_text(toml({"host": {"cache_folder": str(cache_folder)}}), encoding="utf-8")
    with Tmux(WASI_HOST, tmp_path, PIP_NO_INDEX="1", PIP_FIND_LINKS=str(index)) as terminal:
        terminal.keys("2")
        terminal.until(re.compile("shine +X QUARANTINED"), "f Fetch libraries")
        terminal.keys("f")
        terminal.until(re.compile(r"shine +\+ running"))
        assert "Fetch libraries" not in terminal.text
        terminal.keys("1")
        terminal.until(re.compile(r"glow +7\b"))
        terminal.keys("q")
        terminal.until(f"{ENDED} 0")


SIMULATED_BME680 = """
[host]
interval = 0.3
cache_folder = "{cache_folder}"
[buses.i2c-1]
backend = "simulated"
[[simulation.chips]]
chip = "bme680"
bus = 1
address = 0x76
"""
BME680 = """
from host import i2c
class Adafruit_BME680_I2C:
    def __init__(self, address=0x77):
        self.address = address
    @property
    def temperature(self):
        "The chip's identity, which is enough for a test."
        return i2c.transfer(self.address, [0xD0], 1)[0]
"""


@pytest.mark.thorough
def test_a_driver_from_the_index_is_added_for_a_chip_that_the_scan_found_and_reads(
    tmp_path: Path, cache_folder: Path
) -> None:
    package, index = "adafruit-circuitpython-bme680", tmp_path / "index"
    index.mkdir()
    (index / wheel_file(package)).write_bytes(wheel_content(package, {"adafruit_bme680.py": BME680}))
    (tmp_path / "plugins").mkdir()
    settings = SIMULATED_BME680.format(cache_folder=cache_folder)
    (tmp_path / "host.toml").write_text(settings, encoding="utf-8")
    with Tmux(WASI_HOST, tmp_path, PIP_NO_INDEX="1", PIP_FIND_LINKS=str(index)) as terminal:
        terminal.until(" SIMULATED ", "no plugins")
        terminal.keys("n")
        terminal.until(re.compile(r"0x76 i2c-1 +\w+\? "))
        terminal.keys("i")
        terminal.until(re.compile(r"0x76 i2c-1 +BME680 +bme680, this project's own"))
        terminal.keys("Down", "Enter")
        terminal.until(f"Add {package}", "i2c:1:0x76")
        terminal.keys("y")
        terminal.until("bme680.py is written into", "adafruit_bme680.Adafruit_BME680_I2C", "It may use i2c:1:0x76.")
        terminal.until("Its reading, simulated (i2c-1):", re.compile(r"temperature +97\b"))
        terminal.keys("Escape")
        terminal.until("[1 Readings]")
        terminal.keys("q")
        terminal.until(f"{ENDED} 0")
    assert 'permissions = ["i2c:1:0x76"]' in (tmp_path / "host.toml").read_text(encoding="utf-8")


def test_every_screen_on_the_console(tmp_path: Path, cache_folder: Path) -> None:
    with Tmux(WASI_HOST, tmp_path, TERM="linux", XDG_STATE_HOME=str(tmp_path / "state")) as terminal:
        terminal.until(" SIMULATED ", re.compile(f"temperature{NUMBER}°C"))
        titles = ["Readings", "Plugins", "Log", "Traffic", "Bus", "OLED"]
        for number, title in enumerate(titles, 1):
            terminal.keys(str(number))
            terminal.until(f"[{number} {title}]")
            terminal.until_framed(1)
            assert set(terminal.text) - {"\n"} <= CONSOLE_GLYPHS
        terminal.keys("C-c")
        terminal.until(f"{ENDED} 0")
        assert "[6 OLED]" not in terminal.text, "the console has no second screen, so this one is cleared"


@pytest.mark.thorough
def test_no_hostile_plugin_reaches_the_terminal(tmp_path: Path, cache_folder: Path) -> None:
    (tmp_path / "plugins").mkdir()
    place(FILES, tmp_path / "plugins")
    buses = {f"buses.{name}": {"backend": "simulated"} for name in ("i2c-1", "gpio", "uart-serial0", "system")}
    host = {"host": {"interval": 0.5, "cache_folder": str(cache_folder)}, "crashes": {"folder": "crashes"}}
    (tmp_path / "host.toml").write_text(toml({**host, **buses, **tables(FILES)}), encoding="utf-8")
    with Tmux(WASI_HOST, tmp_path, (200, 60)) as terminal:
        terminal.keys("2", "z")
        terminal.until_true(lambda text: all(_has_started(text, name) for name in FILES), "a state of every plugin")
        terminal.keys("z")
        terminal.until("owned")
        terminal.until("KeyError: 'gain'")
        terminal.until_true(lambda text: "─ 6 OLED" in text and "─ 4 Traffic" in text, "all panes")
        terminal.resize(80, 24)
        for number in range(1, 7):
            terminal.keys(str(number))
            terminal.until(re.compile(rf"\[{number} \w+\]"))
            terminal.until_framed(1)
        terminal.keys("2", "End", "Enter")
        terminal.until(re.compile(r"Plugin \w+"), re.compile("^.*state  ", re.MULTILINE))
        terminal.until_framed(1)
        terminal.keys("Escape")
        terminal.until("[2 Plugins]")
        terminal.keys("q")
        terminal.until(f"{ENDED} 0")
        written = terminal.raw.decode()
    written = written[: written.index("\x1b[?1049l")]
    found = ACTED_ON.search(OURS.sub("", written[written.index("\x1b[?1049h") :]))
    assert not found, f"{found} in {written[found.start() - 50 : found.end() + 50]!r}"


def test_a_person_releases_restarts_and_stops_a_driver_that_crashes(tmp_path: Path, cache_folder: Path) -> None:
    settings = {"supervisor": {"max_crashes": 1, "first_delay": 0.05}, "plugins.clumsy": {"interval": 0.5}}
    _host(tmp_path, cache_folder, settings, clumsy='def read():\n    raise KeyError("gain")\n')
    with Tmux(WASI_HOST, tmp_path, (100, 60)) as terminal:
        terminal.keys("2")
        terminal.until(re.compile(r"clumsy +X QUARANTINED +2 "))
        terminal.keys("u")
        terminal.until(re.compile(r"clumsy +X QUARANTINED +4 "))
        (tmp_path / "plugins" / "clumsy.py").write_text("def read():\n    return {'gain': 7}\n", encoding="utf-8")
        terminal.keys("u")
        terminal.until(re.compile(r"clumsy +\+ running"))
        terminal.keys("Enter")
        terminal.until("Plugin clumsy", "Crash 4 of 4", "KeyError: 'gain'")
        assert "stopped: a person's order" not in terminal.text
        terminal.keys("r")
        terminal.until("stopped: a person's order", "+ running since")
        terminal.keys("x")
        terminal.until(re.compile(r"- stopped since(.|\n)*because +a person's order"))
        terminal.keys("Escape")
        terminal.until("[2 Plugins]")
        terminal.keys("q")
        terminal.until(f"{ENDED} 0")


BREAKS = """
from hostcore.host import Host
from tui import __main__
from tui.traffic.pane import TrafficPane

def row(pane, number, width):
    raise ValueError("a defect with \\x1b]0;owned\\x07 in it")

def stop(host, really_stop=Host.stop):
    print("every plugin has stopped:", really_stop(host))

TrafficPane.row, Host.stop = row, stop
raise SystemExit(__main__.main())
"""
"""The program with a pane that crashes as soon as it is looked at."""


def test_a_crash_in_a_pane_leaves_the_terminal_clean_and_stops_the_plugins(tmp_path: Path, cache_folder: Path) -> None:
    _host(tmp_path, cache_folder, asking="from host import system\n\ndef read():\n    return system.status().load\n")
    with Tmux([sys.executable, "-c", BREAKS], tmp_path) as terminal:
        terminal.until("+ asking")
        terminal.keys("4")
        terminal.until(f"{ENDED} 1")
        assert "every plugin has stopped: True" in terminal.text
        assert "the screen broke on a defect of its own" in terminal.text
        assert "[4 Traffic]" not in terminal.text
        told = terminal.raw[terminal.raw.index(b"\x1b[?1049l") :].decode()
        assert r"ValueError: a defect with \x1b]0;owned\x07 in it" in told
        assert "\x1b]0;" not in told


def _host(folder: Path, cache_folder: Path, settings: Tables | None = None, **plugins: str) -> None:
    """Settings with a simulated bus, and plugins of this source."""
    (folder / "plugins").mkdir()
    for name, source in plugins.items():
        (folder / "plugins" / f"{name}.py").write_text(source, encoding="utf-8")
    host: Tables = {"host": {"interval": 0.5, "cache_folder": str(cache_folder)}, "crashes": {"folder": "crashes"}}
    tables = {**host, "buses.system": {"backend": "simulated"}, **(settings or {})}
    (folder / "host.toml").write_text(toml(tables), encoding="utf-8")


def _has_started(text: str, plugin: str) -> bool:
    return any(re.search(rf"║{plugin} ", line) and STARTED.search(line) for line in text.splitlines())
