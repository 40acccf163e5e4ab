"""The bytecode of a library's module is compiled once, and kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from hostcore.errors import PluginFileError
from hostcore.runtime import bytecode
from hostcore.runtime.bytecode import BytecodeCache


class Compiler:
    """Counts what it compiles."""

    def __init__(self) -> None:
        self.compiled: list[str] = []

    def __call__(self, path: str, source: str) -> bytes:
        if source == "1 +":
            raise PluginFileError("probe", "it is not Python")
        self.compiled.append(path)
        return f"bytecode of {source}".encode()


@pytest.fixture
def compiler() -> Compiler:
    return Compiler()


def test_a_module_is_compiled_once_also_for_another_host(tmp_path: Path, compiler: Compiler) -> None:
    for _ in range(2):
        cache = BytecodeCache(tmp_path / "bytecode", "runtime 1")
        assert cache.bytecode("a-1/a.py", "x = 1", compiler) == b"bytecode of x = 1"
    assert compiler.compiled == ["a-1/a.py"]


@pytest.mark.parametrize(
    ("runtime", "path", "source"),
    [("runtime 2", "a-1/a.py", "x = 1"), ("runtime 1", "a-2/a.py", "x = 1"), ("runtime 1", "a-1/a.py", "x = 2")],
)
def test_another_python_path_or_source_has_other_bytecode(
    tmp_path: Path, compiler: Compiler, runtime: str, path: str, source: str
) -> None:
    BytecodeCache(tmp_path, "runtime 1").bytecode("a-1/a.py", "x = 1", compiler)
    BytecodeCache(tmp_path, runtime).bytecode(path, source, compiler)
    assert len(compiler.compiled) == 2


@pytest.mark.parametrize("damage", [b"", b"x", b"x" * 40])
def test_a_damaged_file_is_compiled_again(tmp_path: Path, compiler: Compiler, damage: bytes) -> None:
    cache = BytecodeCache(tmp_path, "runtime 1")
    cache.bytecode("a-1/a.py", "x = 1", compiler)
    (file,) = tmp_path.iterdir()
    file.write_bytes(damage)
    assert cache.bytecode("a-1/a.py", "x = 1", compiler) == b"bytecode of x = 1"
    assert len(compiler.compiled) == 2


def test_a_module_that_is_no_python_has_no_bytecode_and_leaves_no_file(tmp_path: Path, compiler: Compiler) -> None:
    assert BytecodeCache(tmp_path / "bytecode", "runtime 1").bytecode("a-1/a.py", "1 +", compiler) == b""
    assert [*tmp_path.iterdir()] == []


def test_a_folder_that_cannot_be_written_costs_only_time(tmp_path: Path, compiler: Compiler) -> None:
    (tmp_path / "bytecode").write_text("a file", encoding="ascii")
    cache = BytecodeCache(tmp_path / "bytecode", "runtime 1")
    assert cache.bytecode("a-1/a.py", "x = 1", compiler) == b"bytecode of x = 1"


def test_the_oldest_half_goes_when_there_are_too_many(
    tmp_path: Path, compiler: Compiler, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bytecode, "MOST_FILES", 4)
    cache = BytecodeCache(tmp_path, "runtime 1")
    for number in range(5):
        cache.bytecode("a-1/a.py", f"x = {number}", compiler)
    assert len([*tmp_path.iterdir()]) == 3
    cache.bytecode("a-1/a.py", "x = 4", compiler)
    assert len(compiler.compiled) == 5
