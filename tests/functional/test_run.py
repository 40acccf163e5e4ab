"""``wasi-host run``: one JSON line a round on standard output, the log on standard error, and a clean end."""

from __future__ import annotations

import json
import re
import shutil
import signal
import subprocess
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.command import Desk, Running
from tests.waiting import soon

QUICK = """
    [host]
    interval = 0.05
    plugins_folder = "plugins"
"""
COUNTER = """
    count = 0
    def read():
        global count
        count += 1
        return {"count": count}
"""
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@pytest.fixture
def desk(tmp_path: Path, cache_folder: Path) -> Desk:
    folder = tmp_path / "desk"
    folder.mkdir()
    return Desk(folder, cache_folder)


@pytest.fixture
def quick(desk: Desk) -> Desk:
    """A folder with a host.toml for quick rounds and a driver that counts."""
    desk.write("host.toml", QUICK)
    desk.write("plugins/counter.py", COUNTER)
    return desk


def assert_stopped_cleanly(running: Running, number: signal.Signals) -> None:
    with soon():
        outcome = running.stop(number)
    assert outcome.status == 0
    assert "Traceback" not in outcome.err
    assert all(json.loads(line) for line in outcome.out.splitlines())
    assert not running.left_behind()


# What it prints


def test_in_an_empty_folder_the_shipped_plugins_read_the_simulated_pi(desk: Desk) -> None:
    shipped, rounds = ["timestamp", "aht20", "bh1750", "bme680", "dht22", "pi_monitor"], list[dict[str, Any]]()
    with desk.running("run") as running:
        while len(rounds) < 2 or [*rounds[-2]] != shipped:  # on a busy computer, some are late for the first round
            rounds.append(json.loads(running.stdout.readline()))
        outcome = running.stop(signal.SIGINT)
    assert (outcome.status, "Traceback" in outcome.err) == (0, False)
    *_, first, second = rounds
    assert all("error" not in reading for reading in (*first.values(), *second.values()))
    assert first["bme680"].keys() >= {"temperature", "humidity", "pressure", "gas_resistance"}
    assert abs(first["bme680"]["temperature"] - first["dht22"]["temperature"]) < 1, "they are in the same room"
    between = datetime.fromisoformat(second["timestamp"]) - datetime.fromisoformat(first["timestamp"])
    assert 1.0 < between.total_seconds() < 5.0
    assert not [*desk.folder.iterdir()], "it leaves nothing where it runs"


def test_pretty_is_the_same_indented(quick: Desk) -> None:
    outcome = quick.run("run", "--rounds", "3", "--pretty")
    decoder, text, counts = json.JSONDecoder(), outcome.out, []
    while text:
        one, end = decoder.raw_decode(text)
        counts.append(one["counter"]["count"])
        assert text[:end].splitlines()[1].startswith('  "timestamp": ')
        text = text[end:].lstrip("\n")
    assert counts == sorted(counts)
    assert len(counts) == 3


def test_the_log_is_on_standard_error_and_readings_alone_on_standard_output(quick: Desk) -> None:
    quick.write(
        "plugins/talker.py",
        r"""
        import host, sys
        def setup():
            print("printed\nin two lines")
            print("complained", file=sys.stderr)
            host.log.debug("whispered")
            host.log.error("\x1b[31mshouted")
        def read(): return {}
        """,
    )
    outcome = quick.run_here("run", "--rounds", "2")
    assert len(outcome.rounds) == 2
    lines = [re.sub(r"^\S+Z ", "", line).split(maxsplit=2) for line in outcome.err.splitlines() if "talker" in line]
    assert sorted(lines) == [
        ["ERROR", "talker:", r"\x1b[31mshouted"],
        ["INFO", "talker:", "in two lines"],
        ["INFO", "talker:", "printed"],
        ["WARNING", "talker:", "complained"],
    ]


def test_what_readings_hold_cannot_move_the_cursor_and_prints_in_any_locale(quick: Desk) -> None:
    quick.write("plugins/odd.py", r"def read(): return {'µ°C': '\x9b2J\u202e\x7f'}")
    for locale in ({"LC_ALL": "C.UTF-8"}, {"LC_ALL": "C", "PYTHONIOENCODING": "ascii"}):
        outcome = quick.run("run", "--rounds", "2", environment=locale)
        assert outcome.status == 0
        assert outcome.rounds[-1]["odd"] == {"µ°C": "\x9b2J\u202e\x7f"}
        assert not re.search("[\x7f-\x9f\u202e]", outcome.out)


# How it ends


@pytest.mark.parametrize("number", SIGNALS, ids=lambda number: number.name)
def test_a_signal_ends_it_within_a_second(quick: Desk, number: signal.Signals) -> None:
    quick.write("plugins/sleeper.py", "import time\ndef read(): time.sleep(4)")
    quick.write("plugins/looper.py", "def read():\n    while True: pass")
    with quick.running("run") as running:
        for _ in range(3):
            assert "count" in running.stdout.readline()
        assert_stopped_cleanly(running, number)


@pytest.mark.parametrize("number", SIGNALS[:2], ids=lambda number: number.name)
def test_a_signal_ends_it_while_it_builds_the_python_runtime(
    quick: Desk, tmp_path: Path, number: signal.Signals
) -> None:
    quick.write("host.toml", f'[host]\ncache_folder = "{tmp_path}/empty"')
    with quick.running("run") as running:
        running.wait_for("Building the Python runtime")
        assert_stopped_cleanly(running, number)
    assert not [*(tmp_path / "empty").iterdir()], "nothing half done is left"


def test_a_signal_ends_it_while_it_compiles(quick: Desk, tmp_path: Path, cache_folder: Path) -> None:
    quick.write("host.toml", f'[host]\ncache_folder = "{tmp_path}/cold"')
    (tmp_path / "cold").mkdir(mode=0o700)
    for built in cache_folder.glob("python-runtime-*.wasm"):
        shutil.copy2(built, tmp_path / "cold")
    with quick.running("run") as running:
        running.wait_for("Compiling python-runtime-")
        assert_stopped_cleanly(running, signal.SIGINT)
    assert not [*(tmp_path / "cold").glob("*.cwasm")]


def test_impatience_does_no_harm(quick: Desk) -> None:
    with quick.running("run") as running:
        assert running.stdout.readline()
        for _ in range(5):
            running.process.send_signal(signal.SIGINT)
        assert_stopped_cleanly(running, signal.SIGINT)


def test_whoever_stops_listening_ends_it_quietly(quick: Desk) -> None:
    with quick.running("run") as running:
        assert running.stdout.readline()
        running.stdout.close()
        assert running.process.wait(10) == 0
        assert "Traceback" not in "".join(running.err)
        assert "BrokenPipe" not in "".join(running.err)


def test_head_gets_its_line_and_no_complaint(quick: Desk) -> None:
    with quick.running("run", stdout=subprocess.PIPE) as running:
        head = subprocess.run(["head", "-1"], stdin=running.stdout, capture_output=True, text=True, check=True)
        running.stdout.close()
        assert json.loads(head.stdout)
        assert running.process.wait(10) == 0
    assert "Traceback" not in "".join(running.err)


def test_a_full_disk_is_told_in_one_line(quick: Desk) -> None:
    with Path("/dev/full").open("w") as full, quick.running("run", "--rounds", "2", stdout=full) as running:
        assert running.process.wait(10) == 1
        running.wait_for("No space left on device")
        assert "Traceback" not in "".join(running.err)


# One plugin among others


def test_a_slow_plugin_delays_nobody(quick: Desk) -> None:
    quick.write("plugins/slow.py", "import time\ndef read():\n    time.sleep(4)\n    return {}")
    outcome = quick.run_here("run", "--rounds", "10")
    assert outcome.status == 0
    assert all("slow" not in one for one in outcome.rounds)
    assert outcome.rounds[-1]["counter"]["count"] >= 5


def test_a_plugin_that_crashes_is_told_with_its_traceback_and_the_others_read_on(quick: Desk) -> None:
    quick.write("plugins/faulty.py", "def read():\n    return 1 / 0\n")
    outcome = quick.run_here("run", "--rounds", "10")
    assert outcome.status == 0
    assert '  File "faulty.py", line 2, in read' in outcome.err
    assert "ZeroDivisionError: division by zero" in outcome.err
    assert any("ZeroDivisionError" in one.get("faulty", {}).get("error", "") for one in outcome.rounds)
    assert outcome.rounds[-1]["counter"]["count"] >= 5


def test_a_sensor_that_is_not_there_is_an_error_in_the_round(quick: Desk) -> None:
    quick.write("plugins/absent.py", "from host import i2c\ndef read(): i2c.read(0x50, 1)")
    quick.write("host.toml", QUICK + '\n    [plugins.absent]\n    permissions = ["i2c:1:0x50"]')
    outcome = quick.run_here("run", "--rounds", "2")
    assert outcome.status == 0
    assert "0x50: no device acknowledged" in outcome.rounds[-1]["absent"]["error"]


def test_a_display_gets_every_drivers_readings(quick: Desk) -> None:
    quick.write("plugins/display.py", "def update(readings): print('shown', readings['counter'], flush=True)")
    with quick.running("run") as running:
        running.wait_for("shown {'count': ")
        assert_stopped_cleanly(running, signal.SIGTERM)


def test_rounds_of_a_display_alone_are_printed_and_counted(desk: Desk) -> None:
    desk.write("host.toml", QUICK)
    desk.write("plugins/display.py", "def update(readings): pass")
    outcome = desk.run_here("run", "--rounds", "2")
    assert (outcome.status, [[*one] for one in outcome.rounds]) == (0, [["timestamp"], ["timestamp"]])


def test_without_an_enabled_plugin_a_number_of_rounds_is_refused_with_the_reason(desk: Desk) -> None:
    desk.write("host.toml", QUICK + "\n    [plugins.counter]\n    enabled = false")
    desk.write("plugins/counter.py", COUNTER)
    outcome = desk.run("run", "--rounds", "2")
    assert (outcome.status, outcome.out) == (1, "")
    assert "there is no plugin to run" in outcome.err and "enabled = false" in outcome.err


def test_a_reading_that_is_half_a_character_harms_nobody(quick: Desk) -> None:
    quick.write("plugins/odd.py", "def read(): return {'x': '\\ud800'}")
    outcome = quick.run_here("run", "--rounds", "3")
    assert outcome.status == 0
    assert "error" in outcome.rounds[-1]["odd"]
