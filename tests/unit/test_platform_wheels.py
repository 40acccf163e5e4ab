"""What goes into the wheel of each kind of computer: the same component, and another compiled file."""

from __future__ import annotations

import lzma
import os
from hashlib import sha256
from pathlib import Path

import pytest

from hostcore import platform_wheels, shipped
from hostcore.platform_wheels import TAG, build_component, prepare
from hostcore.runtime.compiling.elsewhere import Machine
from hostcore.runtime.compiling.source import examine_packed
from hostcore.workshop import Workshop
from tests.compiled_desk import InstantWorkshop

COMPONENT = b"\0asm\x0d\0\x01\0"
"""The smallest one, which has nothing in it."""
HERE = os.uname().machine
ELSEWHERE = next(name for name in platform_wheels.MACHINES if name != HERE)


class Emulated:
    """In place of `Elsewhere`."""

    def __init__(self, machine: Machine, _folder: Path, _workshop: Workshop) -> None:
        self._machine = machine

    def compile(self, component: Path, target: Path, *, keep_names: bool) -> None:
        assert component.read_bytes() == COMPONENT
        assert keep_names, "the host's own functions are named in traces"
        target.write_bytes(b"compiled elsewhere")

    def wheel_tags(self) -> tuple[str, ...]:
        return (f"manylinux2014_{self._machine.name}",)


class Builder:
    """Counts how often the component is built."""

    def __init__(self) -> None:
        self.built = 0

    def __call__(self, output: Path, _workshop: Workshop) -> None:
        self.built += 1
        output.write_bytes(COMPONENT)


@pytest.fixture
def builder(monkeypatch: pytest.MonkeyPatch) -> Builder:
    made = Builder()
    monkeypatch.setattr(platform_wheels, "build_python_runtime", made)
    monkeypatch.setattr(platform_wheels, "Elsewhere", Emulated)
    return made


def test_each_has_the_same_component_which_is_built_once(builder: Builder, tmp_path: Path) -> None:
    workshop = InstantWorkshop()
    component = build_component(tmp_path, workshop)
    here, elsewhere = (prepare(machine, component, workshop) for machine in (HERE, ELSEWHERE))
    for name in (shipped.COMPONENT, f"{Path(shipped.COMPONENT).stem}.key"):
        assert (here / name).read_bytes() == (elsewhere / name).read_bytes()
    assert lzma.decompress((here / shipped.COMPONENT).read_bytes()) == COMPONENT
    assert (elsewhere / shipped.COMPILED).read_bytes() == b"compiled elsewhere"
    assert (here / shipped.COMPILED).read_bytes().startswith(b"\x7fELF")
    prepare(HERE, build_component(tmp_path, workshop), workshop)
    assert (builder.built, workshop.tasks) == (1, ["Compiling python-runtime.wasm"])


def test_another_wasmtime_compiles_anew(builder: Builder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = prepare(ELSEWHERE, build_component(tmp_path, Workshop()), Workshop())
    monkeypatch.setattr(platform_wheels, "VERSION", "51.0.0")
    assert prepare(ELSEWHERE, build_component(tmp_path, Workshop()), Workshop()) != before


@pytest.mark.usefixtures("builder")
def test_a_note_says_what_the_component_is_without_unpacking_it(tmp_path: Path) -> None:
    packed = prepare(ELSEWHERE, build_component(tmp_path, Workshop()), Workshop()) / shipped.COMPONENT
    found = examine_packed("python", packed)
    assert (found.sha256, found.size) == (sha256(COMPONENT).hexdigest(), len(COMPONENT))


@pytest.mark.usefixtures("builder")
def test_the_tag_is_that_of_wasmtimes_wheel_under_its_newer_name(tmp_path: Path) -> None:
    folder = prepare(ELSEWHERE, build_component(tmp_path, Workshop()), Workshop())
    assert (folder / TAG).read_text() == f"py3-none-manylinux_2_17_{ELSEWHERE}"


@pytest.mark.usefixtures("builder")
def test_everyone_may_read_what_goes_into_the_wheel(tmp_path: Path) -> None:
    for machine in (HERE, ELSEWHERE):
        file = prepare(machine, build_component(tmp_path, Workshop()), InstantWorkshop()) / shipped.COMPILED
        assert file.stat().st_mode & 0o777 == 0o644
