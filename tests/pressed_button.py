"""A button that is pressed while a plugin runs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hostcore.clock import VirtualClock
from tests.sandbox import Sandbox
from tests.wired_pi import Timetable, WiredPi

PRESSED_TWICE = ((0.5, False), (0.7, True), (1.5, False), (2.8, True))
"""A button between line 22 and ground."""


@pytest.fixture
def pressed(tmp_path: Path, cache_folder: Path) -> Iterator[Sandbox]:
    """A sandbox whose button on line 22 will be pressed twice."""
    clock = VirtualClock()
    machine = WiredPi(clock, {22: Timetable(clock, PRESSED_TWICE)})
    made = Sandbox(tmp_path, cache_folder, clock, machine=machine)
    yield made
    made.close()
