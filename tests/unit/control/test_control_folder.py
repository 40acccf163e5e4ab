"""The folder of control sockets: who can open it, and how commands find the right host in it."""

from __future__ import annotations

import os
import shutil
import stat
import threading
from pathlib import Path

import pytest

from hostcore.backends.base import BackendKind
from hostcore.control import folder as control_folder
from hostcore.control import server
from hostcore.control.client import SilentHost, find_host
from hostcore.control.delayed_start import DelayedStart
from hostcore.control.message_lines import request_line
from hostcore.control.messages import (
    FactsRequest,
    HostReport,
    TransferReport,
)
from hostcore.errors import HostError
from hostcore.events.facts import BusFacts
from hostcore.place import BusName
from tests.control_desk import CONFIG, PATIENCE, SIMULATED, Desk, abandon, hung, listens, until

pytest_plugins = ["tests.control_fixture"]


class TestTheFolder:
    def test_sockets_of_hosts_that_are_no_more_are_removed_and_all_else_stays(self, folder: Path) -> None:
        living = Desk(folder).start()
        (alive,) = living.sockets()
        abandon(folder / "0123.socket")
        (folder / "notes.txt").write_text("mine")
        other = Desk(folder)
        other.server.start()
        until(lambda: not (folder / "0123.socket").exists() and len(other.sockets()) == 2)
        assert alive in other.sockets()
        assert (folder / "notes.txt").exists()
        assert other.server.stop()
        assert living.server.stop()

    @pytest.mark.parametrize("is_login_over", [True, False], ids=["the last login ends", "somebody cleans up"])
    def test_a_socket_that_is_removed_is_made_again_where_commands_find_it(
        self, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_login_over: bool
    ) -> None:
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
        monkeypatch.setattr(server, "LOOK_SECONDS", 0.01)
        desk = Desk(folder).start()
        shutil.rmtree(folder.parent if is_login_over else folder)
        desk.folder = tmp_path / "cache" / "wasi-host" / "control" if is_login_over else folder
        until(lambda: any(map(listens, desk.sockets())))
        assert list(control_folder.socket_folders())[0 if not is_login_over else -1] == desk.folder
        assert b"done" in desk.say(request_line(FactsRequest()))
        assert folder.exists() is not is_login_over
        assert any(f"through a new one in {desk.folder}" in each for each in desk.warnings)
        assert desk.server.stop()
        assert desk.sockets() == []

    def test_one_that_others_may_use_is_not_used(self, folder: Path) -> None:
        folder.mkdir()
        folder.chmod(0o755)
        desk = Desk(folder).start()
        assert "mode 0755; it must be yours, with mode 0700" in desk.warnings[0]
        assert desk.server.stop()
        assert desk.sockets() == []
        assert find_host(CONFIG, SIMULATED) is None

    def test_a_symbolic_link_is_not_followed(self, folder: Path, tmp_path: Path) -> None:
        (tmp_path / "trap").mkdir(mode=0o700)
        folder.symlink_to(tmp_path / "trap")
        desk = Desk(folder).start()
        assert "cannot reach this host" in desk.warnings[0]
        assert desk.server.stop()
        assert list((tmp_path / "trap").iterdir()) == []

    def test_without_a_runtime_folder_it_is_beside_the_cache(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "gone"))
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
        folder = tmp_path / "cache" / "wasi-host" / "control"
        assert control_folder.socket_folder() == folder
        assert Desk(folder).start().server.stop()
        assert stat.S_IMODE((tmp_path / "cache" / "wasi-host").stat().st_mode) == 0o700

    @pytest.mark.parametrize("name", ["x" * 300, "file/below"])
    def test_a_runtime_folder_that_cannot_even_be_looked_at_is_not_used(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
    ) -> None:
        (tmp_path / "file").touch()
        monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / name))
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
        assert control_folder.socket_folder() == tmp_path / "cache" / "wasi-host" / "control"

    def test_somebody_elses_runtime_folder_is_not_used(
        self, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
        assert control_folder.socket_folder() == folder
        monkeypatch.setattr(os, "geteuid", lambda: 4711)
        assert control_folder.socket_folder() == tmp_path / "cache" / "wasi-host" / "control"


class TestFindingTheRightHost:
    @pytest.mark.parametrize(
        ("config", "facts", "found"),
        [
            (CONFIG, SIMULATED, True),
            (CONFIG, BusFacts(BusName("i2c-1"), BackendKind.LINUX), False),
            (CONFIG, BusFacts(BusName("i2c-2"), BackendKind.SIMULATED), False),
            (Path("/elsewhere/host.toml"), SIMULATED, False),
        ],
    )
    @pytest.mark.usefixtures("desk")
    def test_a_simulated_bus_is_that_of_the_same_settings(self, config: Path, facts: BusFacts, found: bool) -> None:
        assert bool(find_host(config, facts)) is found

    def test_a_real_bus_is_that_with_the_same_device_file_whatever_the_settings(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        real = BusFacts(BusName("i2c-1"), BackendKind.LINUX)
        report = HostReport(1, "/elsewhere/host.toml", (real,), ("5:77",), ())
        desk = Desk(folder, lambda _request: report).start()
        monkeypatch.setattr("hostcore.control.client.node_of", lambda _facts: "5:77")
        assert find_host(CONFIG, real)
        monkeypatch.setattr("hostcore.control.client.node_of", lambda _facts: "5:78")
        assert find_host(CONFIG, real) is None
        assert desk.server.stop()

    def test_a_host_that_has_gone_meanwhile_is_told(self, desk: Desk) -> None:
        found = find_host(CONFIG, SIMULATED)
        assert found is not None
        assert desk.server.stop()
        with pytest.raises(HostError, match=rf"the running host \(PID {os.getpid()}\) did not answer"):
            found.ask(FactsRequest(), HostReport, 1.0)

    def test_a_host_that_answers_nonsense_is_passed_over_and_named(self, folder: Path) -> None:
        desk = Desk(folder, lambda _request: TransferReport(())).start()
        silent = list[SilentHost]()
        assert find_host(CONFIG, SIMULATED, silent.append) is None
        assert str(silent[0]) == f"PID {os.getpid()} does not answer: process is missing"
        assert desk.server.stop()

    def test_one_that_hangs_is_named_and_the_next_is_found(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        silent = list[SilentHost]()
        with hung(desk.folder):
            monkeypatch.setattr("hostcore.control.client.GREETING_SECONDS", 0.2)
            until(lambda: find_host(CONFIG, SIMULATED, silent.append))
        assert silent[0] == SilentHost(os.getpid(), "no whole line within 0.2 s")

    def test_one_that_hangs_for_so_long_that_it_takes_no_connection_is_told(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        folder.mkdir(mode=0o700)
        monkeypatch.setattr("hostcore.control.client.GREETING_SECONDS", 0.05)
        silent = list[SilentHost]()
        with hung(folder):
            until(lambda: find_host(CONFIG, SIMULATED, silent.append) or not silent[-1].process)
        assert str(silent[-1]).startswith("a running host does not answer: ")


class TestOpeningLate:
    class Startable:
        def __init__(self) -> None:
            self.opened, self.closed = threading.Event(), threading.Event()

        def start(self) -> None:
            self.opened.set()

        def stop(self) -> bool:
            self.closed.set()
            return True

    def test_a_host_that_ends_at_once_never_opens(self) -> None:
        part = DelayedStart(lambda: pytest.fail("it was made"))
        part.start()
        assert part.stop()

    def test_a_door_that_was_opened_is_closed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("hostcore.control.delayed_start.DELAY_SECONDS", 0)
        door = self.Startable()
        part = DelayedStart(lambda: door)
        part.start()
        assert door.opened.wait(PATIENCE)
        assert part.stop()
        assert door.closed.is_set()

    def test_one_that_was_never_started_ends_all_the_same(self) -> None:
        assert DelayedStart(self.Startable).stop()
