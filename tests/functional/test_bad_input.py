"""What is wrong with a file gets one clear line and a non-zero exit status; a bad plugin doesn't stop the others."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path

import pytest
from wasmtime import wat2wasm

from tests.command import PATIENCE, PROGRAM, Desk
from tests.terminal_process import TerminalProcess

COUNTER = """
    count = 0
    def read():
        global count
        count += 1
        return {"count": count}
"""


BUFFERED = {"PYTHONUNBUFFERED": ""}
"""As a person's Python writes."""


@pytest.fixture
def desk(tmp_path: Path, cache_folder: Path) -> Desk:
    folder = tmp_path / "desk"
    folder.mkdir()
    return Desk(folder, cache_folder)


def complaint(desk: Desk, *arguments: str | Path) -> str:
    """The one line that a command has to say before it ends with status 1."""
    outcome = desk.run_here(*arguments)
    assert (outcome.status, outcome.out) == (1, "")
    (line,) = outcome.err.splitlines()
    assert line.startswith("wasi-host: ")
    return line.removeprefix("wasi-host: ")


# host.toml


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[host\n", "host.toml:1: not TOML: "),
        ("[hosts]\n", "host.toml:1: hosts: unknown key"),
        ('[host]\ninterval = "fast"\n', "host.toml:2: host.interval: found 'fast'"),
        ("[host]\ninterval = 0\n", "host.toml:2: host.interval: found 0, allowed "),
        ('[host]\nlog_level = "loud"\n', "host.toml:2: host.log_level: found 'loud'"),
        ("[plugins.Bad-Name]\n", "host.toml:1: plugins.Bad-Name: "),
        ('[plugins.a]\npermissions = ["i2c:1:0x78"]\n', "host.toml:2: plugins.a.permissions"),
        ('[plugins.a]\npermissions = ["i2c:9:0x23"]\n', "found the bus i2c-9"),
        ('[[simulation.chips]]\nchip = "bme69"\n', "host.toml:2: simulation.chips"),
        ('[[simulation.chips]]\nchip = "bme680"\nbus = 1\naddress = 0x42\n', "host.toml:4: simulation.chips"),
        ('[buses.i2c-1]\nbackend = "mac"\n', "host.toml:2: buses.i2c-1.backend: found 'mac'"),
        (b"# \xff\n", "host.toml:1: found the byte 0xff"),
    ],
)
def test_what_is_wrong_in_host_toml_is_told_with_line_key_and_what_is_allowed(
    desk: Desk, text: str | bytes, words: str
) -> None:
    desk.write("host.toml", text)
    assert words in complaint(desk, "run", "--rounds", "1")


def test_a_settings_file_that_was_named_must_be_there(desk: Desk) -> None:
    assert complaint(desk, "--config", "gone.toml", "run").startswith("gone.toml: no such file")
    assert "found a folder" in complaint(desk, "--config", ".", "run")


def test_two_plugins_of_one_name_are_told_with_both_files(desk: Desk) -> None:
    desk.write("host.toml", "")
    desk.write("plugins/light.py", COUNTER)
    desk.write("plugins/light.wasm", b"")
    line = complaint(desk, "run", "--rounds", "1")
    assert "plugins.light: found two plugins of this name" in line
    assert "light.py" in line
    assert "light.wasm" in line


def test_a_cache_that_others_can_write_is_not_used(desk: Desk, tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o777)
    desk.write("host.toml", f'[host]\ncache_folder = "{shared}"\n')
    assert "shared can be written by others (mode 0777)" in complaint(desk, "run", "--rounds", "1")


@pytest.mark.parametrize(
    "arguments", [["run", "--rounds", "0"], ["run", "--rounds", "many"], ["fly"], ["build"], ["run", "--colour"]]
)
def test_arguments_that_make_no_sense_end_with_usage_and_status_2(desk: Desk, arguments: list[str]) -> None:
    outcome = desk.run(*arguments)
    assert (outcome.status, outcome.out) == (2, "")
    assert outcome.err.startswith("usage: wasi-host")


def test_the_screen_needs_a_terminal(desk: Desk) -> None:
    outcome = desk.run()
    assert (outcome.status, outcome.out) == (2, "")
    assert "the screen needs a terminal" in outcome.err


def test_a_terminal_that_understands_no_control_sequences_gets_a_sentence(desk: Desk) -> None:
    with TerminalProcess([PROGRAM], folder=desk.folder, TERM="dumb") as process:
        process.read_until(b"it cannot show the screen")
        assert b"\x1b" not in process.written


def test_an_output_that_is_full_is_named(desk: Desk) -> None:
    with (
        Path("/dev/full").open("w") as full,
        desk.running("status", stdout=full, environment=BUFFERED) as running,
    ):
        running.wait_for("wasi-host: standard output: No space left on device\n")
        assert running.process.wait(PATIENCE) == 2


def test_a_reader_that_has_ended_is_no_error(desk: Desk) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as pipe, desk.running("status", stdout=pipe, environment=BUFFERED) as running:
        assert running.process.wait(PATIENCE) == 0
        assert running.err == []


# Plugins


def component(text: str) -> bytes:
    return bytes(wat2wasm(text))


WHOLE = component('(component (core module $m (func (export "f"))) (export "m" (core module $m)))')
BAD = {
    "empty.wasm": (b"", "is empty"),
    "truncated.wasm": (WHOLE[:-20], "cannot be compiled"),
    "core.wasm": (component("(module)"), "is a core module; a plugin is a component"),
    "text.wasm": (b"(component)", "is not WebAssembly"),
    "needy.wasm": (
        component('(component (import "wasi:keyvalue/store@0.2.0" (instance)))'),
        "asks for imports that this host does not offer: wasi:keyvalue/store@0.2.0",
    ),
    "useless.wasm": (component("(component)"), "exports nothing of wasi-host:plugin"),
    "syntax.py": (b"def read():\n    return {\n", "syntax.py line 2: '{' was never closed"),
    "latin.py": ("# °\ndef read(): return {}".encode("latin-1"), "is not UTF-8 text (byte 2)"),
    "nothing.py": (b"x = 1\n", "nothing.py defines none of read()"),
    "blank.py": (b"", "blank.py defines none of read()"),
    "huge.py": (b"#" * (1 << 21), "has more than 1,048,576 bytes"),
}


def test_each_bad_plugin_gets_one_line_while_the_others_read_on(desk: Desk) -> None:
    desk.write("host.toml", "[host]\ninterval = 0.1\n[plugins.gone]\n")
    desk.write("plugins/counter.py", COUNTER)
    for name, (content, _) in BAD.items():
        desk.write(f"plugins/{name}", content)
    said = {name.partition(".")[0]: words for name, (_, words) in BAD.items()}
    said["gone"] = "gone.py: No such file or directory"
    with desk.running("run") as running:
        for words in said.values():
            running.wait_for(words)
        while json.loads(running.stdout.readline()).get("counter", {}).get("count", 0) < 3:
            pass
        outcome = running.stop(signal.SIGTERM)
    assert "Traceback" not in outcome.err
    for plugin, words in said.items():
        (line,) = [line for line in outcome.err.splitlines() if f" *{plugin}: " in line and "ERROR" in line]
        assert words in line


def test_a_bad_plugin_makes_the_exit_status_1_when_the_rounds_are_over(desk: Desk) -> None:
    desk.write("host.toml", "[host]\ninterval = 0.1\n")
    desk.write("plugins/counter.py", COUNTER)
    assert desk.run_here("run", "--rounds", "10").status == 0
    desk.write("plugins/bad.py", "def read(:\n")
    outcome = desk.run_here("run", "--rounds", "10")
    assert (outcome.status, len(outcome.rounds)) == (1, 10)
