"""A host is ready when each plugin was loaded or could not be, and its status counts the plugins by state."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from hostcore.clock import VirtualClock
from hostcore.events import PluginsChanged, State, StateChanged
from hostcore.events.stream import EventStream
from hostcore.service.announcer import KINDS, Announcer
from hostcore.service.conditions import Conditions
from hostcore.service.notify import Manager
from tests.service_manager import ServiceManager, service_manager


class Announced:
    """An announcer under way, and the manager that it tells."""

    def __init__(self, manager: ServiceManager) -> None:
        self.manager = manager
        self.stream = EventStream(VirtualClock())
        self.refreshing, self.may_end = threading.Event(), threading.Event()
        self.may_end.set()
        self.announcer = Announcer(Manager(manager.address), self.stream.subscribe(*KINDS), self._refresh)

    def becomes(self, plugin: str, state: State) -> None:
        self.stream.publish(StateChanged(1, plugin, State.DISCOVERED, state, ""))

    def _refresh(self) -> None:
        self.refreshing.set()
        self.may_end.wait()


@pytest.fixture
def announced(tmp_path: Path) -> Iterator[Announced]:
    with service_manager(tmp_path) as manager:
        made = Announced(manager)
        yield made
        made.announcer.stop()


def test_it_is_ready_when_the_last_plugin_was_loaded_or_could_not_be(announced: Announced) -> None:
    announced.announcer.start(("light", "broken"))
    assert announced.manager.take() == {"STATUS": "2 not started yet"}
    announced.becomes("light", State.RUNNING)
    assert announced.manager.take() == {"STATUS": "1 running, 1 not started yet"}
    announced.becomes("broken", State.LOADING)
    assert announced.manager.take() == {"STATUS": "1 running, 1 loading"}
    announced.becomes("broken", State.BACKOFF)
    assert announced.manager.take() == {"READY": "1", "STATUS": "1 running, 1 in backoff"}
    announced.becomes("broken", State.QUARANTINED)
    assert announced.manager.take() == {"STATUS": "1 running, 1 in quarantine"}


def test_a_plugin_that_loads_again_does_not_make_it_less_ready(announced: Announced) -> None:
    announced.announcer.start(("light",))
    announced.manager.take()
    announced.becomes("light", State.RUNNING)
    assert "READY" in announced.manager.take()
    announced.becomes("light", State.LOADING)
    assert announced.manager.take() == {"STATUS": "1 loading"}
    announced.becomes("light", State.RUNNING)
    assert announced.manager.take() == {"STATUS": "1 running"}


def test_a_host_without_plugins_is_ready_at_once(announced: Announced) -> None:
    announced.announcer.start(())
    assert announced.manager.take() == {"READY": "1", "STATUS": "no plugins"}


def test_a_plugin_whose_file_is_gone_counts_no_longer(announced: Announced) -> None:
    announced.announcer.start(("light", "slow"))
    announced.manager.take()
    announced.becomes("light", State.RUNNING)
    announced.manager.take()
    announced.stream.publish(PluginsChanged(1, ("light",)))
    assert announced.manager.take() == {"READY": "1", "STATUS": "1 running"}


def test_a_reload_begins_and_ends_and_nothing_is_told_between(announced: Announced) -> None:
    announced.announcer.start(("light",))
    announced.becomes("light", State.RUNNING)
    announced.manager.wait_for("READY")
    announced.may_end.clear()
    announced.announcer.request_reload()
    announced.manager.wait_for("RELOADING")
    assert announced.refreshing.wait(10)
    announced.becomes("light", State.BACKOFF)
    announced.may_end.set()
    assert announced.manager.take() == {"READY": "1", "STATUS": "1 running"}
    assert announced.manager.take() == {"STATUS": "1 in backoff"}


def test_a_reload_before_the_host_is_ready_does_not_make_it_ready(announced: Announced) -> None:
    announced.announcer.start(("light",))
    announced.manager.wait_for("STATUS")
    announced.announcer.request_reload()
    announced.manager.wait_for("RELOADING")
    announced.becomes("light", State.RUNNING)
    assert announced.manager.take() == {"READY": "1", "STATUS": "1 running"}


def test_the_end_is_announced(announced: Announced) -> None:
    announced.announcer.start(("light",))
    announced.manager.take()
    announced.announcer.stop()
    assert announced.manager.take() == {"STOPPING": "1"}


def test_only_states_that_occur_are_counted_and_strangers_are_not() -> None:
    conditions = Conditions(("a", "b", "c"))
    for name, state in (("a", State.RUNNING), ("b", State.RUNNING), ("c", State.STOPPED), ("who", State.RUNNING)):
        conditions.take(StateChanged(1, name, State.DISCOVERED, state, ""))
    assert conditions.sentence() == "2 running, 1 stopped"
    assert conditions.are_loaded
