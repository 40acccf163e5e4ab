"""The fixtures ``traces`` and ``live_traces``, for modules that list this module in ``pytest_plugins``."""

from __future__ import annotations

import pytest

from tests.sandbox import Sandbox
from tests.traces import Traces


@pytest.fixture
def traces(sandbox: Sandbox) -> Traces:
    """On a virtual clock: sleeping takes no time."""
    return Traces(sandbox)


@pytest.fixture
def live_traces(live_sandbox: Sandbox) -> Traces:
    """On the machine's own clock."""
    return Traces(live_sandbox)
