"""``wasi-host replay``: from a crash on one computer to its cause on another, without the hardware."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from hostcore.cli.replay_runtime import component_of
from hostcore.clock import VirtualClock
from hostcore.config.loading import find_and_load
from hostcore.recording.contents import read_recording
from hostcore.recording.recorder import Recorder
from tests.command import Desk
from tests.lit_bus import lit_bus
from tests.unit.recording.test_recording_file import HEADER

LIGHT = """
from host import i2c
calls = 0
def read():
    global calls
    calls += 1
    i2c.write(0x23, b"\\x10")
    high, low = i2c.read(0x23, 2)
    return {"light": (high << 8 | low) / (3 - calls)}
"""


@pytest.fixture(scope="module")
def crash(tmp_path_factory: pytest.TempPathFactory, cache_folder: Path) -> Path:
    """The recording of a driver that crashed in its third call."""
    folder = tmp_path_factory.mktemp("pi")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(folder / "state"))
        desk = _desk(folder, cache_folder, lit_bus(cache_folder))
        (folder / "plugins").mkdir()
        (folder / "plugins" / "light.py").write_text(LIGHT)
        assert desk.run("run", "--rounds", "3").status == 0
        listed = json.loads(desk.run("crashes", "--json").out)
    return Path(listed[0]["file"]).with_suffix(".recording")


@pytest.fixture
def laptop(tmp_path: Path, cache_folder: Path, crash: Path) -> Desk:
    """Another folder, with nothing but the recording, and settings without a plugin or a bus."""
    shutil.copy(crash, tmp_path / "light.recording")
    return _desk(tmp_path, cache_folder, f'[host]\ncache_folder = "{cache_folder}"\n')


def _desk(folder: Path, cache_folder: Path, settings: str) -> Desk:
    (folder / "host.toml").write_text(settings)
    return Desk(folder, cache_folder)


def test_it_shows_the_calls_with_their_transfers_and_the_crash_at_its_line(laptop: Desk) -> None:
    outcome = laptop.run("replay", "light.recording")
    assert outcome.status == 0
    assert "light (light.py), recorded from" in outcome.out
    assert "i2c-1 0x23  w 10  (line 7)" in outcome.out
    assert 'File "light.py", line 9, in read' in outcome.out
    assert "replayed 4 calls in" in outcome.out
    assert "all as recorded" in outcome.out


def test_each_call_as_json_has_its_result_transfers_and_crash(laptop: Desk) -> None:
    calls = [
        json.loads(line) for line in laptop.run_here("replay", "light.recording", "--json", "--all").out.splitlines()
    ]
    assert [call["call"] for call in calls] == [1, 2, 3, 4]
    assert all(call["is_exact"] for call in calls)
    assert calls[-1]["crash"]["problem"] == "ZeroDivisionError: division by zero"
    assert [each["address"] for each in calls[-1]["transfers"]] == [0x23, 0x23]
    assert "light" in json.loads(calls[1]["result"])


def test_a_driver_that_asks_for_something_else_is_shown_beside_the_recording(laptop: Desk) -> None:
    (laptop.folder / "other.py").write_text(LIGHT.replace("x10", "x11"))
    outcome = laptop.run_here("replay", "light.recording", "--with", "other.py")
    assert outcome.status == 1
    assert "recorded  i2c-1 0x23  w 10" in outcome.out
    assert "now       i2c-1 0x23  w 11" in outcome.out
    assert "light.py line 7" in outcome.out


def test_a_driver_that_was_mended_does_not_crash_there_any_more(laptop: Desk) -> None:
    (laptop.folder / "mended.py").write_text(LIGHT.replace("(3 - calls)", "2"))
    outcome = laptop.run_here("replay", "light.recording", "--with", "mended.py")
    assert "call #4: the recorded version crashed here, and this one does not" in outcome.out


def test_a_crash_becomes_a_test_that_fails_until_the_driver_is_mended(laptop: Desk) -> None:
    (laptop.folder / "light.py").write_text(LIGHT)
    assert laptop.run_here("replay", "light.recording", "--pytest").status == 0
    failed = said_by_pytest(laptop)
    assert "light.transcript:" in failed and "crashed: ZeroDivisionError: division by zero" in failed
    (laptop.folder / "light.py").write_text(LIGHT.replace("(3 - calls)", "max(1, 3 - calls)"))
    assert "1 passed" in said_by_pytest(laptop)


def said_by_pytest(laptop: Desk) -> str:
    """What pytest says in the folder."""
    without = ("no:cacheprovider", "no:hypothesispytest", "no:anyio", "no:xdist")  # they take longer than the test
    command = [sys.executable, "-m", "pytest", "--wasi-host", *(f"-p{each}" for each in without)]
    return subprocess.run(command, cwd=laptop.folder, capture_output=True, text=True, check=False).stdout


def test_a_driver_that_logs_more_and_has_moved_follows_the_recording(laptop: Desk) -> None:
    (laptop.folder / "moved.py").write_text("import time\n" + LIGHT.replace("    high", "    print('hi')\n    high"))
    outcome = laptop.run_here("replay", "light.recording", "--with", "moved.py")
    assert "says: hi" in outcome.out
    assert "i2c-1 0x23  w 10  (line 8)" in outcome.out
    assert "it left the recording" not in outcome.out
    assert 'File "light.py", line 11, in read' in outcome.out


def test_a_replay_that_goes_on_marks_what_it_guesses(laptop: Desk) -> None:
    (laptop.folder / "other.py").write_text(LIGHT.replace("x10", "x11"))
    outcome = laptop.run_here("replay", "light.recording", "--with", "other.py", "--guess", "--json")
    calls = [json.loads(line) for line in outcome.out.splitlines()]
    assert [call["is_guess"] for call in calls] == [False, True, True, True]
    assert {each["is_guess"] for each in calls[1]["transfers"]} == {True}
    assert (
        "go on with guessed answers: --guess" in laptop.run_here("replay", "light.recording", "--with", "other.py").out
    )


def test_two_versions_are_shown_side_by_side(laptop: Desk) -> None:
    (laptop.folder / "old.py").write_text(LIGHT.replace("(3 - calls)", "2"))
    outcome = laptop.run_here("replay", "light.recording", "--against", "old.py")
    assert outcome.status == 1
    assert "recorded                  old.py" in outcome.out
    assert "crashed (exception)       returned" in outcome.out
    (laptop.folder / "same.py").write_text(LIGHT)
    assert "no call differs" in laptop.run_here("replay", "light.recording", "--against", "same.py").out


def test_two_versions_as_json_have_their_readings_transfers_and_time(laptop: Desk) -> None:
    (laptop.folder / "old.py").write_text(LIGHT.replace("(3 - calls)", "4 + calls"))
    outcome = laptop.run_here("replay", "light.recording", "--against", "old.py", "--json", "--all")
    *pairs, total = map(json.loads, outcome.out.splitlines())
    assert list(pairs[1]["readings"]) == ["light"]
    assert pairs[1]["this"]["transfers"] == pairs[1]["against"]["transfers"] == 2
    assert total["total"]["this"]["bus_us"] == total["total"]["against"]["bus_us"] > 0


def test_the_file_of_a_crash_report_stands_for_the_recording_beside_it(laptop: Desk) -> None:
    (laptop.folder / "light.json").write_text("{}")
    assert "replayed 4 calls in" in laptop.run_here("replay", "light.json").out


def test_the_recording_is_written_to_a_new_file_alone(laptop: Desk) -> None:
    assert laptop.run_here("replay", "light.recording", "-o", "copy.recording").status == 0
    assert (laptop.folder / "copy.recording").read_bytes() == (laptop.folder / "light.recording").read_bytes()
    assert "copy.recording exists already" in laptop.run_here("replay", "light.recording", "-o", "copy.recording").err


def test_a_cut_recording_is_replayed_up_to_the_cut_and_says_so(laptop: Desk) -> None:
    file = laptop.folder / "light.recording"
    file.write_bytes(file.read_bytes()[:-30])
    outcome = laptop.run_here("replay", "light.recording")
    assert outcome.status == 1
    assert "the recording is not whole: it is cut or damaged at byte" in outcome.out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["host.toml"], "host.toml: it is no recording of wasi-host"),
        (["gone.recording"], "gone.recording: No such file or directory"),
        (["light.recording", "2"], "a number belongs to a crash: wasi-host replay crash 2"),
        (["crash", "7"], "there is no crash report 7"),
        (["light"], "light: there is no such file, no host runs with"),
    ],
)
def test_what_cannot_be_replayed_is_told_in_one_line(
    laptop: Desk, monkeypatch: pytest.MonkeyPatch, arguments: list[str], words: str
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(laptop.folder / "state"))
    outcome = laptop.run_here("replay", *arguments)
    assert outcome.status != 0
    assert words in outcome.err
    assert len(outcome.err.splitlines()) == 1


def test_a_recorded_component_is_found_among_the_plugins_of_this_computer(tmp_path: Path) -> None:
    (tmp_path / "host.toml").write_text("")
    (tmp_path / "plugins").mkdir()
    config = find_and_load(tmp_path / "host.toml")
    file, content = tmp_path / "plugins" / "light.wasm", b"\0asm\x0d\0\x01\0"
    header = replace(HEADER, source=None, file="light.wasm", component=hashlib.sha256(content).hexdigest())
    assert component_of(config, header) is None
    file.write_bytes(content)
    assert component_of(config, header) == file
    file.write_bytes(content + b"another version")
    assert component_of(config, header) is None


def test_a_recording_without_its_oldest_part_is_shown_as_it_was_recorded(laptop: Desk) -> None:
    whole = read_recording((laptop.folder / "light.recording").read_bytes())
    recorder = Recorder(whole.header, VirtualClock(), 1 << 16)
    recorder.loaded()
    for number in range(50):
        recorder.tape.begin("driver#read", ())
        recorder.tape.end(json.dumps({"light": number, "noise": os.urandom(9_000).hex()}))
    (laptop.folder / "old.recording").write_bytes(recorder.snapshot())
    outcome = laptop.run("replay", "old.recording", "--last", "1")
    assert outcome.status == 1
    assert "its oldest part is not kept, and there is no checkpoint after it" in outcome.out
    assert '{"light": 49,' in outcome.out
    assert "nothing was replayed: these are the recorded calls" in outcome.out
