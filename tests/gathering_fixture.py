"""The fixtures ``patient`` and ``hasty``, for modules that list this module in ``pytest_plugins``."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.gathering import LONG, SHORT, Gathering


@pytest.fixture
def patient() -> Iterator[Gathering]:
    gathering = Gathering(LONG)
    yield gathering
    gathering.rounds.stop()


@pytest.fixture
def hasty() -> Iterator[Gathering]:
    gathering = Gathering(SHORT)
    yield gathering
    gathering.rounds.stop()
