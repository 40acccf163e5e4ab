"""Fixtures for modules that list this module in ``pytest_plugins``: a host, and an sshd through which it is reached."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.command import PATIENCE, Desk, Running, counting_desk
from tests.ssh_server import SshServer, ssh_server


@pytest.fixture
def far_desk(tmp_path: Path, cache_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    (tmp_path / "run").mkdir(mode=0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "run"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return counting_desk(tmp_path / "desk", cache_folder)


@pytest.fixture
def server(far_desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SshServer]:
    with ssh_server(tmp_path / "ssh") as made:
        monkeypatch.setenv("PATH", f"{made.programs}:{os.environ['PATH']}")
        yield made


@pytest.fixture
def host(far_desk: Desk) -> Iterator[Running]:
    with far_desk.running("run") as running:
        running.stdout.readline()
        yield running
        running.process.terminate()
        running.process.wait(PATIENCE)
