"""The fixture ``supervised``, for modules that list this module in ``pytest_plugins``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hostcore.buses.choice import ChosenBuses
from hostcore.clock import Clock
from hostcore.config.model import Config
from tests.supervised import SupervisedHost


@pytest.fixture
def supervised(tmp_path: Path, cache_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SupervisedHost]:
    """A host on real time, not started yet. It is stopped at the end of the test."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    made = SupervisedHost(tmp_path, cache_folder)

    def choose_buses(config: Config, _clock: Clock) -> ChosenBuses:
        return ChosenBuses({bus.name: made.wires for bus in config.buses}, ())

    monkeypatch.setattr("hostcore.host.choose_buses", choose_buses)
    yield made
    made.stop()
