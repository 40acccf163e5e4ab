"""The fixture `commanded_desk` of modules that list this module in ``pytest_plugins``."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.command import Desk


@pytest.fixture
def commanded_desk(tmp_path: Path, cache_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A folder, and sockets of this test alone."""
    (tmp_path / "run").mkdir(mode=0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "run"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setattr("hostcore.control.delayed_start.DELAY_SECONDS", 0)
    (tmp_path / "commanded_desk").mkdir()
    return Desk(tmp_path / "commanded_desk", cache_folder)
