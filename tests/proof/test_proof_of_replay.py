"""A recording, replayed in another process with another hash seed and on another day, tells the same in every byte."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from hostcore.errors import PluginError
from hostcore.recording.file import SUFFIX
from tests.drivers.pinned import PinnedWheels
from tests.proof.recording import TOLD, record
from tests.proof.replaying import REPLAYED
from tests.proof.subjects import (
    LIVE,
    Subject,
    demo,
    hostile_ones,
    javascript,
    of_all_buses,
    sealed_ones,
    shipped_ones,
    with_libraries,
)

pytest_plugins = ["tests.drivers.conftest"]
CALLS, LIVES = 1000, 100
"""Calls of each plugin, and most instances of one that dies of its calls."""
FEW = 20
"""Calls of those below."""
COSTLY = {"recurses", "describes_everything", "reads_giants", "hogs_memory"}
"""Hostile plugins whose calls take tens of milliseconds; those of `LIVE` take a tenth of a second or more."""
REFUSED = {"asks_for_a_database", "fills_the_gc_heap", "mistypes_an_import"}
"""Those that are never started."""
ANOTHER_DAY = {"PYTHONHASHSEED": "4711", "PROOF_DAYS": "2000", "TZ": "Pacific/Kiritimati"}


def prove(subjects: Iterable[Subject], folder: Path, cache_folder: Path, calls: int = CALLS, lives: int = LIVES) -> int:
    """Record plugins, replay them elsewhere, and compare all that was told. Returns the number of calls."""
    made = 0
    for number, each in enumerate(subjects):
        few = FEW if each.name in LIVE | COSTLY else CALLS
        made += record(each, folder / f"{number:02}-{each.name}", cache_folder, calls=min(calls, few), lives=lives)
    command = [sys.executable, "-m", "tests.proof.replaying", str(folder), str(cache_folder)]
    ended = subprocess.run(command, env={**os.environ, **ANOTHER_DAY}, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    played, exact = map(int, ended.stdout.split())
    assert (played, exact) == (exact, exact)
    differing = [
        file.parent.name
        for file in sorted(folder.rglob(f"*{SUFFIX}"))
        if file.with_suffix(TOLD).read_bytes() != file.with_suffix(REPLAYED).read_bytes()
    ]
    assert not differing
    return made


class TestQuick:
    def test_a_few_calls_of_a_driver_of_all_buses_and_of_plugins_that_die(
        self, tmp_path: Path, cache_folder: Path
    ) -> None:
        (tmp_path / "sources").mkdir()
        wanted = {"dies_every_third_call", "gives_up", "hogs_memory", "passes_megabytes", "dies_at_import"}
        hostile = [each for each in hostile_ones(tmp_path / "sources") if each.name in wanted]
        subjects = [*of_all_buses(tmp_path / "sources"), *hostile]
        assert prove(subjects, tmp_path / "recorded", cache_folder, calls=4, lives=2) >= 4 + 2 * len(wanted)


@pytest.mark.thorough
@pytest.mark.timeout(600)
class TestThousandCalls:
    @pytest.fixture
    def sources(self, tmp_path: Path) -> Path:
        (tmp_path / "sources").mkdir()
        return tmp_path / "sources"

    def test_of_every_shipped_plugin_and_of_a_driver_of_all_buses(
        self, tmp_path: Path, sources: Path, cache_folder: Path
    ) -> None:
        subjects = [*shipped_ones(sources), *of_all_buses(sources)]
        assert prove(subjects, tmp_path / "recorded", cache_folder) == CALLS * len(subjects)

    @pytest.mark.parametrize("part", range(3))
    def test_of_every_hostile_plugin(self, tmp_path: Path, sources: Path, cache_folder: Path, part: int) -> None:
        found = [each for each in hostile_ones(sources) if each.name not in REFUSED]
        assert prove(found[part::3], tmp_path / "recorded", cache_folder) > CALLS

    def test_those_that_are_refused_have_no_recording(self, tmp_path: Path, sources: Path, cache_folder: Path) -> None:
        refused = [each for each in hostile_ones(sources) if each.name in REFUSED]
        for each in refused:
            with pytest.raises(PluginError):
                record(each, tmp_path / each.name, cache_folder, calls=1, lives=1)
        assert len(refused) == len(REFUSED)

    def test_of_drivers_with_libraries(
        self, tmp_path: Path, sources: Path, cache_folder: Path, pinned: PinnedWheels
    ) -> None:
        subjects = list(with_libraries(sources, pinned))
        assert prove(subjects, tmp_path / "recorded", cache_folder) == CALLS * len(subjects)

    def test_of_a_component_in_javascript(self, tmp_path: Path, cache_folder: Path) -> None:
        assert prove(javascript(cache_folder), tmp_path / "recorded", cache_folder) == 2 * CALLS + LIVES

    def test_of_a_component_of_the_older_contract(self, tmp_path: Path, cache_folder: Path) -> None:
        assert prove(demo(cache_folder), tmp_path / "recorded", cache_folder) == CALLS + LIVES

    def test_of_sealed_plugins(self, tmp_path: Path, cache_folder: Path) -> None:
        assert prove(sealed_ones(cache_folder), tmp_path / "recorded", cache_folder) == 3 * CALLS
