"""``wasi-host new``: a first driver, which reads something at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.command import Desk


@pytest.fixture
def desk(tmp_path: Path, cache_folder: Path) -> Desk:
    folder = tmp_path / "desk"
    folder.mkdir()
    return Desk(folder, cache_folder)


def test_in_an_empty_folder_it_settles_there_and_the_driver_reads_at_once(desk: Desk) -> None:
    made = desk.run_here("new", "kettle")
    assert (made.status, made.err) == (0, "")
    assert "start wasi-host here to see it" in made.out, "a host that runs with the built-in settings looks elsewhere"
    run = desk.run("run", "--rounds", "1")
    assert run.status == 0
    assert set(run.rounds[-1]["kettle"]) == {"cpu_temperature", "simulated"}
    assert "bme680" in run.rounds[-1], "the built-in plugins came along"


def test_beside_settings_of_ones_own_a_running_host_takes_it_up(desk: Desk) -> None:
    desk.write("host.toml", '[host]\ninterval = 0.1\n[buses.system]\nbackend = "simulated"\n')
    desk.write("plugins/pot.py", "def read():\n    return 1\n")
    with desk.running("run") as host:
        host.stdout.readline()
        made = desk.run_here("new", "kettle")
        assert made.status == 0
        assert "a running host takes it up at once" in made.out
        assert any("cpu_temperature" in line for line in host.stdout)


@pytest.mark.parametrize("name", ["", "Kettle", "../kettle", "timestamp", "host", "9", "käse", "x" * 33])
def test_a_name_that_no_plugin_may_have_is_refused(desk: Desk, name: str) -> None:
    made = desk.run_here("new", name)
    assert made.status == 1
    assert f"no plugin can have the name {name!r}" in made.err
    assert not list(desk.folder.iterdir()), "nothing was copied for it"


def test_what_is_there_is_never_written_over(desk: Desk) -> None:
    desk.write("host.toml", "")
    desk.write("plugins/kettle.py", "mine")
    made = desk.run_here("new", "kettle")
    assert made.status == 1
    assert "is there already; choose another name" in made.err
    assert (desk.folder / "plugins" / "kettle.py").read_text() == "mine"
