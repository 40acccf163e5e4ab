"""A compiler has limits of memory and time that suit the computer. A refusal names the limit, and the way out."""

from __future__ import annotations

import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from hostcore.config.model import CompilingSettings
from hostcore.errors import BuildError, OverdueError, PluginFileError
from hostcore.runtime.compiling import capacity, compiler
from hostcore.runtime.compiling.capacity import Estimate, estimate, free_memory, remember
from hostcore.runtime.compiling.compiler import Compiler, Forecast
from hostcore.runtime.compiling.label import SETTINGS
from tests.compiled_desk import Desk, InstantWorkshop

pytest_plugins = ["tests.compiled_fixture"]

PYTHON = 24_500_000
"""Bytes of the Python runtime component."""


def refusal(desk: Desk) -> str:
    with pytest.raises(PluginFileError) as error:
        desk.load()
    return str(error.value)


def fails_with(desk: Desk, error: BuildError) -> None:
    assert isinstance(desk.workshop, InstantWorkshop)
    desk.workshop.failure = error


# Memory


def test_a_compiler_that_reaches_its_limit_of_memory_is_refused_with_the_figure(desk: Desk) -> None:
    desk.settings = CompilingSettings(memory_mib=64)
    with desk.wasm.open("ab") as file:  # a custom section of 60 MB of zeros (Binary.md: id 0, size, name)
        file.write(b"\0" + b"\x80\x80\xce\x1c")
        file.truncate(file.tell() + 59_998_208)
    message = refusal(desk)
    assert f"{desk.wasm} cannot be compiled: the compiler reached its limit of 64 MiB of memory. " in message
    assert "If you trust the file, change memory_mib in [compiling] of host.toml, and restart;" in message


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (-signal.SIGABRT, "the compiler gave up, likely at its limit of 1024 MiB of memory. If you trust"),
        (-signal.SIGKILL, "something ended the compiler, likely the kernel because the memory ran out"),
    ],
)
def test_a_compiler_that_dies_is_told_with_the_likely_cause(quick_desk: Desk, status: int, words: str) -> None:
    quick_desk.settings = CompilingSettings(memory_mib=1024)
    fails_with(quick_desk, BuildError("Compiling thing.wasm was killed:\nmemory allocation failed", status))
    assert words in refusal(quick_desk)


def test_a_computer_with_too_little_memory_says_so_before_the_time_is_spent(
    quick_desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compiler, "free_memory", lambda: 80_000_000)
    message = refusal(quick_desk)
    assert not quick_desk.workshop.tasks
    assert "compiling takes about 70 MB of memory, estimated, and this computer has 46 MB left for it" in message
    for way_out in (
        "Close other programs",
        "add swap",
        f"-{SETTINGS}.cwasm from its cache folder",
        "memory_mib in [compiling]",
    ):
        assert way_out in message


def test_who_sets_a_limit_of_memory_may_try_with_less(quick_desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiler, "free_memory", lambda: 80_000_000)
    quick_desk.settings = CompilingSettings(memory_mib=64)
    quick_desk.load()
    assert len(quick_desk.workshop.tasks) == 1


@pytest.mark.parametrize(
    ("free", "limit", "fits"),
    [
        (8 << 30, 1 << 30, True),
        (600 << 20, 568 << 20, True),
        (400 << 20, 368 << 20, False),
        (0, 0, False),
        (None, 1 << 30, True),
    ],
)
def test_the_limit_of_memory_suits_the_computer(
    quick_desk: Desk, free: int | None, limit: int, fits: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compiler, "free_memory", lambda: free)
    forecast = quick_desk.cache().compiler.forecast(PYTHON)
    assert (forecast.memory_limit, forecast.fits) == (limit, fits)


def test_compilers_that_run_at_once_share_the_memory(quick_desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiler, "free_memory", lambda: 800 << 20)
    quick_desk.settings = CompilingSettings(at_once=2)
    assert quick_desk.cache().compiler.forecast(PYTHON).memory_limit == 384 << 20


# Time


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (BuildError("late", -signal.SIGXCPU), "the compiler was ended at its limit of 3000 s of processor time. "),
        (OverdueError("late"), "the compiler was ended at its limit of 30000 s. "),
    ],
    ids=["busy", "waiting"],
)
def test_a_compiler_that_takes_too_long_is_ended_with_the_figure(
    quick_desk: Desk, error: BuildError, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compiler, "estimate", lambda _size, _folder: Estimate(100, 300, 1))
    fails_with(quick_desk, error)
    message = refusal(quick_desk)
    assert words in message
    assert "change the number of seconds in [compiling] of host.toml, and restart the host" in message


def test_host_toml_can_set_the_limit_of_time(quick_desk: Desk) -> None:
    quick_desk.settings = CompilingSettings(seconds=7)
    fails_with(quick_desk, BuildError("late", -signal.SIGXCPU))
    assert "its limit of 7 s of processor time" in refusal(quick_desk)


# Refused once


@pytest.mark.parametrize("error", [OverdueError("late"), BuildError("killed", -signal.SIGKILL)], ids=["late", "killed"])
def test_what_was_refused_is_refused_again_at_once(quick_desk: Desk, error: BuildError) -> None:
    fails_with(quick_desk, error)
    cache, messages = quick_desk.cache(), []
    for _ in range(3):
        with pytest.raises(PluginFileError) as refused:
            cache.find("thing", quick_desk.wasm)
        messages.append(str(refused.value))
    assert len(quick_desk.workshop.tasks) == 1
    assert len(set(messages)) == 1


def test_a_new_version_of_the_file_and_a_new_start_are_tried_again(quick_desk: Desk) -> None:
    fails_with(quick_desk, OverdueError("late"))
    cache = quick_desk.cache()
    for path in (quick_desk.wasm, quick_desk.component("other")):
        with pytest.raises(PluginFileError):
            cache.find("thing", path)
    refusal(quick_desk)
    assert len(quick_desk.workshop.tasks) == 3


def test_what_host_toml_does_not_allow_is_not_compiled(quick_desk: Desk) -> None:
    def refuse(sha256: str) -> None:
        raise PluginFileError("thing", f"not {sha256[:4]}")

    with pytest.raises(PluginFileError, match="not 24ea"):
        quick_desk.cache().find("thing", quick_desk.wasm, approve=refuse)
    assert not quick_desk.workshop.tasks


# Estimates


def test_a_slow_computer_takes_longer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(capacity, "slowness", lambda: 1.0)
    fast = estimate(PYTHON, tmp_path).seconds
    monkeypatch.setattr(capacity, "slowness", lambda: 40.0)
    slow = estimate(PYTHON, tmp_path)
    assert slow.seconds == pytest.approx(40 * fast)
    assert 440e6 < slow.memory < 530e6
    remember(PYTHON, 3000, tmp_path)
    assert estimate(PYTHON, tmp_path).cpu_seconds == slow.cpu_seconds, "of a busy computer"


def test_the_last_time_says_more_than_the_speed_of_the_processor(tmp_path: Path) -> None:
    remember(PYTHON, 352.0, tmp_path)
    assert 352 <= estimate(PYTHON, tmp_path).seconds < 400
    remember(500, 9.0, tmp_path)
    assert estimate(PYTHON, tmp_path).seconds < 400, "a small component says nothing"
    (tmp_path / "compiling-speed").write_text("nan")
    assert estimate(PYTHON, tmp_path).seconds < 400


def test_the_forecast_is_given_in_words() -> None:
    forecast = Forecast(Estimate(366, 700, 440_000_000), 1 << 30, fits=True)
    assert forecast.words() == "about 6 min and 440 MB of memory on this computer, estimated"


def write(folder: Path, **files: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name.replace("__", ".")).write_text(text)


@pytest.fixture
def proc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """The files of a computer with 700 MB of memory and swap free, in two control groups."""
    monkeypatch.setattr(capacity, "_PROC", tmp_path / "proc")
    monkeypatch.setattr(capacity, "_CGROUPS", tmp_path / "groups")
    write(tmp_path / "proc", meminfo="MemTotal: 900000 kB\nMemAvailable: 600000 kB\nSwapFree: 100000 kB\n")
    write(tmp_path / "proc/self", cgroup="0::/outer/inner\n")
    return lambda group, **files: write(tmp_path / "groups" / group, **files)


def test_swap_counts_as_free_memory(proc: Callable[..., None]) -> None:
    proc("outer/inner", memory__max="max\n", memory__current="5\n", memory__stat="")
    assert free_memory() == 700_000 * 1024


def test_the_limit_of_an_outer_group_counts_too_and_cached_files_are_free(proc: Callable[..., None]) -> None:
    proc("outer/inner", memory__max="max\n", memory__current="5\n", memory__stat="")
    proc("outer", memory__max="420000000\n", memory__current="90000000\n", memory__stat="inactive_file 40000000\n")
    assert free_memory() == 370_000_000


def test_a_system_without_these_files_knows_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(capacity, "_PROC", tmp_path)
    assert free_memory() is None
    assert Compiler(tmp_path, InstantWorkshop(), CompilingSettings()).forecast(PYTHON).fits
