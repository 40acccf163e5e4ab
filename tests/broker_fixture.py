"""The one mosquitto of a process of tests. Each test uses a prefix of topics of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.broker import Broker, running


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """A broker that runs. Tests that kill or pause one use `tests.broker.running`."""
    with running(tmp_path_factory.mktemp("mosquitto")) as found:
        yield found
