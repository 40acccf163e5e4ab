"""A second ``wasi-host`` on the settings of a running one refuses. A host that was killed holds nothing."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from tests.command import Desk


@pytest.fixture
def desk(tmp_path: Path, cache_folder: Path) -> Desk:
    folder = tmp_path / "desk"
    folder.mkdir()
    made = Desk(folder, cache_folder)
    made.write("host.toml", '[host]\ninterval = 0.1\n[buses.system]\nbackend = "simulated"\n')
    made.write("plugins/one.py", "def read():\n    return 1\n")
    return made


def test_it_refuses_in_one_line_until_the_first_has_ended_however_that_ended(desk: Desk) -> None:
    with desk.running("run") as first:
        first.stdout.readline()
        second = desk.run("run", "--rounds", "1")
        assert (second.status, second.out) == (1, "")
        assert second.err.startswith(f"wasi-host: {desk.folder}/host.toml is in use by a running host (PID ")
        assert f"stop it first (wasi-host --config {desk.folder}/host.toml down)" in second.err
        assert second.err.count("\n") == 1
        assert desk.run_here("grant", "one", "system").status == 0
        first.stop(signal.SIGKILL)
        assert desk.run("run", "--rounds", "1").status == 0
