"""The fixture ``supervised``, for modules that name this one in ``pytest_plugins``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hostcore.buses.choice import Machine
from hostcore.clock import Clock
from hostcore.config.model import Config
from tests.supervised import SupervisedHost


@pytest.fixture
def supervised(tmp_path: Path, cache_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SupervisedHost]:
    """A host on real time, not yet started; stopped at the end."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    made = SupervisedHost(tmp_path, cache_folder)

    def open_machine(config: Config, _clock: Clock) -> Machine:
        return Machine({bus.name: made.wires for bus in config.buses}, ())

    monkeypatch.setattr("hostcore.host.open_machine", open_machine)
    yield made
    made.stop()
