"""Plugins that crash and are made anew, over and over, leave nothing of themselves behind."""

from __future__ import annotations

import subprocess
import sys

import pytest

from hostcore.runtime.boundary import GUESTS
from hostcore.runtime.engine import GuestEngine
from hostcore.runtime.native.objects import Store
from tests.guests import CALLER, linked, started


@pytest.mark.thorough
@pytest.mark.usefixtures("cache_folder")
def test_a_thousand_crashes_leave_memory_threads_and_open_files_where_they_were() -> None:
    """In a process of its own, without what other tests left behind. After 300 crashes, nothing may grow any more."""
    soak = subprocess.run(
        (sys.executable, "-m", "tests.soak.crashes", "1000"),
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert soak.returncode == 0, soak.stdout + soak.stderr


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
