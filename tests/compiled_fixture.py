"""The fixtures of desks for compiled components."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hostcore.runtime.engine import GuestEngine
from tests.compiled_desk import Desk, InstantWorkshop


@pytest.fixture
def desk(tmp_path: Path, engine: GuestEngine) -> Iterator[Desk]:
    made = Desk(tmp_path, engine)
    yield made
    made.close()


@pytest.fixture
def quick_desk(desk: Desk) -> Desk:
    """A desk that starts no processes."""
    desk.workshop = InstantWorkshop()
    return desk
