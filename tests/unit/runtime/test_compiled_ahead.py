"""Compiled files that were made elsewhere: that of the wheel, and those beside components."""

from __future__ import annotations

import lzma
import os
from base64 import urlsafe_b64encode
from hashlib import sha256
from pathlib import Path

import pytest
from wasmtime import wat2wasm

from hostcore import __version__, shipped
from hostcore.errors import BuildError, PluginFileError
from hostcore.runtime.compile import _content, portable
from hostcore.runtime.compiling import ahead as ahead_module
from hostcore.runtime.compiling.ahead import Ahead, beside, of_package, path_beside
from hostcore.runtime.compiling.label import Label, compiler_of, label_of, this_compiler
from hostcore.runtime.compiling.source import note_of_packed, to_note
from hostcore.runtime.native.objects import Component, Engine
from hostcore.runtime.plugin import PluginSpec
from hostcore.runtime.plugin_file import ahead_of
from tests.compiled_desk import Desk, InstantWorkshop, compile_to

pytest_plugins = ["tests.compiled_fixture"]
MACHINE = os.uname().machine


class Package:
    """An installed package with a compiled component, and a cache for it."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.folder = desk.wasm.parent / "site-packages"
        self.folder.mkdir()
        self.code, self.file = self.folder / "__init__.py", self.folder / "python-runtime.cwasm"
        self.code.write_text("")
        self.record = compile_to(self.file, desk.wasm)

    def ahead(self) -> Ahead:
        return of_package(self.file, self.code, lambda: self.record)

    def load(self) -> Component:
        """As a host that starts, loads the component, and ends in good order."""
        cache = self.desk.cache()
        found = cache.find("thing", self.desk.wasm, is_own=True, ahead=self.ahead())
        component = cache.load(found)
        cache.survived(found)
        cache.close()
        return component

    def in_cache(self) -> list[str]:
        """The kinds of files in the folder of compiled components."""
        return sorted(each.suffix for each in self.desk.folder.iterdir())


@pytest.fixture
def package(quick_desk: Desk) -> Package:
    return Package(quick_desk)


class TestTheFileOfThePackage:
    def test_is_used_and_nothing_is_compiled_or_written_besides_notes(self, package: Package) -> None:
        package.load()
        package.load()
        assert not package.desk.workshop.tasks
        assert not package.desk.warnings
        assert package.in_cache() == [".checked", ".key"]

    def test_is_hashed_once_for_each_start_of_the_computer(
        self, package: Package, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        package.load()
        monkeypatch.setattr(ahead_module, "sha256_of_file", pytest.fail)
        package.load()

    def test_is_hashed_again_when_it_was_installed_again(self, package: Package) -> None:
        package.load()
        content = package.file.read_bytes()
        package.file.unlink()
        package.file.write_bytes(content[:3000] + bytes((content[3000] ^ 1,)) + content[3001:])
        package.load()
        self.assert_compiled_instead(
            package, "does not have the SHA-256 that is known from the RECORD of the installed"
        )

    @pytest.mark.parametrize("record", ["", "00" * 32])
    def test_is_not_used_if_the_record_does_not_vouch_for_it(self, package: Package, record: str) -> None:
        package.record = record
        package.load()
        self.assert_compiled_instead(package, "does not have the SHA-256 that is known from the RECORD")

    @pytest.mark.parametrize("mode", [0o666, 0o646, 0o664])
    def test_is_not_used_if_others_can_write_it_than_the_code(self, package: Package, mode: int) -> None:
        package.file.chmod(mode)
        package.load()
        self.assert_compiled_instead(package, f"can be written by others (mode {mode:04o})")

    def test_is_used_if_its_group_can_write_the_code_as_well(self, package: Package) -> None:
        for each in (package.file, package.code):
            each.chmod(0o664)
        package.load()
        assert not package.desk.warnings

    def test_is_not_used_if_it_belongs_to_a_stranger(self, package: Package, monkeypatch: pytest.MonkeyPatch) -> None:
        real = Path.lstat

        def lstat(path: Path) -> os.stat_result:
            found = real(path)
            return os.stat_result((*found[:4], 4711, *found[5:10])) if path == package.file else found

        monkeypatch.setattr(Path, "lstat", lstat)
        package.load()
        self.assert_compiled_instead(package, "belongs to user 4711")

    def test_is_not_used_if_it_is_a_link(self, package: Package) -> None:
        elsewhere = package.file.rename(package.file.with_name("elsewhere"))
        package.file.symlink_to(elsewhere)
        package.load()
        self.assert_compiled_instead(package, "is not an ordinary file")

    def test_is_not_used_for_another_component(self, package: Package) -> None:
        package.desk.write('(component (core module $m) (export "m" (core module $m)))')
        package.load()
        self.assert_compiled_instead(package, "was compiled of another version of the component")

    def test_is_not_used_if_another_wasmtime_made_it(self, package: Package) -> None:
        package.record = compile_to(package.file, package.desk.wasm, compiler="1-riscv64-7")
        package.load()
        self.assert_compiled_instead(package, "was made by another compiler (1-riscv64-7; this host has")

    def test_is_not_used_if_it_is_cut(self, package: Package) -> None:
        package.file.write_bytes(package.file.read_bytes()[:1000])
        package.load()
        self.assert_compiled_instead(package, "is not a compiled file of this host, or damaged")

    def test_is_not_used_if_wasmtime_refuses_it_and_the_line_says_why(self, package: Package) -> None:
        code = package.file.read_bytes()
        package.file.write_bytes(b"\x7fELF" + bytes(60) + code[-112:])
        package.record = sha256(package.file.read_bytes()).hexdigest()
        package.load()
        self.assert_compiled_instead(package, "cannot be used (")

    def assert_compiled_instead(self, package: Package, problem: str) -> None:
        (warning,) = package.desk.warnings
        assert problem in warning
        assert warning.endswith(": compiling the component instead")
        assert package.desk.workshop.tasks == ["Compiling thing.wasm"]
        package.load()
        assert package.desk.workshop.tasks == ["Compiling thing.wasm"], "the file in the folder goes first"
        assert len(package.desk.warnings) == 1, "and nothing is wrong any more"

    def test_a_start_that_may_not_compile_says_what_is_wrong(self, package: Package) -> None:
        assert isinstance(package.desk.workshop, InstantWorkshop)
        package.desk.workshop.failure = BuildError("the memory ran out")
        package.file.chmod(0o666)
        with pytest.raises(PluginFileError, match="the memory ran out"):
            package.load()
        assert "can be written by others" in package.desk.warnings[0]


class TestAfterADeathWhileItWasLoaded:
    def test_the_component_is_compiled_here(self, package: Package) -> None:
        self.die(package)
        package.load()
        assert package.desk.workshop.tasks == ["Compiling thing.wasm"]
        assert "was being loaded when a host died: compiling the component instead" in package.desk.warnings[0]
        assert ".trying" not in package.in_cache()

    def test_where_it_cannot_be_compiled_it_is_used_as_it_is(self, package: Package) -> None:
        assert isinstance(package.desk.workshop, InstantWorkshop)
        package.desk.workshop.failure = BuildError("the memory ran out")
        self.die(package)
        package.load()
        assert package.desk.warnings[-1].endswith("is intact and is used as it is")
        assert ".trying" not in package.in_cache()

    def die(self, package: Package) -> None:
        """Leave a mark without a process, as a death or a loss of power does."""
        package.load()
        (note,) = package.desk.folder.glob("*.checked")
        note.with_suffix(".trying").touch(mode=0o600)


class TestTheFileBesideAComponent:
    def test_is_used_if_host_toml_has_its_sha256(self, quick_desk: Desk) -> None:
        pin = compile_to(path_beside(quick_desk.wasm, MACHINE), quick_desk.wasm)
        self.load(quick_desk, pin)
        assert not quick_desk.workshop.tasks
        assert not quick_desk.warnings

    def test_none_is_used_that_host_toml_does_not_name(self, quick_desk: Desk) -> None:
        compile_to(path_beside(quick_desk.wasm, MACHINE), quick_desk.wasm)
        assert ahead_of(PluginSpec("thing", quick_desk.wasm)) is None
        quick_desk.load()
        assert quick_desk.workshop.tasks == ["Compiling thing.wasm"]

    def test_with_another_sha256_it_is_checked_again(self, quick_desk: Desk) -> None:
        pin = compile_to(path_beside(quick_desk.wasm, MACHINE), quick_desk.wasm)
        self.load(quick_desk, pin)
        self.load(quick_desk, "00" * 32)
        assert "does not have the SHA-256 that is known from compiled_sha256 in host.toml" in quick_desk.warnings[0]
        assert quick_desk.workshop.tasks

    @pytest.mark.parametrize("mode", [0o666, 0o664])
    def test_is_not_used_if_others_can_write_it(self, quick_desk: Desk, mode: int) -> None:
        file = path_beside(quick_desk.wasm, MACHINE)
        pin = compile_to(file, quick_desk.wasm)
        file.chmod(mode)
        self.load(quick_desk, pin)
        assert f"can be written by others (mode {mode:04o})" in quick_desk.warnings[0]

    def test_is_not_used_if_others_can_replace_it(self, quick_desk: Desk, tmp_path: Path) -> None:
        component = tmp_path / "shared" / "thing.wasm"
        component.parent.mkdir()
        component.write_bytes(quick_desk.wasm.read_bytes())
        pin = compile_to(path_beside(component, MACHINE), component)
        component.parent.chmod(0o777)
        quick_desk.wasm = component
        self.load(quick_desk, pin)
        assert "who could replace" in quick_desk.warnings[0]

    def test_why_it_is_not_used_is_said_once_and_it_is_used_as_soon_as_it_fits(self, quick_desk: Desk) -> None:
        file, cache = path_beside(quick_desk.wasm, MACHINE), quick_desk.cache()
        pin = compile_to(file, quick_desk.wasm)
        file.chmod(0o666)
        assert isinstance(quick_desk.workshop, InstantWorkshop)
        quick_desk.workshop.failure = BuildError("the memory ran out")
        for _ in range(3):
            with pytest.raises(PluginFileError, match="the memory ran out"):
                cache.find("thing", quick_desk.wasm, ahead=beside(quick_desk.wasm, MACHINE, pin))
        assert len(quick_desk.warnings) == 1
        file.chmod(0o644)
        cache.load(cache.find("thing", quick_desk.wasm, ahead=beside(quick_desk.wasm, MACHINE, pin)))

    def test_a_missing_one_is_told_and_the_component_compiled(self, quick_desk: Desk) -> None:
        self.load(quick_desk, "00" * 32)
        assert "No such file or directory" in quick_desk.warnings[0]
        assert quick_desk.workshop.tasks

    def load(self, desk: Desk, pin: str) -> None:
        cache = desk.cache()
        found = cache.find("thing", desk.wasm, ahead=beside(desk.wasm, MACHINE, pin))
        cache.load(found)
        cache.survived(found)
        cache.close()


class TestTheRecord:
    def test_tells_the_sha256_of_a_file(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        package = tmp_path / "hostcore"
        info = tmp_path / f"wasi_python_host-{__version__}.dist-info"
        info.mkdir()
        digest = sha256(b"code").digest()
        encoded = urlsafe_b64encode(digest).decode().rstrip("=")
        (info / "RECORD").write_text(f"hostcore/a.py,sha256=AAAA,1\nhostcore/b.cwasm,sha256={encoded},4\n")
        monkeypatch.setattr(shipped, "_PACKAGE", package)
        assert shipped.recorded_sha256(package / "b.cwasm") == digest.hex()
        assert shipped.recorded_sha256(package / "c.cwasm") == ""
        (info / "RECORD").unlink()
        assert shipped.recorded_sha256(package / "b.cwasm") == ""


class TestTheLabel:
    def test_names_the_component_and_the_compiler(self, package: Package) -> None:
        expected = Label(sha256(package.desk.wasm.read_bytes()).hexdigest(), this_compiler())
        assert label_of(package.file) == expected

    @pytest.mark.parametrize("content", [b"", b"short", bytes(500)])
    def test_other_files_have_none(self, tmp_path: Path, content: bytes) -> None:
        file = tmp_path / "file"
        file.write_bytes(content)
        assert label_of(file) is None

    def test_a_compiler_is_another_one_with_another_library_or_machine(self, tmp_path: Path) -> None:
        library = tmp_path / "library"
        library.write_bytes(b"12345")
        one = compiler_of(library, "aarch64")
        assert compiler_of(library, "x86_64") != one
        library.write_bytes(b"123456")
        assert compiler_of(library, "aarch64") != one


def test_the_code_needs_no_feature_that_an_old_processor_lacks() -> None:
    """wasmtime keeps in a compiled file which features of the processor the code may use: a name, a kind, on or off."""
    features = {"x86_64": (b"has_sse41", b"has_avx", b"has_avx2"), "aarch64": (b"has_lse", b"has_fp16")}[MACHINE]
    code = Component(Engine(portable()), bytes(wat2wasm("(component)"))).serialize()
    assert all(feature + b"\x02\x00" in code for feature in features)


class TestTheComponentOfThePackage:
    def test_is_unpacked_only_to_compile_it(self, desk: Desk) -> None:
        packed = self.packed(desk)
        assert desk.wasm.read_bytes() == _content(packed)
        cache = desk.cache()
        cache.load(cache.find("python", packed, is_own=True))
        assert desk.workshop.tasks == ["Compiling thing.wasm"]
        assert sorted(each.suffix for each in desk.folder.iterdir()) == [".cwasm", ".intact", ".loading"]

    def test_a_damaged_one_is_refused(self, desk: Desk) -> None:
        packed = self.packed(desk)
        packed.write_bytes(packed.read_bytes()[:-9] + b"nonsense!")
        with pytest.raises(PluginFileError, match="cannot be compiled"):
            desk.cache().find("python", packed, is_own=True)

    def test_one_without_its_note_is_refused(self, desk: Desk) -> None:
        packed = self.packed(desk)
        note_of_packed(packed).unlink()
        with pytest.raises(PluginFileError, match=r"wasm\.key is missing or damaged; install the host again"):
            desk.cache().find("python", packed, is_own=True)

    def packed(self, desk: Desk) -> Path:
        content, packed = desk.wasm.read_bytes(), desk.wasm.with_suffix(".wasm.xz")
        packed.write_bytes(lzma.compress(content))
        note_of_packed(packed).write_bytes(to_note(sha256(content).hexdigest(), len(content)))
        return packed
