"""``wasi-host compile``: a component is compiled ahead of time, and the host takes the file that host.toml names."""

from __future__ import annotations

import os
import re
import shutil
from hashlib import sha256
from pathlib import Path

import pytest

from hostcore.runtime.compiling.label import label_of
from tests.command import Desk

COMPONENT = b"\0asm\x0d\0\x01\0"
"""The smallest one, which has nothing in it."""
MACHINE = os.uname().machine


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    folder = tmp_path / "desk"
    folder.mkdir()
    made = Desk(folder, tmp_path / "cache")
    made.write("light.wasm", COMPONENT)
    return made


def test_the_file_lies_beside_the_component_and_the_line_for_host_toml_is_printed(desk: Desk, tmp_path: Path) -> None:
    outcome = desk.run_here("compile", "light.wasm")
    file = tmp_path / "desk" / f"light.{MACHINE}.cwasm"
    assert outcome.status == 0
    (pin,) = re.findall(r'^compiled_sha256 = "([0-9a-f]{64})"$', outcome.out, re.MULTILINE)
    assert pin == sha256(file.read_bytes()).hexdigest()
    label = label_of(file)
    assert label is not None
    assert label.sha256 == sha256(COMPONENT).hexdigest()


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("light.py", "def read(): return {}\n", "is Python, which needs no compiling; wasi-host build seals it first"),
        ("bad.wasm", "nonsense", "is not WebAssembly"),
    ],
)
def test_what_is_no_component_is_refused_in_one_line(desk: Desk, name: str, content: str, words: str) -> None:
    desk.write(name, content)
    outcome = desk.run_here("compile", name)
    assert (outcome.status, outcome.out) == (1, "")
    (line,) = outcome.err.splitlines()
    assert words in line


def test_without_an_emulator_one_line_says_how_to_get_it(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    other = "x86-64" if MACHINE == "aarch64" else "aarch64"
    outcome = desk.run_here("compile", "light.wasm", "--for", other)
    assert (outcome.status, outcome.out) == (1, "")
    assert "sudo apt install qemu-user-static" in outcome.err
