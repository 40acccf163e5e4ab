"""``wasi-host try FILE``: one script or plugin, alone, with the permissions that a person names."""

from __future__ import annotations

import json
import signal
from pathlib import Path

import pytest

from tests.command import PROGRAM, Desk
from tests.fetching import pip_settings, plugin_source
from tests.package_index import index, package
from tests.terminal_process import TerminalProcess
from tests.waiting import soon

SETTINGS = """
    [host]
    interval = 0.05
    [buses.i2c-1]
    backend = "simulated"
    [[simulation.chips]]
    chip = "bh1750"
    bus = 1
    address = 0x23
"""
LIGHT = """
    import time
    from host import i2c

    i2c.write(0x23, [0x10])
    while True:
        time.sleep(0.18)
        print(f"Light: {int.from_bytes(i2c.read(0x23, 2), 'big') / 1.2:.1f} lx")
"""


@pytest.fixture
def desk(tmp_path: Path, cache_folder: Path) -> Desk:
    folder = tmp_path / "desk"
    folder.mkdir()
    made = Desk(folder, cache_folder)
    made.write("host.toml", SETTINGS)
    made.write("plugins/other.py", "def read():\n    return {'other': 1}\n")
    return made


def test_it_prints_each_reading_and_the_log_until_a_person_ends_it(desk: Desk) -> None:
    desk.write("My-Script.py", LIGHT)
    with desk.running("try", "My-Script.py", "--grant", "i2c:1:0x23") as running:
        reading = json.loads(running.stdout.readline())
        running.wait_for("my-script: Light: ")
        with soon():
            outcome = running.stop(signal.SIGINT)
    assert reading["Light"] > 0
    assert reading["simulated"] == ["i2c-1"]
    assert outcome.status == 0
    assert "Traceback" not in outcome.err
    assert "simulated buses: i2c-1" in outcome.err
    assert "other" not in outcome.out + outcome.err, "the plugins of host.toml do not run"


def test_it_names_each_denied_access_once_with_the_option_that_allows_it(desk: Desk) -> None:
    desk.write("light.py", LIGHT)
    with desk.running("try", "light.py") as running:
        running.wait_for("light.py may not use 0x23 on i2c-1; to allow it for a run, add: --grant i2c:1:0x23")
        running.wait_for("run reports: light may not use 0x23 on i2c-1 in this run")
        outcome = running.stop(signal.SIGTERM)
    assert outcome.err.count("--grant") == 1
    assert outcome.status == 0


def test_it_grants_and_remembers_nothing(desk: Desk) -> None:
    settings = (desk.folder / "host.toml").read_bytes()
    desk.write("plugins/light.py", LIGHT)
    with desk.running("try", "plugins/light.py") as running:
        running.wait_for("--grant i2c:1:0x23")
        running.stop(signal.SIGINT)
    assert (desk.folder / "host.toml").read_bytes() == settings
    assert "light asked for nothing" in desk.run_here("grant", "light").err


def test_a_script_that_ends_is_run_once(desk: Desk) -> None:
    desk.write("once.py", "print('dice: 6')\n")
    outcome = desk.run_here("try", "once.py")
    assert (outcome.status, outcome.out) == (0, '{"dice": 6}\n')


def test_a_driver_runs_once_an_interval(desk: Desk) -> None:
    desk.write("driver.py", "n = 0\ndef read():\n    global n\n    n += 1\n    return {'n': n}\n")
    with desk.running("try", "driver.py") as running:
        assert [running.stdout.readline() for _ in range(3)] == [f'{{"n": {n}}}\n' for n in (1, 2, 3)]
        assert running.stop(signal.SIGINT).status == 0


def test_a_file_that_cannot_be_used_fails(desk: Desk) -> None:
    desk.write("broken.py", "print('a: 1'\n")
    outcome = desk.run_here("try", "broken.py")
    assert outcome.status == 1
    assert "broken.py line 1: '(' was never closed" in outcome.err


def test_a_crash_ends_it_with_one_traceback(desk: Desk) -> None:
    desk.write("host.toml", f"{SETTINGS}    [supervisor]\n    first_delay = 60\n")  # a busy computer ends it late
    desk.write("dies.py", "print('begun')\n{}['gain']\n")
    outcome = desk.run_here("try", "dies.py")
    assert outcome.status == 1
    assert "crashed (exception): KeyError: 'gain' in dies.py line 2" in outcome.err
    assert outcome.err.count("Traceback") == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nowhere.py"], "nowhere.py: no such file"),
        (["host.toml"], "allowed are .py and .wasm"),
        (["a.py", "--grant", "i2c:7:0x10"], "lists no bus i2c-7; add [buses.i2c-7] there"),
        (["a.py", "--grant", "everything"], "found 'everything', allowed is i2c:BUS:ADDRESS"),
    ],
)
def test_a_wrong_argument_is_one_line(desk: Desk, arguments: list[str], words: str) -> None:
    desk.write("a.py", "print('a: 1')\n")
    outcome = desk.run_here("try", *arguments)
    assert (outcome.status, outcome.err.count("\n")) == (1, 1)
    assert words in outcome.err


def test_beside_a_running_host_it_says_where_to_put_the_file(desk: Desk) -> None:
    desk.write("a.py", "print('a: 1')\n")
    with desk.running("run") as host:
        host.stdout.readline()
        outcome = desk.run("try", "a.py")
    assert outcome.status == 1
    assert f"put a.py into {desk.folder}/plugins, where that host takes it up" in outcome.err


def test_what_the_metadata_asks_for_is_shown_and_not_granted(desk: Desk) -> None:
    desk.write("host.toml", SETTINGS)
    asks = '# /// script\n# [tool.wasi-host]\n# permissions = ["i2c:1:0x23"]\n# ///\n'
    desk.write("asks.py", asks + "print('a: 1')\n")
    outcome = desk.run_here("try", "asks.py")
    assert "asks.py asks for i2c:1:0x23 in its metadata; to allow it for a run, add: --grant i2c:1:0x23" in outcome.err
    assert "--grant" not in desk.run_here("try", "asks.py", "--grant", "i2c:1:0x23").err


@pytest.mark.parametrize("answer", ["y", "n"])
def test_on_a_terminal_a_person_is_asked(desk: Desk, answer: str) -> None:
    desk.write("light.py", LIGHT)
    cache = desk._environment["XDG_CACHE_HOME"]
    command = [str(PROGRAM), "try", "light.py"]
    with TerminalProcess(command, (200, 24), folder=desk.folder, XDG_CACHE_HOME=cache) as terminal:
        terminal.read_until(b"May it use 0x23 on i2c-1 in this run? [y/N] ")
        terminal.type(answer.encode() + b"\n")
        terminal.read_until(b'{"Light": ' if answer == "y" else b"--grant i2c:1:0x23")
        terminal.type(b"\x03")
        assert terminal.end() == 0


@pytest.mark.thorough
def test_it_fetches_the_libraries_that_the_file_names(desk: Desk, tmp_path: Path) -> None:
    desk.write("host.toml", f"{SETTINGS}    [libraries]\n    folder = 'wheels'\n")
    desk.write("script.py", plugin_source("driver") + "import driver\nprint('Value: 3')\n")
    with index(package("driver")) as served:
        outcome = desk.run("try", "script.py", environment=pip_settings(tmp_path, served.url))
    assert outcome.status == 0
    assert json.loads(outcome.out) == {"Value": 3}
    assert (desk.folder / "script.lock").exists()
    assert desk.run("try", "script.py").status == 0, "the second time, no index is asked"
