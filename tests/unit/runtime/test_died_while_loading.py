"""A host that dies while it loads a compiled component leaves a mark, and the next start compiles it again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from hostcore.errors import BuildError, PluginFileError
from hostcore.runtime.compiling.use import LoadingMark
from tests.compiled_desk import Desk, InstantWorkshop

pytest_plugins = ["tests.compiled_fixture"]

DIES_WHILE_LOADING = """
import os, sys
from pathlib import Path
from hostcore.runtime.compiling.use import LoadingMark
mark = LoadingMark(Path(sys.argv[1]))
os.kill(os.getpid(), int(sys.argv[2]))
"""


def die(desk: Desk, number: signal.Signals) -> None:
    """Kill a process while it loads the component."""
    command = [sys.executable, "-c", DIES_WHILE_LOADING, str(mark_of(desk)), str(int(number))]
    assert subprocess.run(command, check=False).returncode == -number


def mark_of(desk: Desk) -> Path:
    return desk.compiled().with_suffix(".loading")


def lose_power(desk: Desk) -> None:
    """Leave the mark without a process, as a loss of power does."""
    mark_of(desk).touch(mode=0o600)


@pytest.mark.parametrize("number", [signal.SIGILL, signal.SIGSEGV, signal.SIGKILL], ids=lambda number: number.name)
def test_after_a_death_by_any_signal_it_is_compiled_again(quick_desk: Desk, number: signal.Signals) -> None:
    quick_desk.load()
    die(quick_desk, number)
    quick_desk.load()
    assert len(quick_desk.workshop.tasks) == 2
    (warning,) = quick_desk.warnings
    assert warning == f"{quick_desk.compiled()} was being loaded when a host died: compiling it again"
    quick_desk.load()
    assert len(quick_desk.workshop.tasks) == 2


def test_after_a_loss_of_power_too(quick_desk: Desk) -> None:
    quick_desk.load()
    lose_power(quick_desk)
    quick_desk.load()
    assert len(quick_desk.workshop.tasks) == 2


def test_the_mark_is_there_from_before_the_file_is_mapped_until_its_code_has_run(quick_desk: Desk) -> None:
    cache = quick_desk.cache()
    found = cache.find("thing", quick_desk.wasm)
    assert not mark_of(quick_desk).exists()
    cache.load(found)
    assert mark_of(quick_desk).is_file()
    cache.survived(found)
    assert not mark_of(quick_desk).exists()


def test_a_host_that_ends_in_good_order_while_it_loads_leaves_no_mark(quick_desk: Desk) -> None:
    cache = quick_desk.cache()
    cache.load(cache.find("thing", quick_desk.wasm))
    cache.close()
    assert not mark_of(quick_desk).exists()


def test_a_host_that_is_loading_now_has_not_died(quick_desk: Desk) -> None:
    first, second = quick_desk.cache(), quick_desk.cache()
    first.load(first.find("thing", quick_desk.wasm))
    second.load(second.find("thing", quick_desk.wasm))
    assert len(quick_desk.workshop.tasks) == 1
    assert not quick_desk.warnings


def test_if_it_dies_again_although_it_was_compiled_again_the_file_is_not_to_blame(quick_desk: Desk) -> None:
    quick_desk.load()
    lose_power(quick_desk)
    dying = quick_desk.cache()
    dying.load(dying.find("thing", quick_desk.wasm))
    mark = mark_of(quick_desk)
    left = mark.read_bytes()
    dying.close()
    mark.write_bytes(left)
    quick_desk.load()
    assert len(quick_desk.workshop.tasks) == 2, "no compiling at each start"
    assert "the cause is likely another one" in quick_desk.warnings[-1]


def test_a_computer_that_cannot_compile_keeps_the_file_that_it_was_given(quick_desk: Desk) -> None:
    quick_desk.load()
    lose_power(quick_desk)
    assert isinstance(quick_desk.workshop, InstantWorkshop)
    quick_desk.workshop.failure = BuildError("no memory", -signal.SIGKILL)
    quick_desk.load()
    assert quick_desk.warnings[-1].endswith("is intact and is used as it is")


def test_but_not_if_the_file_is_damaged_too(quick_desk: Desk) -> None:
    quick_desk.load()
    lose_power(quick_desk)
    with quick_desk.compiled().open("r+b") as file:
        os.pwrite(file.fileno(), b"?", 2000)
    assert isinstance(quick_desk.workshop, InstantWorkshop)
    quick_desk.workshop.failure = BuildError("no memory", -signal.SIGKILL)
    with pytest.raises(PluginFileError, match="likely the kernel because the memory ran out"):
        quick_desk.load()


def test_a_stop_before_it_is_compiled_again_keeps_the_mark(quick_desk: Desk) -> None:
    quick_desk.load()
    lose_power(quick_desk)
    cache = quick_desk.cache()
    found = cache.find("thing", quick_desk.wasm)
    quick_desk.workshop.stop()
    with pytest.raises(BuildError):
        cache.load(found)
    cache.close()
    assert LoadingMark(mark_of(quick_desk)).found_dead


def test_a_folder_that_cannot_be_written_is_no_hindrance(quick_desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    quick_desk.load()

    def refuse(_mark: LoadingMark, _path: Path) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(LoadingMark, "__init__", refuse)
    quick_desk.load()
    assert len(quick_desk.workshop.tasks) == 1
