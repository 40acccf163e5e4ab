"""Compiled code is an ELF file, from which only what nobody reads is removed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from wasmtime import wat2wasm

from hostcore.runtime.compiling.stripped import UNREAD, stripped
from hostcore.runtime.engine import engine_config
from hostcore.runtime.native.objects import Component, Engine

COMPONENT = """
(component
    (core module $named
        (memory 1)
        (data (i32.const 64) "seen in the code")
        (func $divides (export "divides") (param i32) (result i32) (i32.div_u (i32.const 1) (local.get 0))))
    (core instance $made (instantiate $named))
    (func (export "divides") (param "by" u32) (result u32) (canon lift (core func $made "divides"))))
"""


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine(engine_config(compiles=True))


@pytest.fixture(scope="module")
def code(engine: Engine) -> bytes:
    return Component(engine, bytes(wat2wasm(COMPONENT))).serialize()


def test_it_is_shorter_and_lacks_the_sections_that_nobody_reads(code: bytes) -> None:
    assert all(name in code for name in UNREAD)
    short = stripped(code)
    assert len(short) < len(code)
    assert b"seen in the code" in short


def test_wasmtime_takes_it_as_it_takes_the_whole_code(engine: Engine, code: bytes, tmp_path: Path) -> None:
    for content in (code, stripped(code)):
        (tmp_path / "compiled").write_bytes(content)
        Component.deserialize_file(engine, str(tmp_path / "compiled"))


def test_a_second_time_changes_nothing(code: bytes) -> None:
    assert stripped(stripped(code)) == stripped(code)


def test_what_is_no_elf_file_stays_as_it_is() -> None:
    assert stripped(b"MZ") == b"MZ"


def test_the_places_of_sections_keep_their_alignment(code: bytes) -> None:
    for place, length, alignment in _sections(stripped(code)):
        assert place % (alignment or 1) == 0
        assert place + length <= len(stripped(code))


def _sections(elf: bytes) -> Iterator[tuple[int, int, int]]:
    start, count = int.from_bytes(elf[40:48], "little"), int.from_bytes(elf[60:62], "little")
    for at in range(start + 64, start + 64 * count, 64):
        yield tuple(int.from_bytes(elf[at + field : at + field + 8], "little") for field in (24, 32, 48))  # type: ignore[misc]
