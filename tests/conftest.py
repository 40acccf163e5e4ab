"""Fixtures for all tests: the Python runtime, built and compiled once per machine, and sandboxes for plugins."""

from __future__ import annotations

import fcntl
import gc
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from hostcore import shipped
from hostcore.clock import RealClock, VirtualClock
from hostcore.config.loading import load_config
from hostcore.runtime.engine import GuestEngine
from hostcore.runtime.loader import Runtime
from tests import signals
from tests.broker_fixture import broker
from tests.sandbox import Sandbox

__all__ = ["broker"]
GARBAGE = 20_000
"""New objects after which garbage is looked for. Python's own 700 are for programs that keep little."""

settings.register_profile("thorough", deadline=None, max_examples=120, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("quick", settings.get_profile("thorough"), max_examples=20)
settings.load_profile("quick")


def pytest_configure(config: pytest.Config) -> None:
    """Let the processes that tests start see signals. A process that only distributes tests keeps its own."""
    if config.getoption("dist", "no") == "no":
        signals.listen()


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Find no garbage among the tests. They stay to the end, and searching them takes a third of their collection.

    Afterwards, look for garbage less often: each screen leaves much of it at once, and looking takes a twentieth of
    the time of its test.
    """
    gc.disable()
    yield
    gc.freeze()
    gc.set_threshold(GARBAGE)
    gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the tests that need no Python runtime: they run while one process builds it for the others."""
    items.sort(key=lambda item: "cache_folder" in getattr(item, "fixturenames", ()))


@pytest.fixture(scope="session", autouse=True)
def state_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep crash reports, access requests and sockets out of the folders of the person who runs the tests.

    The hosts of tests in other processes do not see each other either.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("run")))
        patch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
        patch.setenv("XDG_DATA_HOME", str(tmp_path_factory.mktemp("data")))
        yield


@pytest.fixture
def greenwich(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let the local time be UTC."""
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.fixture(scope="session")
def cache_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The user's own folder of compiled components, with the Python runtime of these sources.

    Building and compiling takes half a minute, so it is done once for all test runs and processes. ``wasi-host run``
    uses the same folder.
    """
    folder = load_config(shipped.folder() / "host.toml").host.cache_folder
    assert folder is not None, "no home folder is known; set XDG_CACHE_HOME"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / ".tests-lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        sandbox = Sandbox(tmp_path_factory.mktemp("warm"), folder, RealClock())
        sandbox.load("def read(): return {}").close()
        sandbox.close()
    return folder


@pytest.fixture
def sandbox(tmp_path: Path, cache_folder: Path) -> Iterator[Sandbox]:
    """A sandbox on a virtual clock, where sleeping takes no time."""
    made = Sandbox(tmp_path, cache_folder, VirtualClock())
    yield made
    made.close()


@pytest.fixture
def live_sandbox(tmp_path: Path, cache_folder: Path) -> Iterator[Sandbox]:
    """A sandbox on the real clock."""
    made = Sandbox(tmp_path, cache_folder, RealClock())
    yield made
    made.close()


@pytest.fixture
def runtime(sandbox: Sandbox) -> Runtime:
    """The runtime of a sandbox on a virtual clock."""
    return sandbox.runtime


@pytest.fixture(scope="session")
def engine() -> Iterator[GuestEngine]:
    """An engine for guests that a test compiles itself."""
    made = GuestEngine()
    yield made
    made.close()
