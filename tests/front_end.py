"""A front end, whether the host is in its own process or behind a socket."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import pytest

from hostcore.clock import RealClock
from hostcore.control.client import RunningHost, running_hosts
from hostcore.control.remote_session import RemoteSession
from hostcore.events import (
    Event,
    State,
    StateChanged,
)
from hostcore.events.stream import Subscription
from hostcore.session import Session
from tests.supervised import COUNTER, LIGHT, MAY_USE_LIGHT, PATIENCE, SupervisedHost
from tests.waiting import until

E = TypeVar("E", bound=Event)

ALARMS = {
    "alarms.counting": {"reading": "counter.count", "above": 3, "delay": 0},
    "alarms.busy": {"reading": "counter.count", "above": 1_000_000},
}

OUTPUTS = {
    "leds": {"spi": "0.1", "count": 2},
    "relays.fan": {"line": 27},
    "plugins.counter": {"permissions": ["pwm:18"]},
}

STRIP = """
[[simulation.chips]]
chip = "ws2812"
bus = 0
chip_select = 1
"""


class Client:
    """A front end with its session, which has not started, and what it was told."""

    def __init__(self, session: Session, start: Callable[[], None], host: SupervisedHost) -> None:
        self.session, self.start, self.host = session, start, host
        self.events: list[Event] = []
        self._subscription: Subscription = session.subscribe(capacity=100_000)

    def wait_for(self, kind: type[E], where: Callable[[E], bool] = lambda _event: True) -> E:
        """Wait for an event of this kind that fulfils `where`, from the first event on."""
        found: list[E] = []

        def look() -> bool:
            self.events += [item.event for item in self._subscription.take(0)]
            found.extend(each for each in self.events if isinstance(each, kind) and where(each))
            return bool(found)

        until(look, PATIENCE)
        return found[0]


WAYS = ["in its own process", "behind a socket"]


@contextmanager
def front_end(way: str, tmp_path: Path, cache_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Client]:
    """Prepare the host, and a front end of it in one of the `WAYS`."""
    (tmp_path / "run").mkdir(mode=0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "run"))
    host = SupervisedHost(tmp_path, cache_folder)
    host.configure({**MAY_USE_LIGHT, **OUTPUTS, **ALARMS})
    with host.config.open("a") as settings:
        settings.write(STRIP)
    host.write("light", LIGHT)
    host.write("counter", COUNTER)
    own = host.prepare()
    if way == "in its own process":
        yield Client(own, own.start, host)
    else:
        own.start()
        remote = RemoteSession(_found(host.config).connected, RealClock())
        yield Client(remote, remote.start, host)
        assert remote.stop()
    assert host.stop()


def _found(config: Path) -> RunningHost:
    """The host with these settings. Those of other tests may run beside it."""
    found: list[RunningHost] = []

    def look() -> bool:
        hosts = [each for each in running_hosts() if isinstance(each, RunningHost)]
        found.extend(each for each in hosts if each.report.config == os.path.realpath(config))
        return bool(found)

    until(look, PATIENCE)
    return found[0]


def is_running(plugin: str) -> Callable[[StateChanged], bool]:
    """Whether an event says that a plugin runs now."""
    return lambda event: event.plugin == plugin and event.after is State.RUNNING
