"""A whole host on the simulated Pi, in its own folder. Tests wait for its events, never for a time."""

from __future__ import annotations

import json
import sys
import threading
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from textwrap import dedent
from typing import Any, TypeVar

from hostcore.backends.base import I2cBus, I2cOperation
from hostcore.backends.simulated.factory import SimulatedFactory
from hostcore.clock import RealClock
from hostcore.config.loading import load_config
from hostcore.devices.environment import Environment
from hostcore.errors import NoAcknowledgeError
from hostcore.events import (
    Counters,
    CountersTaken,
    CrashLocated,
    Event,
    LogWritten,
    PluginCrashed,
    ReadingFailed,
    ReadingPublished,
    State,
    StateChanged,
)
from hostcore.host import Host
from tests.sandbox import BUSES, CHIPS

PATIENCE = 30.0
"""Seconds that a test waits for an event before it fails."""
QUICK: Mapping[str, Mapping[str, object]] = {
    "host": {"interval": 0.05},
    "supervisor": {"first_delay": 0.05, "longest_delay": 0.05, "max_crashes": 2},
    "crashes": {"folder": "crashes"},
    **{f"buses.{name}": {"backend": "simulated"} for name in BUSES},
}
"""Settings for tests: short waits, and quarantine after few crashes."""
COUNTER = """
count = 0
def read():
    global count
    count += 1
    return {"count": count}
"""
"""A driver that needs nothing."""
CRASHER = "def read():\n    return 1 / 0\n"
"""One that crashes."""
LIGHT = """
from host import i2c
set_ups = 0
def setup():
    global set_ups
    i2c.write(0x23, b"\\x01")
    set_ups += 1
def read():
    i2c.write(0x23, b"\\x20")
    return {"set_ups": set_ups}
"""
"""A driver that needs its sensor, and counts its calls of `setup`."""
MAY_USE_LIGHT: Mapping[str, Mapping[str, object]] = {"plugins.light": {"permissions": ["i2c:1:0x23"]}}
"""Permissions that a plugin ``light`` with this source needs in host.toml."""
STRAIGHT = [State.LOADING, State.RUNNING]
"""States of a plugin that has been running since it was loaded."""
E = TypeVar("E", bound=Event)
Tables = Mapping[str, Mapping[str, object]]


class LooseWires(SimulatedFactory):
    """The simulated Pi with one chip of each kind. I2C chips can be unplugged by address."""

    def __init__(self, clock: RealClock) -> None:
        super().__init__(clock, Environment(clock, seed=7), CHIPS, (1, 3), seed=7)
        self.unplugged: set[int] = set()

    def i2c_bus(self, bus: int) -> I2cBus:
        return _LooseBus(super().i2c_bus(bus), self.unplugged)


class _LooseBus(I2cBus):
    def __init__(self, bus: I2cBus, unplugged: set[int]) -> None:
        self._bus, self._unplugged = bus, unplugged

    def transaction(self, address: int, operations: Sequence[I2cOperation]) -> tuple[bytes, ...]:
        if address in self._unplugged:
            raise NoAcknowledgeError(f"address 0x{address:02X}: no device acknowledged")
        return self._bus.transaction(address, operations)


class SupervisedHost:
    """A host, its folder, and its events.

    Args:
        folder: folder for host.toml, plugins and crash reports.
        cache_folder: folder of compiled components, with the Python runtime.

    Attributes:
        host: the host, after `start`.
        wires: the simulated Pi.
        events: all events taken from the stream so far.
    """

    def __init__(self, folder: Path, cache_folder: Path) -> None:
        self.folder, self._cache_folder = folder, cache_folder
        self.wires = LooseWires(RealClock())
        self.events: list[Event] = []
        self._seen = 0
        self._before = frozenset(threading.enumerate())
        (folder / "plugins").mkdir()
        self.configure()

    def configure(self, tables: Mapping[str, Mapping[str, object]] = {}) -> None:
        """Write host.toml: `QUICK`, with these tables added or replaced."""
        host = {"cache_folder": str(self._cache_folder), **QUICK["host"], **tables.get("host", {})}
        self.config.write_text(toml({**QUICK, **tables, "host": host}), encoding="utf-8")

    @property
    def config(self) -> Path:
        """Path of host.toml."""
        return self.folder / "host.toml"

    def path(self, name: str) -> Path:
        """Path of a Python plugin."""
        return self.folder / "plugins" / f"{name}.py"

    def write(self, name: str, source: str) -> Path:
        """Write a Python plugin in place. Indentation is removed."""
        self.path(name).write_text(dedent(source).lstrip("\n"), encoding="utf-8")
        return self.path(name)

    def prepare(self) -> Host:
        """Create the host from the folder's content, but do not start it, so that observers can be there first."""
        self.host = Host(load_config(self.config))
        self._subscription = self.host.subscribe(capacity=1_000_000)
        return self.host

    def start(self) -> None:
        """Create and start the host."""
        self.prepare().start()

    def stop(self) -> bool:
        """Stop the host if it runs, and collect its last events. Returns whether everything ended."""
        ended = True
        if hasattr(self, "host"):
            ended = self.host.stop()
            self._subscription.close()
            self.events += (item.event for item in self._subscription.take())
        return ended

    def threads(self) -> set[threading.Thread]:
        """Living threads of the host."""
        return {each for each in threading.enumerate() if each not in self._before}

    def wait_for(self, kind: type[E], plugin: str | None = None, where: Callable[[E], bool] = lambda _event: True) -> E:
        """Wait for an event of this kind and plugin that fulfils `where`, after the last one that was waited for."""
        latest = time.monotonic() + PATIENCE
        while time.monotonic() < latest:
            for index in range(self._seen, len(self.events)):
                event = self.events[index]
                if isinstance(event, kind) and plugin in {None, getattr(event, "plugin", None)} and where(event):
                    self._seen = index + 1
                    return event
            self._seen = len(self.events)
            self.events += (item.event for item in self._subscription.take(PATIENCE))
        raise AssertionError(
            f"no such {kind.__name__} came; the last events were:\n{self.story(plugin)}\n{self._places()}"
        )

    def _places(self) -> str:
        """Where each thread of the host is, for a failure that nobody can repeat."""
        frames = sys._current_frames()
        return "\n".join(
            f"{each.name}:\n{''.join(traceback.format_stack(frames[each.ident]))}"
            for each in self.threads()
            if each.ident in frames
        )

    def story(self, plugin: str | None = None, last: int = 30) -> str:
        """The last events as text."""
        shown = [each for each in self.events if not isinstance(each, CountersTaken)]
        theirs = [each for each in shown if plugin in {None, getattr(each, "plugin", None)}]
        return "\n".join(str(each)[:300] for each in theirs[-last:])

    def skip(self) -> None:
        """Ignore all events so far."""
        self.events += (item.event for item in self._subscription.take(0))
        self._seen = len(self.events)

    def reaches(self, plugin: str, state: State) -> StateChanged:
        """Wait until a plugin reaches a state."""
        return self.wait_for(StateChanged, plugin, lambda event: event.after is state)

    def reading(self, plugin: str, where: Callable[[Any], bool] = lambda _reading: True) -> Any:
        """Wait for a reading of a driver."""
        return self.wait_for(ReadingPublished, plugin, lambda event: where(event.reading)).reading

    def failure(self, plugin: str, words: str = "") -> str:
        """Wait until a driver fails with an error that contains these words."""
        return self.wait_for(ReadingFailed, plugin, lambda event: words in event.error).error

    def line(self, plugin: str, words: str) -> LogWritten:
        """Wait for a log line that contains these words."""
        return self.wait_for(LogWritten, plugin, lambda event: words in event.text)

    def crash(self, plugin: str) -> PluginCrashed:
        """Wait for a crash, and for its place if the host searches for it."""
        crashed = self.wait_for(PluginCrashed, plugin)
        moves = [each for each in self.events[: self._seen] if isinstance(each, StateChanged) and each.plugin == plugin]
        if not moves[-1].is_searching:
            return crashed
        seen, died_ns = self._seen, crashed.report.time_ns  # the next death can come before the place of this one
        located = self.wait_for(CrashLocated, plugin, lambda event: event.report.time_ns == died_ns)
        self._seen = seen
        return replace(crashed, report=located.report)

    def counters(self, plugin: str, where: Callable[[Counters], bool] = lambda _counters: True) -> Counters:
        """Wait for counters of a plugin."""
        return self.wait_for(CountersTaken, plugin, lambda event: where(event.counters)).counters

    def of(self, kind: type[E], plugin: str | None = None) -> list[E]:
        """All events of this kind and plugin taken so far."""
        return [
            each for each in self.events if isinstance(each, kind) and plugin in {None, getattr(each, "plugin", None)}
        ]

    def states(self, plugin: str) -> list[State]:
        """The states of a plugin so far."""
        return [each.after for each in self.of(StateChanged, plugin) if each.after is not each.before]


def toml(tables: Tables) -> str:
    """Format settings as TOML. Numbers, strings, booleans and lists look the same in TOML and JSON."""
    return "\n".join(
        f"[{name}]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in table.items())
        for name, table in tables.items()
    )
