"""How a command finds the host of its settings while that is starting, hangs, or is not there."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from types import SimpleNamespace

import pytest

from hostcore.control import awaited, client
from hostcore.control.awaited import awaited_host
from hostcore.control.client import SilentHost
from hostcore.control.holder import only_host
from hostcore.control.messages import HostReport
from hostcore.events.facts import HostFacts
from tests.control_desk import Desk, hung

pytest_plugins = ["tests.control_fixture"]


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "host.toml"


def locked_by_this_process(config: Path) -> AbstractContextManager[tuple[str, ...]]:
    return only_host(HostFacts("1", "", config, False, config.parent, 1.0, (), 1))


def pausing(monkeypatch: pytest.MonkeyPatch, pause: Callable[[], object]) -> None:
    """Let the next pause between two looks be this."""
    monkeypatch.setattr(awaited, "time", SimpleNamespace(monotonic=time.monotonic, sleep=lambda _seconds: pause()))


def test_a_host_that_has_its_lock_but_does_not_listen_yet_is_awaited(
    folder: Path, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Desk(folder, lambda _request: HostReport(os.getpid(), str(config), (), (), ()))
    with locked_by_this_process(config), ExitStack() as ending:
        pausing(monkeypatch, lambda: ending.callback(desk.start().server.stop))
        found = awaited_host(config)
        assert found is not None and found.report.config == str(config)


@pytest.mark.usefixtures("folder")
def test_without_a_host_nothing_is_awaited(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pausing(monkeypatch, lambda: pytest.fail("it waits for nobody"))
    assert awaited_host(config) is None


def test_a_host_that_hangs_is_told_once_when_the_wait_is_over(
    folder: Path, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "GREETING_SECONDS", 0.01)
    monkeypatch.setattr(awaited, "START_SECONDS", -1.0)
    silent: list[SilentHost] = []
    folder.mkdir(mode=0o700)
    with locked_by_this_process(config), hung(folder):
        assert awaited_host(config, silent.append) is None
    assert [each.process for each in silent] == [os.getpid()]
