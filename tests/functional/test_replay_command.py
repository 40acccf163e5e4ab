"""``wasi-host replay``: from a crash on one computer to its cause on another, without the hardware."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.command import Desk

SETTINGS = """
[host]
interval = 0.1
cache_folder = "{cache}"
[buses.i2c-1]
backend = "simulated"
[plugins.light]
permissions = ["i2c:1:0x23"]
[[simulation.chips]]
chip = "bh1750"
bus = 1
address = 0x23
"""
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
        desk = _desk(folder, cache_folder)
        (folder / "plugins").mkdir()
        (folder / "plugins" / "light.py").write_text(LIGHT)
        assert desk.run("run", "--rounds", "3").status == 0
        listed = json.loads(desk.run("crashes", "--json").out)
    return Path(listed[0]["file"]).with_suffix(".recording")


@pytest.fixture
def laptop(tmp_path: Path, cache_folder: Path, crash: Path) -> Desk:
    """Another folder, with nothing but the recording, and settings without a plugin or a bus."""
    shutil.copy(crash, tmp_path / "light.recording")
    return _desk(tmp_path, cache_folder, '[host]\ncache_folder = "{cache}"\n')


def _desk(folder: Path, cache_folder: Path, settings: str = SETTINGS) -> Desk:
    (folder / "host.toml").write_text(settings.replace("{cache}", str(cache_folder)))
    return Desk(folder, cache_folder)


def test_it_shows_the_calls_with_their_transfers_and_the_crash_at_its_line(laptop: Desk) -> None:
    outcome = laptop.run("replay", "light.recording")
    assert outcome.status == 0
    assert "light (light.py), recorded from" in outcome.out
    assert "i2c-1  0x23  w 10  (line 7)" in outcome.out
    assert 'File "light.py", line 9, in read' in outcome.out
    assert "replayed 4 calls in" in outcome.out
    assert "all as recorded" in outcome.out


def test_each_call_as_json_has_its_result_transfers_and_crash(laptop: Desk) -> None:
    calls = [json.loads(line) for line in laptop.run("replay", "light.recording", "--json", "--all").out.splitlines()]
    assert [call["call"] for call in calls] == [1, 2, 3, 4]
    assert all(call["is_exact"] for call in calls)
    assert calls[-1]["crash"]["problem"] == "ZeroDivisionError: division by zero"
    assert [each["address"] for each in calls[-1]["transfers"]] == [0x23, 0x23]
    assert "light" in json.loads(calls[1]["result"])


def test_a_driver_that_asks_for_something_else_is_shown_beside_the_recording(laptop: Desk) -> None:
    (laptop.folder / "other.py").write_text(LIGHT.replace("x10", "x11"))
    outcome = laptop.run("replay", "light.recording", "--with", "other.py")
    assert outcome.status == 1
    assert "recorded  i2c-transfer(None, 35, 10, 0)" in outcome.out
    assert "now       i2c-transfer(None, 35, 11, 0)" in outcome.out
    assert "light.py line 7" in outcome.out


def test_a_driver_that_was_mended_does_not_crash_there_any_more(laptop: Desk) -> None:
    (laptop.folder / "mended.py").write_text(LIGHT.replace("(3 - calls)", "2"))
    outcome = laptop.run("replay", "light.recording", "--with", "mended.py")
    assert "call #4: the recorded version crashed here, and this one does not" in outcome.out


def test_a_cut_recording_is_replayed_up_to_the_cut_and_says_so(laptop: Desk) -> None:
    file = laptop.folder / "light.recording"
    file.write_bytes(file.read_bytes()[:-30])
    outcome = laptop.run("replay", "light.recording")
    assert outcome.status == 1
    assert "the recording is not whole: it is cut or damaged at byte" in outcome.out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["host.toml"], "host.toml: it is no recording of wasi-host"),
        (["gone.recording"], "gone.recording: No such file or directory"),
        (["light.recording", "2"], "a number belongs to a crash: wasi-host replay crash 2"),
        (["crash", "7"], "there is no crash report 7"),
    ],
)
def test_what_cannot_be_replayed_is_told_in_one_line(
    laptop: Desk, monkeypatch: pytest.MonkeyPatch, arguments: list[str], words: str
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(laptop.folder / "state"))
    outcome = laptop.run("replay", *arguments)
    assert outcome.status != 0
    assert words in outcome.err
    assert len(outcome.err.splitlines()) == 1
