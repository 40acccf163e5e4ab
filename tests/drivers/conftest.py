"""Fixtures for tests of drivers with libraries of PyPI."""

from __future__ import annotations

import fcntl
import os
import subprocess
from pathlib import Path

import pytest

from hostcore.runtime.loader import WHEELS
from tests.drivers.pinned import PinnedWheels


@pytest.fixture(scope="session")
def pinned(cache_folder: Path) -> PinnedWheels:
    """The pinned wheels, fetched once for all test runs and processes."""
    wheels = PinnedWheels(cache_folder / WHEELS)
    with (cache_folder / ".tests-lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            wheels.download()
        except subprocess.SubprocessError as error:
            if "CI" in os.environ:
                raise
            pytest.skip(f"the pinned wheels cannot be fetched: {error}")
    return wheels
