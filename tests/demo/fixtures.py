"""What tests of the demo:plugin contract share, for modules that name this one in ``pytest_plugins``."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.demo.building import probe


@pytest.fixture(scope="session")
def probe_file(cache_folder: Path) -> Path:
    """The component that does what a test says."""
    return probe(cache_folder)
