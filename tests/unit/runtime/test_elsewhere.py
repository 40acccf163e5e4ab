"""Compiling for another kind of computer: what is asked of the emulator, and what is said if something is missing."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

import pytest

from hostcore.errors import BuildError
from hostcore.runtime.compiling.agreed import KEEP_NAMES
from hostcore.runtime.compiling.elsewhere import MACHINES, Elsewhere, platform_tags
from hostcore.runtime.native.library import VERSION
from hostcore.workshop import Workshop

COMPONENT = b"\0asm\x0d\0\x01\0"


class Emulating(Workshop):
    """Does what the programs would do, and keeps their command lines."""

    def __init__(self) -> None:
        super().__init__()
        self.commands: list[list[str]] = []

    def run(self, task: str, command: Sequence[str], folder: Path, expected: float, **_limits: object) -> None:
        self.commands.append([*command])
        if command[0] == "sh":
            Path(command[-1], "usr/bin").mkdir(parents=True)
            Path(command[-1], "usr/bin/python3.11").touch()
        elif "pip" in command:
            site = Path(next(word for word in command if word.startswith("--target=")).partition("=")[2])
            info = site / f"wasmtime-{VERSION}.dist-info"
            info.mkdir(parents=True)
            (info / "WHEEL").write_text("Wheel-Version: 1.0\nTag: py3-none-manylinux2014_aarch64\n")
        elif "component.wasm" in command:
            assert Path(folder, "component.wasm").read_bytes() == COMPONENT
            Path(folder, "compiled.cwasm").write_bytes(b"compiled")


@pytest.fixture
def component(tmp_path: Path) -> Path:
    file = tmp_path / "light.wasm"
    file.write_bytes(COMPONENT)
    return file


@pytest.fixture
def every_program(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")


@pytest.mark.usefixtures("every_program")
def test_it_fetches_once_and_compiles(tmp_path: Path, component: Path) -> None:
    workshop, target = Emulating(), tmp_path / "light.aarch64.cwasm"
    elsewhere = Elsewhere(MACHINES["aarch64"], tmp_path / "there", workshop)
    elsewhere.compile(component, target, keep_names=False)
    assert target.read_bytes() == b"compiled"
    update, install, _unpack, _pip, compiling = workshop.commands
    assert "APT::Architecture=arm64" in update
    assert install[-1] == "python3"
    assert compiling[:2] == ["/usr/bin/qemu-aarch64-static", "-L"]
    elsewhere.compile(component, target, keep_names=True)
    assert len(workshop.commands) == 6
    assert workshop.commands[-1] == [*compiling, KEEP_NAMES]
    assert elsewhere.wheel_tags() == ("manylinux2014_aarch64",)


@pytest.mark.usefixtures("every_program")
def test_the_compiler_gets_names_that_the_emulator_does_not_look_for_in_its_own_folder(
    tmp_path: Path, component: Path
) -> None:
    workshop = Emulating()
    Elsewhere(MACHINES["aarch64"], tmp_path / "there", workshop).compile(component, tmp_path / "out", keep_names=False)
    _, digest, target, *_limits = workshop.commands[-1][workshop.commands[-1].index("component.wasm") :]
    assert digest == sha256(COMPONENT).hexdigest()
    assert target == "compiled.cwasm"


@pytest.mark.parametrize(
    ("missing", "words"),
    [
        ("qemu", "qemu-aarch64-static and qemu-aarch64 are missing, which run programs for aarch64: sudo apt install"),
        ("apt-get", "a Python for aarch64 is needed to compile for it, and comes from Debian"),
    ],
)
def test_what_is_missing_is_named_with_what_to_do(
    tmp_path: Path, component: Path, monkeypatch: pytest.MonkeyPatch, missing: str, words: str
) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None if name.startswith(missing) else f"/usr/bin/{name}")
    with pytest.raises(BuildError, match=words):
        Elsewhere(MACHINES["aarch64"], tmp_path / "there", Emulating()).compile(
            component, tmp_path / "out", keep_names=False
        )
    assert not (tmp_path / "there" / "root").exists()


def test_the_platforms_of_a_wheel_are_in_its_metadata() -> None:
    assert platform_tags("Wheel-Version: 1.0\nTag: py3-none-manylinux1_x86_64\nTag: py3-none-any\n") == (
        "manylinux1_x86_64",
        "any",
    )
