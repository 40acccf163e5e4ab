"""Plugins that crash and are made anew, over and over, leave nothing of themselves behind."""

from __future__ import annotations

from pathlib import Path

import pytest

from hostcore.runtime.boundary import GUESTS
from hostcore.runtime.engine import GuestEngine
from hostcore.runtime.native.objects import Store
from tests.guests import CALLER, linked, started
from tests.soak.crashes import crash_and_restart, growth


@pytest.mark.thorough
def test_three_hundred_crashes_leave_memory_threads_and_open_files_where_they_were(
    tmp_path: Path, cache_folder: Path
) -> None:
    lines: list[str] = []
    samples = crash_and_restart(300, tmp_path, cache_folder, lines.append)
    assert growth(samples) == [], "\n".join(lines)


def test_an_instance_is_forgotten_before_its_place_in_memory_can_be_anothers(
    engine: GuestEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise it would take a new instance with it that another thread made there meanwhile."""
    close, was_known = Store.close, []

    def closing(store: Store) -> None:
        was_known.append(guest in GUESTS.values())
        close(store)

    monkeypatch.setattr(Store, "close", closing)
    with started(engine, linked(engine, CALLER), {"call": lambda: None}) as guest:
        guest.call("driver#run")
    assert was_known, "it was closed"
    assert not any(was_known)
