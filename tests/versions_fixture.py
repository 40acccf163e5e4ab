"""The fixture `running` of modules that list this module and ``tests.supervised_fixture`` in ``pytest_plugins``."""

from __future__ import annotations

import pytest

from hostcore.events import RoundCompleted
from tests.supervised import SupervisedHost
from tests.versions import OTHER, reads, version


@pytest.fixture
def running(supervised: SupervisedHost) -> SupervisedHost:
    """A host that runs version 1 of a plugin, and another plugin."""
    supervised.write("plugin", version(1))
    supervised.write("other", OTHER)
    supervised.start()
    reads(supervised, 1)
    supervised.wait_for(RoundCompleted)
    return supervised
