"""All plugins together get no more memory than host.toml allows; the one that wants more is told the figures."""

from __future__ import annotations

import resource
from dataclasses import replace
from pathlib import Path

import pytest

from hostcore.config.loading import merge_plugins
from hostcore.config.model import Config, HostSettings, Limits, PluginTable
from hostcore.errors import HostError, NoRoomError, PluginCrashedError
from hostcore.reload.notices import Notices
from hostcore.runtime.native.library import WasmtimeError
from hostcore.runtime.native.objects import Component
from hostcore.runtime.room import MIB, MemoryTotal, no_address_space, require_address_space
from tests.sandbox import Sandbox


def test_the_one_that_wants_more_than_is_left_is_told_the_figures() -> None:
    total = MemoryTotal(150)
    shares = [total.take(name, 64) for name in ("light", "air")]
    with pytest.raises(NoRoomError) as error:
        total.take("oled", 64)
    assert str(error.value).startswith(
        "oled: it may use 64 MiB (memory_mib), but of the 150 MiB for all plugins (total_memory_mib in [host] of "
        "host.toml), the 2 running instances may use 128."
    )
    total.take("oled", 22)
    for _ in range(2):
        shares[0].close()  # given back once
    total.take("page", 64)
    with pytest.raises(NoRoomError):
        total.take("more", 1)


def test_without_a_total_there_is_no_limit() -> None:
    total = MemoryTotal(None)
    for _ in range(100):
        total.take("light", 1024)


def test_an_instance_gives_its_memory_back_when_it_is_closed(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    limited = replace(sandbox.runtime._instances, total=MemoryTotal(100))
    monkeypatch.setattr(sandbox.runtime, "_instances", limited)
    source = "def read(): return {}"
    first = sandbox.load(source, name="first")
    for _ in range(3):  # one that is refused keeps nothing
        with pytest.raises(NoRoomError, match="second: it may use 64 MiB"):
            sandbox.load(source, name="second")
    first.close()
    with pytest.raises(PluginCrashedError):
        sandbox.load("1 / 0", name="third")
    assert sandbox.load(source, name="second").read() == {}


class TestWarnings:
    def warnings(self, total_mib: int | None, memory_mib: int, machine_mib: int) -> list[str]:
        config = Config(
            Path("host.toml"),
            host=HostSettings(total_memory_mib=total_mib, plugins_folder=Path("none")),
            limits=Limits(memory_mib=memory_mib),
            plugins=tuple(PluginTable(name) for name in ("light", "air", "oled", "page")),
        )
        warned: list[str] = []
        notices = Notices(config, warned.append, machine_mib)
        for _ in range(2):
            notices.report(config, merge_plugins(config, []))
        return warned

    def test_more_than_the_computer_has_is_told_once_with_figures(self) -> None:
        (warning,) = self.warnings(None, 128, 427)
        assert warning.startswith(
            "the 4 plugins may use 512 MiB together (memory_mib of each), but this computer has 427 MiB: "
        )
        assert "total_memory_mib" in warning

    def test_more_than_the_total_is_told_as_well(self) -> None:
        (warning,) = self.warnings(256, 128, 427)
        assert "total_memory_mib in [host] is 256: the last ones will not start" in warning

    def test_what_fits_is_not_worth_a_line(self) -> None:
        assert self.warnings(None, 64, 427) == []
        assert self.warnings(256, 64, 128)[0].startswith("the 4 plugins may use 256 MiB together")


class TestAddressSpace:
    """What ``ulimit -v`` leaves."""

    def limit(self, monkeypatch: pytest.MonkeyPatch, mib: int) -> None:
        bound = mib * MIB if mib else resource.RLIM_INFINITY
        monkeypatch.setattr(resource, "getrlimit", lambda _limit: (bound, bound))

    @pytest.mark.parametrize("mib", [60, 4000])
    def test_a_host_without_room_for_one_plugin_does_not_start(
        self, monkeypatch: pytest.MonkeyPatch, sandbox: Sandbox, mib: int
    ) -> None:
        self.limit(monkeypatch, mib)
        with pytest.raises(HostError) as error:
            Sandbox(sandbox.folder, sandbox.folder, sandbox.clock)
        assert str(error.value).startswith(
            f"{mib} MiB of address space are allowed (RLIMIT_AS), and each plugin reserves 4100 MiB"
        )
        assert "ulimit -v unlimited" in str(error.value)

    def test_a_compiled_file_that_cannot_be_mapped_is_kept(self, sandbox: Sandbox) -> None:
        def deserialize(*_: object) -> None:
            raise WasmtimeError("mmap failed\n\nCaused by:\n    Cannot allocate memory (os error 12)")

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Component, "deserialize_file", deserialize)
            with pytest.raises(NoRoomError, match="no address space left"):
                sandbox.load("def read(): return {}")
        assert sandbox.load("def read(): return {}").read() == {}
        assert sandbox.warnings == [], "it was not compiled again"

    @pytest.mark.parametrize(("mib", "figures"), [(0, " MiB, and an instance"), (8000, " MiB of 8000 MiB (RLIMIT_AS)")])
    def test_a_plugin_without_room_is_told_the_figures(
        self, monkeypatch: pytest.MonkeyPatch, mib: int, figures: str
    ) -> None:
        self.limit(monkeypatch, mib)
        require_address_space()
        told = str(no_address_space("oled"))
        assert told.startswith("oled: the host has no address space left for it, which is not its fault: ")
        assert figures in told
