"""Fixtures for tests of an attached session."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from hostcore.control.remote_session import RemoteSession
from tests.attached import ServedSession


@pytest.fixture
def served() -> Iterator[ServedSession]:
    made = ServedSession()
    yield made
    assert made.join()


@pytest.fixture
def remote(served: ServedSession) -> Iterator[RemoteSession]:
    made = served.front_end()
    yield made
    assert made.stop()
