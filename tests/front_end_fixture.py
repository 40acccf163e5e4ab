"""The fixtures `client` and `refused` of modules that list this module in ``pytest_plugins``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hostcore.events import (
    StateChanged,
)
from tests.front_end import WAYS, Client, front_end, is_running


@pytest.fixture(params=WAYS)
def client(
    request: pytest.FixtureRequest, tmp_path: Path, cache_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Client]:
    """A front end of a host with the drivers `light` and `counter`."""
    with front_end(request.param, tmp_path, cache_folder, monkeypatch) as made:
        yield made


@pytest.fixture(scope="module", params=WAYS)
def refused(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, cache_folder: Path
) -> Iterator[Client]:
    """A front end whose host is there for many tests, because it refuses everything that they ask for."""
    folder = tmp_path_factory.mktemp("refused")
    with pytest.MonkeyPatch.context() as patch, front_end(request.param, folder, cache_folder, patch) as made:
        made.start()
        made.wait_for(StateChanged, is_running("counter"))
        yield made
