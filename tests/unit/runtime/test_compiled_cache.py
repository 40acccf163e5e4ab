"""Compiled components: made once, and native code is never taken from where somebody else could have put it."""

from __future__ import annotations

import os
import re
import stat
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path

import pytest

from hostcore.errors import BuildError, CacheError
from hostcore.runtime.compiling import pruning
from hostcore.runtime.compiling.intact import DIGEST, MAGIC, write_sealed
from hostcore.runtime.engine import GuestEngine
from hostcore.runtime.native.interfaces import ComponentType
from hostcore.runtime.native.objects import Component
from tests.compiled_desk import Desk

pytest_plugins = ["tests.compiled_fixture"]


def exported(component: Component, engine: GuestEngine) -> list[str]:
    return [*ComponentType(component).exports(engine.engine)]


# Compiled once


def test_a_second_start_compiles_nothing(desk: Desk) -> None:
    desk.load()
    assert desk.workshop.tasks == ["Compiling thing.wasm"]
    desk.load()
    assert len(desk.workshop.tasks) == 1
    assert not desk.warnings


def test_a_copy_of_the_file_needs_no_compiling_either(desk: Desk, tmp_path: Path) -> None:
    desk.load()
    copy = tmp_path / "copy.wasm"
    copy.write_bytes(desk.wasm.read_bytes())
    cache = desk.cache()
    cache.load(cache.find("copy", copy))
    assert len(desk.workshop.tasks) == 1


def test_copies_that_are_found_at_once_are_compiled_once(quick_desk: Desk, tmp_path: Path) -> None:
    copies = [tmp_path / f"copy{number}.wasm" for number in range(5)]
    for copy in copies:
        copy.write_bytes(quick_desk.wasm.read_bytes())
    cache, ready = quick_desk.cache(), threading.Barrier(len(copies), timeout=20)

    def meet(_sha256: str) -> None:
        ready.wait()

    def find(copy: Path) -> None:
        cache.find("copy", copy, approve=meet)

    with ThreadPoolExecutor(len(copies)) as pool:
        list(pool.map(find, copies))
    assert len(quick_desk.workshop.tasks) == 1


def test_a_compiled_file_can_be_copied_from_another_computer(quick_desk: Desk, tmp_path: Path) -> None:
    quick_desk.load()
    compiled = quick_desk.compiled()
    quick_desk.folder = tmp_path / "other computer"
    quick_desk.folder.mkdir(mode=0o700)
    (quick_desk.folder / compiled.name).write_bytes(compiled.read_bytes())
    quick_desk.load()
    assert len(quick_desk.workshop.tasks) == 1
    assert not quick_desk.warnings


def test_a_changed_file_is_compiled_anew(desk: Desk) -> None:
    assert exported(desk.load(), desk.engine) == []
    desk.write('(component (core module $m) (export "m" (core module $m)))')
    assert exported(desk.load(), desk.engine) == ["m"]
    assert len(desk.workshop.tasks) == 2


def test_the_folder_and_its_files_are_the_users_alone(desk: Desk) -> None:
    desk.load()
    assert stat.S_IMODE(desk.folder.stat().st_mode) == 0o700
    assert all(not stat.S_IMODE(file.stat().st_mode) & 0o077 for file in desk.folder.iterdir())


def test_only_the_newest_compiled_components_are_kept(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pruning, "KEEP", 1)
    desk.cache()
    for age in (300, 200, 100):
        old = desk.folder / f"made-{age}-s-ago.cwasm"
        old.touch(mode=0o600)
        os.utime(old, times=(0, desk.wasm.stat().st_mtime - age))
    desk.load()
    kept = {file.name for file in desk.folder.glob("*.cwasm")}
    assert len(kept) == 2
    assert "made-100-s-ago.cwasm" in kept


# Damage


def truncate(file: Path) -> None:
    rewrite(file, lambda content: content[: len(content) // 2])


def garble(file: Path) -> None:
    rewrite(file, lambda content: b"garbage!" * (len(content) // 8))


def empty(file: Path) -> None:
    rewrite(file, lambda _content: b"")


def age(file: Path) -> None:
    """As another version of wasmtime would have compiled it, with a digest that fits."""
    major = version("wasmtime").partition(".")[0].encode()
    mine = re.compile(re.escape(bytes((len(major),)) + major) + rb"(?=.(x86_64|aarch64)-)")
    assert len(mine.findall(file.read_bytes())) == 1
    content = mine.sub(bytes((len(major),)) + b"9" * len(major), file.read_bytes()[: -DIGEST - len(MAGIC)])
    file.unlink()
    write_sealed(file, content)


def flip(file: Path) -> None:
    """As a card that lost one bit in the middle of the code."""
    rewrite(file, lambda content: content[:3000] + bytes((content[3000] ^ 1,)) + content[3001:])


def rewrite(file: Path, change: Callable[[bytes], bytes]) -> None:
    content = change(file.read_bytes())
    file.unlink()  # what is mapped stays as it is
    file.write_bytes(content)
    file.chmod(0o600)


@pytest.mark.parametrize("damage", [truncate, garble, empty, age, flip])
@pytest.mark.parametrize("with_notes", [True, False])
def test_a_damaged_file_is_told_about_in_one_line_and_compiled_again(
    quick_desk: Desk, damage: Callable[[Path], None], with_notes: bool
) -> None:
    quick_desk.load()
    damage(quick_desk.compiled())
    if not with_notes:
        for note in quick_desk.folder.glob("*.key"):
            note.unlink()
    assert exported(quick_desk.load(), quick_desk.engine) == []
    (warning,) = quick_desk.warnings
    assert warning.startswith(str(quick_desk.compiled()))
    assert warning.endswith("compiling it again")
    if damage is not age:
        assert "is damaged (its content does not fit its digest)" in warning, "found without mapping any of it"
    assert len(warning.splitlines()) == 1
    assert len(quick_desk.workshop.tasks) == 2
    quick_desk.load()
    assert len(quick_desk.workshop.tasks) == 2


@pytest.mark.parametrize("content", [b"", b"nonsense", b"\xff\xfe", b"../../evil 0", b"a b c"])
def test_a_damaged_note_is_made_again(quick_desk: Desk, content: bytes) -> None:
    quick_desk.load()
    (note,) = quick_desk.folder.glob("*.key")
    good = note.read_bytes()
    note.write_bytes(content)
    quick_desk.load()
    assert note.read_bytes() == good
    assert len(quick_desk.workshop.tasks) == 1


# Somebody else's hands


@pytest.mark.parametrize("mode", [0o777, 0o770, 0o702])
def test_a_folder_that_others_can_write_is_refused(quick_desk: Desk, mode: int) -> None:
    quick_desk.load()
    quick_desk.folder.chmod(mode)
    with pytest.raises(CacheError, match=f"can be written by others \\(mode {mode:04o}\\).*chmod go-w"):
        quick_desk.load()


@pytest.mark.parametrize("mode", [0o666, 0o620, 0o602])
def test_a_compiled_file_that_others_can_write_is_never_mapped(quick_desk: Desk, mode: int) -> None:
    quick_desk.load()
    quick_desk.compiled().chmod(mode)
    with pytest.raises(CacheError, match=f"cwasm can be written by others \\(mode {mode:04o}\\)"):
        quick_desk.load()
    assert len(quick_desk.workshop.tasks) == 1


def test_a_folder_of_somebody_else_is_refused(quick_desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    quick_desk.load()
    owner = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: owner + 1)
    with pytest.raises(CacheError, match=f"cache belongs to user {owner}, not to you"):
        quick_desk.load()


def test_a_compiled_file_of_somebody_else_is_never_mapped(quick_desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    quick_desk.load()
    cache, owner = quick_desk.cache(), os.geteuid()
    found = cache.find("thing", quick_desk.wasm)
    monkeypatch.setattr(os, "geteuid", lambda: owner + 1)
    with pytest.raises(CacheError, match=f"cwasm belongs to user {owner}, not to you"):
        cache.load(found)


def test_a_parent_that_others_can_write_is_refused_since_they_could_swap_the_folder(quick_desk: Desk) -> None:
    quick_desk.load()
    quick_desk.wasm.parent.chmod(0o777)
    with pytest.raises(CacheError, match=r"others, who could replace .*set cache_folder in host\.toml"):
        quick_desk.load()


def test_a_parent_where_everybody_has_only_their_own_is_fine(quick_desk: Desk) -> None:
    quick_desk.wasm.parent.chmod(0o1777)
    quick_desk.load()


def test_a_link_to_a_folder_is_judged_by_where_it_leads(quick_desk: Desk, tmp_path: Path) -> None:
    open_to_all = tmp_path / "open"
    (open_to_all / "cache").mkdir(parents=True)
    open_to_all.chmod(0o777)
    quick_desk.folder.symlink_to(open_to_all / "cache")
    with pytest.raises(CacheError, match=f"{open_to_all} can be written by others"):
        quick_desk.load()


def test_a_folder_that_cannot_be_made_is_named(quick_desk: Desk) -> None:
    quick_desk.folder = quick_desk.wasm / "cache"
    with pytest.raises(
        CacheError, match=r"thing\.wasm/cache: cannot make the folder for compiled components: Not a dir"
    ):
        quick_desk.cache()


# What is no component


def header(*layer: int) -> bytes:
    return b"\0asm" + bytes(layer)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "thing.wasm is empty"),
        (b"print('hello')\n", 'is not WebAssembly (it starts with b"print(\'h")'),
        (b"\x7fELF" + bytes(60), "is not WebAssembly"),
        (header(1, 0, 0, 0), "is a core module; a plugin is a component"),
        (header(0x0D, 0), "is damaged: its header is 00 61 73 6d 0d 00"),
        (header(0x0D, 0, 9, 0), "is damaged: its header is"),
        (header(0x0D, 0, 1, 0) + b"\x07\xff\xff", "cannot be compiled"),
    ],
)
def test_a_file_that_is_no_component_is_refused_in_one_line(desk: Desk, content: bytes, words: str) -> None:
    desk.wasm.write_bytes(content)
    message = desk.refused()
    assert message.startswith(f"thing: {desk.wasm} ")
    assert words in message


@pytest.mark.parametrize("part", [0.1, 0.5, 0.9])
def test_a_truncated_component_is_refused(desk: Desk, part: float) -> None:
    desk.write('(component (core module $m (func (export "f"))) (export "m" (core module $m)))')
    content = desk.wasm.read_bytes()
    desk.wasm.write_bytes(content[: 8 + round((len(content) - 8) * part)])
    assert "cannot be compiled" in desk.refused()


def test_a_file_that_is_not_there_is_named(desk: Desk) -> None:
    desk.wasm.unlink()
    assert desk.refused() == f"thing: {desk.wasm}: No such file or directory"


def test_stopping_while_it_compiles_is_not_the_plugins_fault(desk: Desk) -> None:
    desk.workshop.stop()
    with pytest.raises(BuildError, match=r"Reading thing\.wasm: stopped"):
        desk.load()
