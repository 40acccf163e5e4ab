"""What doctor says about the Python runtime before the time to compile it is spent."""

from __future__ import annotations

import lzma
from hashlib import sha256
from pathlib import Path

import pytest

from hostcore import shipped
from hostcore.cli import doctor_compiled
from hostcore.cli.doctor_compiled import check_compiled
from hostcore.config.loading import load_config
from hostcore.config.model import Config
from hostcore.runtime.compiling import compiler
from hostcore.runtime.compiling.source import note_of_packed, to_note
from tests.compiled_desk import Desk, compile_to

pytest_plugins = ["tests.compiled_fixture"]


@pytest.fixture
def wheel(quick_desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Config:
    """The settings of a host that was installed from a wheel, which ships a (small) runtime."""
    monkeypatch.setattr(shipped, "python_runtime", lambda: quick_desk.wasm)
    file = quick_desk.wasm.with_name("host.toml")
    file.write_text(f'[host]\ncache_folder = "{quick_desk.folder}"\n')
    return load_config(file)


def test_a_runtime_from_the_wheel_is_compiled_and_not_built(wheel: Config) -> None:
    _, runtime = check_compiled(wheel)
    assert runtime.is_fine
    assert runtime.text == "not compiled yet"
    assert runtime.advice.startswith("the first `wasi-host run` compiles it: about 1 s and 70 MB of memory")


def test_the_time_for_a_runtime_that_has_to_be_built_includes_that(
    wheel: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor_compiled, "present_runtime", lambda _folder: None)
    monkeypatch.setattr(doctor_compiled, "build_seconds", lambda: 7200.0)
    _, runtime = check_compiled(wheel)
    assert runtime.advice.startswith("the first `wasi-host run` builds it, and compiles it: about 120 min and 511 MB")


def test_too_little_memory_is_a_fault_with_the_ways_out(
    wheel: Config, quick_desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compiler, "free_memory", lambda: 90_000_000)
    for with_folder in (False, True):
        if with_folder:
            quick_desk.cache()
        _, runtime = check_compiled(wheel)
        assert not runtime.is_fine
        assert "compiling takes about 70 MB of memory, estimated, and this computer has 56 MB left" in runtime.advice
        assert "add swap" in runtime.advice
        assert "-own.cwasm from its cache folder to" in runtime.advice
    assert not [*quick_desk.folder.glob("*.cwasm")]


def test_a_compiled_runtime_is_found_also_if_it_was_copied(wheel: Config, quick_desk: Desk, tmp_path: Path) -> None:
    cache = quick_desk.cache()
    cache.find("python", quick_desk.wasm, is_own=True)
    cache.close()
    for note in (*quick_desk.folder.glob("*.key"), *quick_desk.folder.glob("*.intact")):
        note.unlink()
    _, runtime = check_compiled(wheel)
    assert (runtime.is_fine, runtime.text, runtime.advice) == (True, "compiled", "")


def test_a_damaged_runtime_is_a_fault_and_stays_for_the_next_run(wheel: Config, quick_desk: Desk) -> None:
    cache = quick_desk.cache()
    cache.find("python", quick_desk.wasm, is_own=True)
    cache.close()
    quick_desk.compiled().write_bytes(b"garbage")
    _, runtime = check_compiled(wheel)
    assert not runtime.is_fine
    assert runtime.text.startswith("compiled, but the file is damaged")
    assert runtime.advice == "the next `wasi-host run` compiles it again"
    assert not [*quick_desk.folder.glob("*.loading")]


def test_a_place_where_no_folder_can_be_made_is_a_fault_with_the_way_out(tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.touch()
    settings = tmp_path / "host.toml"
    settings.write_text(f'[host]\ncache_folder = "{in_the_way}/cache"\n')
    cache, _ = check_compiled(load_config(settings))
    assert not cache.is_fine
    assert cache.text == f"{in_the_way / 'cache'} cannot be made: {in_the_way} is not a folder"
    assert cache.advice == "set cache_folder in [host] of host.toml to another place"


class TestAWheelWithACompiledRuntime:
    @pytest.fixture
    def compiled(self, wheel: Config, quick_desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Path:
        """The compiled runtime of the wheel."""
        file = quick_desk.wasm.with_name(shipped.COMPILED)
        pin = compile_to(file, quick_desk.wasm)
        packed = quick_desk.wasm.with_name(shipped.COMPONENT)
        content = quick_desk.wasm.read_bytes()
        packed.write_bytes(lzma.compress(content))
        note_of_packed(packed).write_bytes(to_note(sha256(content).hexdigest(), len(content)))
        monkeypatch.setattr(shipped, "python_runtime", lambda: packed)
        monkeypatch.setattr(shipped, "compiled_runtime", lambda: file)
        monkeypatch.setattr(shipped, "recorded_sha256", lambda _file: pin)
        return file

    @pytest.mark.parametrize("with_folder", [False, True])
    def test_says_so(self, compiled: Path, wheel: Config, quick_desk: Desk, with_folder: bool) -> None:
        if with_folder:
            quick_desk.cache()
        _, runtime = check_compiled(wheel)
        assert (runtime.is_fine, runtime.text) == (True, "compiled; it came with the host")
        assert not [*quick_desk.folder.glob("*.cwasm")]

    @pytest.mark.parametrize("with_folder", [False, True])
    def test_that_cannot_be_used_is_named_with_the_reason(
        self, compiled: Path, wheel: Config, quick_desk: Desk, with_folder: bool
    ) -> None:
        compiled.chmod(0o666)
        if with_folder:
            quick_desk.cache()
        _, runtime = check_compiled(wheel)
        assert runtime.text.startswith(
            f"not compiled yet; {compiled} is not used: it can be written by others (mode 0666)"
        )
        assert runtime.text.count(str(compiled)) == 1
        assert runtime.advice.startswith("install the host again, or the first `wasi-host run` compiles it: about 1 s")

    @pytest.mark.parametrize("with_folder", [False, True])
    def test_that_was_changed_is_named_with_the_reason(
        self, compiled: Path, wheel: Config, quick_desk: Desk, with_folder: bool
    ) -> None:
        compiled.write_bytes(compiled.read_bytes().replace(b"ELF", b"FLE", 1))
        if with_folder:
            quick_desk.cache()
        _, runtime = check_compiled(wheel)
        assert runtime.text.startswith(f"not compiled yet; {compiled} does not have the SHA-256 that is known from")
        assert runtime.advice.startswith("install the host again, or the first `wasi-host run` compiles it")
