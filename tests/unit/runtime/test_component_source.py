"""A component's file is judged by its kind, size and header before it is read, and it is never held in memory."""

from __future__ import annotations

import os
import socket
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from hostcore.errors import BuildError, PluginFileError
from hostcore.runtime.compiling.source import BLOCK, examine, identity
from hostcore.runtime.engine import MAX_COMPONENT

HEADER = b"\0asm\x0d\0\1\0"


def go_on() -> bool:
    return False


def sparse(path: Path, size: int) -> Path:
    """A file with the header of a component, which takes no space on the disk."""
    with path.open("wb") as file:
        file.write(HEADER)
        file.truncate(size)
    return path


def test_a_file_of_a_gigabyte_is_refused_by_its_size_and_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = sparse(tmp_path / "big.wasm", 1 << 30)
    monkeypatch.setattr(os, "read", lambda *_: pytest.fail("it was read"))
    for look in (lambda: identity("big", path), lambda: examine("big", path, go_on)):
        with pytest.raises(PluginFileError) as error:
            look()
        assert str(error.value) == (
            f"big: {path} has 1,074 MB; a component can have 268 MB (MAX_COMPONENT); build a smaller one"
        )
    assert MAX_COMPONENT == 268_435_456


def test_a_file_is_hashed_in_small_blocks(tmp_path: Path) -> None:
    path = sparse(tmp_path / "large.wasm", 16 * BLOCK)
    tracemalloc.start()
    found = examine("large", path, go_on)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found.size == 16 * BLOCK
    assert peak < 3 * BLOCK


def test_a_stop_ends_the_hashing(tmp_path: Path) -> None:
    answers = iter([False, True])
    with pytest.raises(BuildError, match=r"Reading large\.wasm: stopped"):
        examine("large", sparse(tmp_path / "large.wasm", 16 * BLOCK), lambda: next(answers))


def make_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(str(path))


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (os.mkfifo, "it is a pipe .FIFO., allowed is an ordinary file"),
        (lambda path: path.symlink_to("/dev/zero"), "it is a character device, allowed is an ordinary file"),
        (Path.mkdir, "it is a folder, allowed is an ordinary file"),
        (make_socket, "it is a socket, allowed is an ordinary file"),
        (lambda path: path.symlink_to(path), "Too many levels of symbolic links"),
        (lambda path: None, "No such file or directory"),
    ],
    ids=["pipe", "device", "folder", "socket", "loop", "nothing"],
)
def test_what_is_no_regular_file_is_refused_at_once(
    tmp_path: Path, make: Callable[[Path], object], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # the path of a socket is short
    path = Path("odd.wasm")
    make(path)
    with pytest.raises(PluginFileError, match=f"odd: odd.wasm: {words}"):
        examine("odd", path, go_on)


def test_a_file_that_changes_while_it_is_read_is_refused(tmp_path: Path) -> None:
    path = sparse(tmp_path / "moving.wasm", 4 * BLOCK)

    def grow() -> bool:
        sparse(path, 5 * BLOCK)
        return False

    with pytest.raises(PluginFileError, match="changed while it was read; try again"):
        examine("moving", path, grow)
