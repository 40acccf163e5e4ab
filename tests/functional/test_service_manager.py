"""A real host under a service manager. The manager is a socket of the test: it speaks sd_notify(3), as systemd does."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from hostcore.cli.running import host_alone
from hostcore.cli.serviced import serviced
from hostcore.service.notify import Manager
from tests.command import Desk, Running
from tests.service_manager import ServiceManager, service_manager
from tests.supervised import COUNTER, SupervisedHost

pytest_plugins = ["tests.supervised_fixture"]

WATCHDOG_US = 200_000
HANGS = "def read():\n    while True:\n        pass\n"
SETTINGS = """
[host]
interval = 3600
[limits]
call_seconds = 600
[buses.system]
backend = "simulated"
"""


@pytest.fixture
def desk(tmp_path: Path, cache_folder: Path) -> Desk:
    made = Desk(tmp_path / "desk", cache_folder)
    made.write("host.toml", SETTINGS)
    made.write("plugins/one.py", COUNTER)
    return made


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[ServiceManager]:
    with service_manager(tmp_path) as made:
        yield made


@contextmanager
def service(desk: Desk, manager: ServiceManager) -> Iterator[Running]:
    """A host of which the manager knows that it is ready."""
    environment = {"NOTIFY_SOCKET": manager.address, "WATCHDOG_USEC": str(WATCHDOG_US)}
    with desk.running("run", environment=environment) as running:
        manager.wait_for("READY")
        yield running


def test_it_is_ready_it_beats_and_it_ends_well(desk: Desk, manager: ServiceManager) -> None:
    environment = {"NOTIFY_SOCKET": manager.address, "WATCHDOG_USEC": str(WATCHDOG_US)}
    with desk.running("run", environment=environment) as running:
        assert manager.wait_for("READY") == {"READY": "1", "STATUS": "1 running"}
        for _ in range(3):
            manager.wait_for("WATCHDOG")
        outcome = running.stop(signal.SIGTERM)
        manager.wait_for("STOPPING")
        assert outcome.status == 0


def test_a_plugin_that_hangs_does_not_end_the_beats(desk: Desk, manager: ServiceManager) -> None:
    desk.write("plugins/hangs.py", HANGS)
    with service(desk, manager):
        for _ in range(3):
            manager.wait_for("WATCHDOG")


def test_sighup_reads_the_settings_again_and_a_mistake_in_them_ends_nothing(
    desk: Desk, manager: ServiceManager
) -> None:
    with service(desk, manager) as running:
        desk.write("host.toml", SETTINGS.replace("3600", "soon"))
        running.process.send_signal(signal.SIGHUP)
        manager.wait_for("RELOADING")
        manager.wait_for("READY")
        running.wait_for("the new settings are not used")
        desk.write("plugins/two.py", COUNTER)
        desk.write("host.toml", SETTINGS)
        running.process.send_signal(signal.SIGHUP)
        manager.wait_for("RELOADING")
        manager.wait_for("STATUS", "2 running")
        assert running.stop(signal.SIGTERM).status == 0


def test_the_watchdogs_signal_leaves_the_place_of_each_thread(desk: Desk, manager: ServiceManager) -> None:
    with service(desk, manager) as running:
        outcome = running.stop(signal.SIGQUIT)
        assert outcome.status == -signal.SIGQUIT
        assert "rounds.py" in outcome.err
        assert "most recent call first" in outcome.err


def test_a_supervisor_that_is_stuck_ends_the_beats(supervised: SupervisedHost, manager: ServiceManager) -> None:
    supervised.configure({"host": {"interval": 3600}})
    supervised.write("one", COUNTER)
    host = supervised.prepare()
    seconds = WATCHDOG_US / 1_000_000
    before = signal.getsignal(signal.SIGHUP)
    try:
        with serviced(host, host_alone(host), Manager(manager.address, seconds)) as start:
            start()
            manager.wait_for("READY")
            manager.wait_for("WATCHDOG")
            with host._supervisor._lock:
                manager.skip()
                assert manager.is_quiet_for(2 * seconds)
            manager.wait_for("WATCHDOG")
    finally:
        signal.signal(signal.SIGHUP, before)
