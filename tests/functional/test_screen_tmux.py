"""The whole program in a terminal, with real keys: a host, its plugins, its screen."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from tests.hostile.collection import FILES, place, tables
from tests.supervised import toml
from tests.tmux import ENDED, IS_INSTALLED, Tmux
from tui.terminal import CONSOLE_GLYPHS

pytestmark = pytest.mark.skipif(not IS_INSTALLED, reason="tmux is not installed")

WASI_HOST = [str(Path(sys.executable).with_name("wasi-host"))]
NUMBER = r" +\d+(\.\d+)? "
STARTED = re.compile(r"\b(running|BACKOFF|QUARANTINED)\b")
OURS = re.compile(r"\x1b(?:\[[?<>=]?[\d;]*\$?[Hmhlup])")
"""What the screen itself writes beside text: moves the cursor, chooses colours, sets and asks for modes."""
ACTED_ON = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
"""What is no text to a terminal."""


def test_a_first_minute(tmp_path: Path, cache_folder: Path) -> None:
    with Tmux(WASI_HOST, tmp_path) as terminal:
        terminal.until(" SIMULATED ", "Press n for a first driver", re.compile(f"temperature{NUMBER}°C"))
        terminal.keys("2", "x")
        terminal.until(re.compile(r"bme680 +- stopped"))
        terminal.keys("s")
        terminal.until(re.compile(r"bme680 +\+ running"))
        terminal.keys("Enter")
        terminal.until("Plugin bme680", "granted", "i2c:1:0x77")
        terminal.keys("Escape")
        terminal.until("[2 Plugins]")
        terminal.keys("5", "s")
        terminal.until("i2c-1: 3 devices", "0x23 present, used by bh1750")
        terminal.keys("Down", "Down", "Down", "Down", "Down", *["Right"] * 4, "i")
        terminal.until("registers as last read: ", "is BME680: 0xd0 reads 61")
        terminal.resize(120, 40)
        terminal.until("1 Readings", "6 OLED", "⣿", "relay fan")
        terminal.until_framed(7)
        terminal.resize(60, 18)
        terminal.until("[5 Bus]")
        terminal.until_framed(1)
        terminal.keys("q")
        terminal.until(f"{ENDED} 0")
        assert "[5 Bus]" not in terminal.text, "the screen before it is back"


def test_every_screen_on_the_console(tmp_path: Path, cache_folder: Path) -> None:
    with Tmux(WASI_HOST, tmp_path, TERM="linux") as terminal:
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
        terminal.until("owned", "KeyError: 'gain'")
        terminal.until_framed(6)
        terminal.resize(80, 24)
        for number in range(1, 7):
            terminal.keys(str(number))
            terminal.until(re.compile(rf"\[{number} \w+\]"))
            terminal.until_framed(1)
        terminal.keys("2", "End", "Enter")
        terminal.until("Plugin trespasses")
        terminal.until_framed(1)
        terminal.keys("Escape")
        terminal.until("[2 Plugins]")
        terminal.keys("q")
        terminal.until(f"{ENDED} 0")
        written = terminal.raw.decode()
    written = written[: written.index("\x1b[?1049l")]
    found = ACTED_ON.search(OURS.sub("", written[written.index("\x1b[?1049h") :]))
    assert not found, f"{found} in {written[found.start() - 50 : found.end() + 50]!r}"


def _has_started(text: str, plugin: str) -> bool:
    return any(re.search(rf"║{plugin} ", line) and STARTED.search(line) for line in text.splitlines())
