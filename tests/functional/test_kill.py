"""Killed at any moment, the host leaves all its files readable, and starts again."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from tests.soak.kills import Ordeal

KILLS = 5
"""`tests.soak.kills` does a hundred."""


@pytest.mark.thorough
def test_after_some_kills_everything_is_readable_and_the_host_starts(
    tmp_path: Path, cache_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    ordeal = Ordeal(tmp_path, cache_folder, Random(7))
    for _ in range(KILLS):
        ordeal.kill()
        ordeal.check()
    ordeal.recover()
    ordeal.check_tidiness()
