"""Fixtures for tests of the control socket."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.control_desk import Desk


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the sockets are; nothing is there yet."""
    (tmp_path / "run").mkdir(mode=0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "run"))
    return tmp_path / "run" / "wasi-host"


@pytest.fixture
def desk(folder: Path) -> Iterator[Desk]:
    made = Desk(folder).start()
    yield made
    assert made.server.stop()
