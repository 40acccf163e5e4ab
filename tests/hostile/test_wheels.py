"""Wheels and locks that do their worst: each is refused in one line, costs little memory, and leaves nothing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from hostcore.errors import PluginFileError
from hostcore.events import State
from hostcore.libraries.libraries import libraries_for
from hostcore.libraries.store import WheelStore
from hostcore.runtime import loader
from tests.hostile.wheels import EVILS, SOURCE
from tests.memory import MIB, growth
from tests.supervised import COUNTER, SupervisedHost

pytest_plugins = ["tests.supervised_fixture"]

HARMLESS = 8 * MIB
"""The most by which one of them may make the host grow, even for a moment."""


@pytest.mark.parametrize("evil", EVILS)
def test_each_is_refused_in_one_line_and_costs_little(evil: str, tmp_path: Path) -> None:
    make, words = EVILS[evil]
    plugin, store = tmp_path / f"{evil}.py", WheelStore(tmp_path / "wheels")
    make().place(plugin, store)
    before = sorted(tmp_path.rglob("*"))
    with growth() as grown, pytest.raises(PluginFileError) as caught:
        libraries_for(evil, plugin, SOURCE, store)
    line = str(caught.value)
    assert line.startswith(f"{evil}: ") and words in line
    assert line.isprintable() and len(line) < 500
    assert grown.peak < HARMLESS
    assert sorted(tmp_path.rglob("*")) == before


def test_the_other_plugins_keep_reading(
    supervised: SupervisedHost, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = WheelStore(tmp_path / "wheels")
    monkeypatch.setattr(loader, "WHEELS", str(store.folder))
    supervised.write("good", COUNTER)
    for evil, (make, _) in EVILS.items():
        make().place(supervised.path(evil), store)
    files = {path: path.read_bytes() for path in [*supervised.path("good").parent.iterdir(), *store.folder.iterdir()]}
    supervised.start()
    supervised.reading("good")
    for evil, (_, words) in EVILS.items():
        supervised._seen = 0  # they end in any order
        cause = supervised.reaches(evil, State.QUARANTINED).cause
        assert words in cause and re.fullmatch(r"[^\n]{1,600}", cause)
    supervised.skip()
    first = supervised.reading("good")["count"]
    assert supervised.reading("good", lambda reading: reading["count"] > first + 3)
    assert supervised.states("good") == [State.LOADING, State.RUNNING]
    found = [*supervised.path("good").parent.iterdir(), *store.folder.iterdir()]
    assert {path: path.read_bytes() for path in found if path.is_file()} == files
