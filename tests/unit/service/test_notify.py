"""What a host tells the manager that started it, in the words of sd_notify(3)."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from hostcore.service.notify import Manager, manager_of
from tests.service_manager import ServiceManager, service_manager


def manager(**environment: str) -> Manager:
    found = manager_of(environment)
    assert found is not None
    return found


@pytest.mark.parametrize("is_abstract", [False, True])
def test_it_reaches_the_socket_of_the_variable(tmp_path: Path, is_abstract: bool) -> None:
    listens = ServiceManager(f"\0{tmp_path}/notify" if is_abstract else f"{tmp_path}/notify")
    told = manager(NOTIFY_SOCKET=listens.address)
    told.ready("2 running")
    told.stopping()
    assert [listens.take(), listens.take()] == [{"READY": "1", "STATUS": "2 running"}, {"STOPPING": "1"}]


def test_a_reload_says_when_it_began_and_a_beat_is_a_beat(tmp_path: Path) -> None:
    with service_manager(tmp_path) as listens:
        told = manager(NOTIFY_SOCKET=listens.address)
        before = time.monotonic_ns() // 1000
        told.reloading()
        told.beat()
        message = listens.take()
        assert message["RELOADING"] == "1"
        assert before <= int(message["MONOTONIC_USEC"]) <= time.monotonic_ns() // 1000
        assert listens.take() == {"WATCHDOG": "1"}


def test_no_child_process_inherits_the_variables() -> None:
    environment = {"NOTIFY_SOCKET": "/nowhere", "WATCHDOG_USEC": "5000000", "WATCHDOG_PID": "1", "HOME": "/"}
    assert manager_of(environment) is not None
    assert environment == {"HOME": "/"}


@pytest.mark.parametrize(
    ("variables", "seconds"),
    [
        ({"WATCHDOG_USEC": "5000000"}, 5.0),
        ({"WATCHDOG_USEC": "5000000", "WATCHDOG_PID": str(os.getpid())}, 5.0),
        ({"WATCHDOG_USEC": "5000000", "WATCHDOG_PID": "1"}, None),
        ({"WATCHDOG_USEC": "0"}, None),
        ({"WATCHDOG_USEC": "soon"}, None),
        ({}, None),
    ],
)
def test_the_watchdog_is_on_if_it_is_meant_for_this_process(variables: dict[str, str], seconds: float | None) -> None:
    assert manager(NOTIFY_SOCKET="/nowhere", **variables).watchdog_seconds == seconds


@pytest.mark.parametrize("variables", [{}, {"NOTIFY_SOCKET": ""}, {"NOTIFY_SOCKET": "vsock:2:1"}])
def test_without_a_socket_that_it_knows_there_is_no_manager(variables: dict[str, str]) -> None:
    assert manager_of(variables) is None


def test_a_manager_that_is_gone_or_does_not_listen_disturbs_nobody(tmp_path: Path) -> None:
    with service_manager(tmp_path) as listens:
        told = manager(NOTIFY_SOCKET=listens.address)
        for _ in range(10_000):  # far more than the kernel queues
            told.beat()
    told.ready("1 running")
    (tmp_path / "notify").unlink()
    told.ready("1 running")
    told.close()
    told.ready("1 running")
