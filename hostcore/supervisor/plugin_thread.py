"""One plugin's thread: loads it, gives it its turns, and replaces it after a crash."""

from __future__ import annotations

import threading

from hostcore.access import Access
from hostcore.bus_share import BusShare
from hostcore.clock import NS_PER_S, Clock
from hostcore.errors import HostError, PluginCrashedError, PluginReportedError
from hostcore.events import Level, LogWritten, PageRendered, State, StateChanged
from hostcore.plugin_log import PluginLog, log_line
from hostcore.ports import Ports
from hostcore.rounds import Round, Rounds
from hostcore.runtime.loader import Runtime
from hostcore.runtime.plugin import Plugin, PluginSpec
from hostcore.stream import EventStream

IDLE_NS = 3600 * NS_PER_S
"""How long a plugin without turns of its own sleeps before it looks around."""


class PluginThread:
    """Runs one plugin for the whole life of the host.

    Args:
        spec: the plugin.
        interval: seconds between two readings of a driver.
        runtime: loads it.
        rounds: takes its readings.
        clock: times its turns.
        stream: gets its log and its states.
    """

    def __init__(
        self, spec: PluginSpec, interval: float, runtime: Runtime, rounds: Rounds, *, clock: Clock, stream: EventStream
    ) -> None:
        self.spec = spec
        self.state = State.DISCOVERED
        """Where the plugin is in its life."""
        self.failure = ""
        """Why its file cannot be used; "" while it can."""
        self._interval_ns = round(interval * NS_PER_S)
        self._runtime, self._rounds, self._clock, self._stream = runtime, rounds, clock, stream
        self._limit = runtime.limit(spec)
        self._ports = Ports(
            access=Access(spec.name, spec.permissions),
            share=BusShare(1.0, clock.monotonic_ns()),
            limit=self._limit,
            log=PluginLog(self._emit),
            publish=stream.publish,
        )
        self._wake = threading.Event()
        self._mail = threading.Lock()
        self._newest: Round | None = None
        self._due_ns = 0
        self._thread = threading.Thread(target=self._run, name=spec.name, daemon=True)

    def start(self) -> None:
        """Begin to load the plugin; rounds wait for its first reading."""
        self._rounds.join(self.spec.name)
        self._thread.start()

    def stop(self) -> None:
        """End the call under way and the thread; does not wait for it."""
        self._limit.stop()
        self._wake.set()

    def join(self, timeout: float) -> bool:
        """Wait up to `timeout` seconds for the end; True when it has come."""
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def show(self, finished: Round) -> None:
        """Give a display or page the newest round; an older one it has not seen yet is skipped. Does not block."""
        with self._mail:
            self._newest = finished
        self._wake.set()

    def _run(self) -> None:
        try:
            while not self._limit.stopped:
                plugin = self._load()
                if plugin is None:
                    continue
                try:
                    self._serve(plugin)
                finally:
                    plugin.close()
        except HostError as error:
            self.failure = str(error)
            self._log(Level.ERROR, error)
        finally:
            self._rounds.leave(self.spec.name)
            self._move(State.STOPPED, self.failure or "the host stops")

    def _load(self) -> Plugin | None:
        self._move(State.LOADING, f"loading {self.spec.path}")
        try:
            plugin = self._runtime.start(self._runtime.prepare(self.spec), self._ports)
        except PluginCrashedError as crash:
            self._crashed(crash)
            return None
        if "driver" not in plugin.provides:
            self._rounds.leave(self.spec.name)
        self._move(State.RUNNING, f"loaded as {', '.join(sorted(plugin.provides))}")
        return plugin

    def _serve(self, plugin: Plugin) -> None:
        """Give the plugin its turns until it crashes or is told to stop."""
        reads = "driver" in plugin.provides
        try:
            while not self._limit.stopped:
                now = self._clock.monotonic_ns()
                if reads and now >= self._due_ns:
                    self._due_ns = max(self._due_ns + self._interval_ns, now)
                    self._read(plugin)
                self._show_newest(plugin)
                self._clock.wait_until(self._due_ns if reads else now + IDLE_NS, self._wake)
                self._wake.clear()
        except PluginCrashedError as crash:
            self._crashed(crash)

    def _read(self, plugin: Plugin) -> None:
        try:
            self._rounds.publish(self.spec.name, plugin.read())
        except PluginReportedError as error:
            self._rounds.fail(self.spec.name, log_line(error.problem))

    def _show_newest(self, plugin: Plugin) -> None:
        with self._mail:
            newest, self._newest = self._newest, None
        if newest is None:
            return
        try:
            if "display" in plugin.provides:
                plugin.update(newest.text)
            if "page" in plugin.provides:
                html = plugin.render(newest.text)
                self._stream.publish(PageRendered(self._clock.wall_ns(), self.spec.name, newest.number, html))
        except PluginReportedError as error:
            self._log(Level.ERROR, error.problem)

    def _crashed(self, crash: PluginCrashedError) -> None:
        """Tell everybody, then wait for one turn before the next attempt."""
        if self._limit.stopped:
            return
        self._log(Level.ERROR, f"crashed ({crash.kind}): {crash.problem}")
        for line in crash.traceback.splitlines():
            self._log(Level.ERROR, line)
        self._rounds.fail(self.spec.name, log_line(f"crashed: {crash.problem}"))
        self._move(State.BACKOFF, log_line(crash.problem))
        retry_ns = self._clock.monotonic_ns() + self._interval_ns
        while not self._limit.stopped and self._clock.monotonic_ns() < retry_ns:
            self._clock.wait_until(retry_ns, self._wake)
            self._wake.clear()

    def _log(self, level: Level, text: object) -> None:
        for line in str(text).splitlines():
            self._emit(level, log_line(line))

    def _emit(self, level: Level, line: str) -> None:
        self._stream.publish(LogWritten(self._clock.wall_ns(), self.spec.name, level, line))

    def _move(self, after: State, cause: str) -> None:
        before, self.state = self.state, after
        self._stream.publish(StateChanged(self._clock.wall_ns(), self.spec.name, before, after, cause))
