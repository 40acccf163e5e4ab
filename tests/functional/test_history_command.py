"""What ``wasi-host history`` prints, and how it refuses."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from hostcore.events import State, StateChanged
from tests.command import Desk
from tests.recorded import Recording

NEW_YEAR = ("--since", "2024-01-01T00:00Z", "--until", "2024-01-03T00:00Z")


@pytest.fixture
def desk(tmp_path: Path, cache_folder: Path) -> Desk:
    """A folder with the history of an hour, without a host."""
    made = Desk(tmp_path, cache_folder)
    made.write("host.toml", '[history]\nfile = "history.sqlite"\n')
    recording = Recording(tmp_path)
    recording.take(StateChanged(recording.now, "light", State.LOADING, State.BACKOFF, "\x1b[31mno sensor"))
    for minute in range(60):
        recording.clock.advance(60)
        recording.read({"illuminance": minute, "axes": [1, 2]}, simulated=minute > 30)
        recording.read({"°\x1b[0m": 21.5}, "bme680")
    recording.recorder.close()
    return made


def test_without_a_key_it_lists_what_is_stored(desk: Desk) -> None:
    done = desk.run_here("history")
    assert (done.status, done.err) == (0, "")
    heading, *lines = (line.split() for line in done.out.splitlines())
    assert heading == ["KEY", "UNIT", "VALUES", "FROM", "TO"]
    assert [line[:4] for line in lines if "illuminance" in line[0]] == [
        ["light.illuminance", "lx", "(guessed)", "31"],
        ["light.illuminance", "lx", "(guessed)", "29"],
    ]
    assert [line[-1] == "simulated" for line in lines if "illuminance" in line[0]] == [False, True]
    assert "\x1b" not in done.out
    listed = json.loads(desk.run_here("history", "--json").out)
    assert {"light", "bme680"} == {each["plugin"] for each in listed}


def test_with_a_key_it_prints_lowest_mean_and_highest_of_each_stretch(desk: Desk) -> None:
    done = desk.run_here("history", "light.illuminance", *NEW_YEAR, "--every", "1h")
    assert done.status == 0
    _, first, second, *rest = done.out.splitlines()
    assert first.split()[3:] == ["0", "29", "58", "lx", "(guessed)", "59", "simulated"]
    assert second.split()[3:] == ["59", "59", "59", "lx", "(guessed)", "1", "simulated"]
    assert "What happened:" in rest
    assert "\\x1b[31mno sensor" in done.out


def test_a_plugins_name_stands_for_all_its_numbers(desk: Desk) -> None:
    rows = list(csv.DictReader(io.StringIO(desk.run_here("history", "light", *NEW_YEAR, "--csv").out)))
    assert {row["key"] for row in rows} == {"light.illuminance", "light.axes.0", "light.axes.1"}
    lux = [row for row in rows if row["key"] == "light.illuminance"]
    assert [float(row["mean"]) for row in lux] == list(range(60))
    assert lux[0]["time"] == "2024-01-01T12:01:00.000Z"
    assert {row["simulated"] for row in lux} == {"yes", "no"}


def test_json_has_the_points_and_what_happened(desk: Desk) -> None:
    found = json.loads(desk.run_here("history", "light.illuminance", *NEW_YEAR, "--json").out)
    assert found["points"][5]["mean"] == 5
    assert found["marks"][0]["kind"] == "state"


def test_it_says_that_the_newest_values_of_a_running_host_are_missing(desk: Desk) -> None:
    recording = Recording(desk.folder)
    recording.recorder.commit()
    done = desk.run_here("history", "light.illuminance", *NEW_YEAR)
    recording.recorder.close()
    assert (done.status, "its newest values are not in it yet" in done.err) == (0, True)
    assert desk.run_here("history", "light.illuminance", *NEW_YEAR).err == ""


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nothing"], "no readings of nothing are stored; there are bme680."),
        (["light.illuminance", "--since", "1h", "--until", "2h"], "is not before the end (--until), 20"),
        (["light.illuminance", "--since", "0s"], "the begin (--since), 20"),
        (["--csv"], "--csv needs a KEY"),
    ],
)
def test_a_mistake_is_one_line_that_says_what_is_allowed(desk: Desk, arguments: list[str], words: str) -> None:
    done = desk.run_here("history", *arguments)
    assert (done.status, done.out) == (2, "")
    assert words in done.err
    assert done.err.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--since", "banana"], "argument --since: 'banana' is no time; allowed are 2026-01-31"),
        (["--until", "9999999999w"], "argument --until: '9999999999w' is no time"),
        (["--every", "0"], "argument --every: '0' is not a duration, such as 90s"),
    ],
)
def test_a_time_that_is_none_is_refused_like_any_wrong_argument(desk: Desk, arguments: list[str], words: str) -> None:
    done = desk.run_here("history", "light.illuminance", *arguments)
    assert (done.status, done.out) == (2, "")
    assert words in done.err


def test_where_no_unit_is_known_none_was_guessed(desk: Desk) -> None:
    listed = {each["key"]: each for each in json.loads(desk.run_here("history", "--json").out)}
    assert (listed["light.axes.0"]["unit"], listed["light.axes.0"]["unit_is_guessed"]) == ("", False)
    assert listed["light.illuminance"]["unit_is_guessed"] is True
    rows = csv.DictReader(io.StringIO(desk.run_here("history", "light", *NEW_YEAR, "--csv").out))
    assert {row["key"]: row["unit_is_guessed"] for row in rows} == {
        "light.illuminance": "yes",
        "light.axes.0": "no",
        "light.axes.1": "no",
    }


def test_parquet_needs_a_package_and_says_which(desk: Desk) -> None:
    pytest.importorskip("sqlite3")
    done = desk.run_here("history", "light.illuminance", *NEW_YEAR, "--parquet", "lux.parquet")
    if done.status:
        assert "pip install pyarrow" in done.err
        assert not (desk.folder / "lux.parquet").exists()
    else:
        assert (desk.folder / "lux.parquet").read_bytes().startswith(b"PAR1")


def test_a_damaged_file_is_named(desk: Desk) -> None:
    desk.write("history.sqlite", b"no database" * 1000)
    done = desk.run_here("history")
    assert done.status == 1
    assert "history.sqlite cannot be read: file is not a database" in done.err


@pytest.mark.parametrize(
    ("make", "kind"), [(Path.mkdir, "a folder"), (os.mkfifo, "a pipe (FIFO)")], ids=["folder", "pipe"]
)
def test_what_is_no_file_is_named_and_nobody_waits_for_it(desk: Desk, make: Callable[[Path], None], kind: str) -> None:
    (desk.folder / "history.sqlite").unlink()
    make(desk.folder / "history.sqlite")
    for arguments in (["history"], ["history", "light.illuminance"]):
        done = desk.run_here(*arguments)
        assert (done.status, done.out) == (1, "")
        assert f"history.sqlite cannot be read: it is {kind}, allowed is an ordinary file" in done.err


def test_a_history_in_a_folder_that_cannot_be_written_is_shown(desk: Desk) -> None:
    desk.folder.chmod(0o500)
    try:
        assert desk.run_here("history", "light.illuminance", *NEW_YEAR).status == 0
    finally:
        desk.folder.chmod(0o700)
