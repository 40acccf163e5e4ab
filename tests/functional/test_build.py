"""``wasi-host build``: a Python plugin becomes a component that runs the same way, or one line says why not."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from tests.command import Desk
from tests.sealing import sealed
from tests.waiting import soon


@pytest.fixture
def desk(tmp_path: Path, cache_folder: Path) -> Desk:
    folder = tmp_path / "desk"
    folder.mkdir()
    return Desk(folder, cache_folder)


@pytest.mark.timeout(600)  # sealing and compiling, the first time
def test_a_sealed_plugin_runs_in_place_of_its_source(desk: Desk, cache_folder: Path) -> None:
    component = sealed("dht22", cache_folder)
    desk.write(
        "host.toml",
        f"""
        [host]
        interval = 0.3
        cache_folder = "{component.parent}"
        [plugins.dht22]
        path = "{component}"
        permissions = ["gpio:4:pulses"]
        [[simulation.chips]]
        chip = "dht22"
        line = 4
        """,
    )
    outcome = desk.run_here("run", "--rounds", "2")
    assert outcome.status == 0
    assert outcome.rounds[-1]["dht22"].keys() == {"temperature", "humidity", "simulated"}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("def read(:\n", "bad.py line 1: invalid syntax"),
        ("x = 1\n", "bad.py defines none of read(), update(readings), render(readings)"),
        (b"# \xff\ndef read(): return {}\n", "bad.py is not valid Python"),
        (b"def read(): return {}\0\n", "bad.py: source code string cannot contain null bytes"),
    ],
)
def test_what_is_wrong_with_a_source_is_told_before_anything_is_built(
    desk: Desk, content: str | bytes, words: str
) -> None:
    desk.write("bad.py", content)
    outcome = desk.run_here("build", "bad.py")
    assert (outcome.status, outcome.out) == (1, "")
    (line,) = outcome.err.splitlines()
    assert line.startswith("wasi-host: bad: ")
    assert words in line
    assert not [*desk.folder.rglob("*.wasm")]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nosuch"], "nosuch: no such plugin; there are: bme680, bh1750, aht20, dht22, pi_monitor, oled, dashboard"),
        (["nosuch.py"], "nosuch: nosuch.py: No such file or directory"),
        (["good.py", "-o", "good.py/good.wasm"], "good: cannot make the folder good.py: Not a directory"),
    ],
)
def test_what_cannot_be_found_or_made_is_named(desk: Desk, arguments: list[str], words: str) -> None:
    desk.write("good.py", "def read(): return {}")
    outcome = desk.run_here("build", *arguments)
    assert (outcome.status, outcome.out) == (1, "")
    (line,) = outcome.err.splitlines()
    assert words in line


def test_a_component_needs_no_sealing(desk: Desk) -> None:
    desk.write("host.toml", "")
    desk.write("plugins/light.wasm", b"")
    outcome = desk.run_here("build", "light")
    assert outcome.status == 1
    assert "light.wasm is a component already" in outcome.err


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)
def test_an_interrupted_build_leaves_nothing(desk: Desk, number: signal.Signals) -> None:
    desk.write("good.py", "def read(): return {}")
    with desk.running("build", "good.py", "-o", "good.wasm") as running:
        running.wait_for("Sealing good.py")
        with soon():
            outcome = running.stop(number)
        assert outcome.status == 130
        assert "Traceback" not in outcome.err
        assert not running.left_behind()
    assert [path.name for path in desk.folder.iterdir()] == ["good.py"]
