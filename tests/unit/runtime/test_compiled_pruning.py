"""The cache of compiled components removes old files, and never one that is in use or the host's own."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from hostcore.runtime.compiling import pruning
from hostcore.runtime.compiling.pruning import KEEP, LEFTOVER_SECONDS, prune
from hostcore.runtime.compiling.source import identity
from hostcore.runtime.compiling.use import FilesInUse, is_in_use
from tests.compiled_desk import Desk

pytest_plugins = ["tests.compiled_fixture"]


def old(path: Path, seconds: float = 1000.0) -> Path:
    """A file that was last used `seconds` before the newest."""
    path.touch(mode=0o600)
    now = path.stat().st_mtime
    os.utime(path, times=(now - seconds, now - seconds))
    return path


def test_what_the_host_uses_stays_however_many_components_there_are(
    quick_desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pruning, "KEEP", 0)
    host, other_host = quick_desk.cache(), quick_desk.cache()
    first = host.find("a", quick_desk.component("a")).file
    second = other_host.find("b", quick_desk.component("b")).file
    third = host.find("c", quick_desk.component("c")).file
    assert first.is_file()
    assert second.is_file()
    assert third.is_file()
    host.close()
    fourth = other_host.find("d", quick_desk.component("d")).file
    assert not first.exists()
    assert second.is_file()
    assert not third.exists()
    assert fourth.is_file()


def test_the_python_runtime_stays_when_26_components_came_after_it(tmp_path: Path) -> None:
    runtime, built = old(tmp_path / "aaaa-own.cwasm"), old(tmp_path / "python-runtime-1.wasm")
    for number in range(26):
        old(tmp_path / f"{number}.cwasm", seconds=number)
    prune(tmp_path)
    assert runtime.is_file()
    assert built.is_file()
    assert len([*tmp_path.glob("*.cwasm")]) == KEEP + 1


def test_a_runtime_that_is_in_use_stays_when_other_checkouts_built_theirs(quick_desk: Desk) -> None:
    cache = quick_desk.cache()
    runtime = quick_desk.folder / "python-runtime-1.wasm"
    quick_desk.component("a").rename(runtime)
    mine = cache.find("python", runtime, is_own=True).file
    for path in (runtime, mine):
        old(path, seconds=9999)
    for number in range(9):
        old(quick_desk.folder / f"{number}-own.cwasm", seconds=number)
        old(quick_desk.folder / f"python-runtime-{number + 2}.wasm", seconds=number)
    prune(quick_desk.folder)
    assert runtime.is_file()
    assert mine.is_file()


def test_a_use_does_not_make_the_runtime_another_file(quick_desk: Desk) -> None:
    cache = quick_desk.cache()
    runtime = quick_desk.component("a").rename(quick_desk.folder / "python-runtime-1.wasm")
    before = identity("python", runtime)
    cache.find("python", runtime, is_own=True)
    assert identity("python", runtime) == before, "or each start reads all of it, and disturbs the others that do"


def test_a_use_makes_a_component_young(quick_desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    quick_desk.load()
    for path in quick_desk.folder.iterdir():
        old(path, seconds=9999)
    used = quick_desk.compiled()
    quick_desk.load()
    unused = old(quick_desk.folder / "unused.cwasm", seconds=500)
    monkeypatch.setattr(pruning, "KEEP", 1)
    prune(quick_desk.folder)
    assert used.is_file()
    assert not unused.exists()


def test_a_file_that_is_replaced_while_it_is_used_is_held_in_its_new_form(tmp_path: Path) -> None:
    file, fresh, uses = tmp_path / "a.cwasm", tmp_path / "fresh", FilesInUse()
    file.touch()
    assert uses.hold(file)
    fresh.touch()
    fresh.replace(file)
    assert not is_in_use(file)
    assert uses.hold(file)
    assert is_in_use(file)
    uses.close()
    assert not is_in_use(file)
    assert not uses.hold(tmp_path / "nothing.cwasm")


def test_what_a_killed_host_left_unfinished_is_removed_after_a_day(tmp_path: Path) -> None:
    unfinished, folder = tmp_path / ".aa.cwasm.x1y2", tmp_path / ".build-x"
    folder.mkdir()
    (folder / "built.wasm").touch()
    for path in (unfinished, folder):
        old(path, LEFTOVER_SECONDS + 60)
    fresh = old(tmp_path / ".bb.cwasm.x1y2", 60)
    note, mark = tmp_path / "gone.intact", tmp_path / "gone.loading"
    for path in (note, mark):
        path.touch()
    prune(tmp_path)
    assert [*tmp_path.iterdir()] == [fresh]


def test_an_earlier_version_of_a_component_is_given_up_and_removed(
    quick_desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pruning, "KEEP", 0)
    cache = quick_desk.cache()
    first = cache.find("a", quick_desk.component("a")).file
    quick_desk.component("b").replace(quick_desk.wasm.with_name("a.wasm"))
    second = cache.find("a", quick_desk.wasm.with_name("a.wasm")).file
    assert (is_in_use(first), is_in_use(second)) == (False, True)
    prune(quick_desk.folder)
    assert (first.exists(), second.exists()) == (False, True)


def test_a_file_that_another_plugin_still_needs_stays_in_use(quick_desk: Desk) -> None:
    cache = quick_desk.cache()
    path = quick_desk.component("a")
    twin = path.with_name("twin.wasm")
    twin.write_bytes(path.read_bytes())
    shared = cache.find("a", path).file
    assert cache.find("twin", twin).file == shared
    quick_desk.component("b").replace(path)
    cache.find("a", path)
    assert is_in_use(shared)
