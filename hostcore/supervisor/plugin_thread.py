"""One plugin's thread: loads it, gives it its turns, replaces it after a crash, and obeys a person."""

from __future__ import annotations

import random
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from hostcore.access import Access, Reservations
from hostcore.access_requests import Requests
from hostcore.bus_share import BusShare
from hostcore.clock import NS_PER_S, Clock
from hostcore.crash_store import CrashStore
from hostcore.errors import HostError, PluginCrashedError, PluginReportedError
from hostcore.events import Level, PageRendered, PluginReloaded, State, StateChanged
from hostcore.permissions import Permission
from hostcore.plugin_log import PluginLog, log_line
from hostcore.ports import Ports
from hostcore.rounds import Round, Rounds
from hostcore.runtime.loader import Prepared, Runtime
from hostcore.runtime.plugin import Plugin, PluginSpec
from hostcore.stream import EventStream
from hostcore.supervisor.evidence import Evidence
from hostcore.supervisor.state import CrashWindow, RestartPolicy, TransitionError, Trigger, next_state

IDLE_NS = 3600 * NS_PER_S
"""How long a plugin without turns of its own sleeps before it looks around."""
MEMORY_NS = 5 * NS_PER_S
"""How often a plugin's memory is measured."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Services:
    """What all plugin threads share."""

    runtime: Runtime
    rounds: Rounds
    clock: Clock
    stream: EventStream
    crashes: CrashStore
    reservations: Reservations
    requests: Requests
    policy: RestartPolicy


class PluginThread:
    """Runs one plugin until it is told to end.

    The methods are for other threads, and none of them blocks but `join`.

    Args:
        spec: the plugin.
        interval: seconds between two readings of a driver.
        services: what all plugin threads share.
    """

    def __init__(self, spec: PluginSpec, interval: float, services: Services) -> None:
        self.spec, self.interval = spec, interval
        self.state = State.DISCOVERED
        """Where the plugin is in its life."""
        self.failure = ""
        """Why its file cannot be used; "" while it can."""
        self._services, self._clock = services, services.clock
        self._evidence = Evidence(spec, services.clock, services.stream, services.crashes)
        self._access = Access(spec.name, spec.permissions, services.reservations, self._denied)
        self._log = PluginLog(self._evidence.log, services.clock, spec.lines_per_second, spec.line_length)
        self._share = BusShare(spec.bus_share, services.clock.monotonic_ns())
        self._limit = services.runtime.limit(spec)
        self._window = CrashWindow(services.policy)
        self._prepared: Prepared | None = None
        self._plugin: Plugin | None = None
        self._last_error = ""
        self._due_ns = self._retry_ns = self._measured_ns = 0
        self._orders: deque[Trigger] = deque(maxlen=16)
        self._newest: Round | None = None
        self._mail = threading.Lock()
        self._wake = threading.Event()
        self._ending = False
        self._thread = threading.Thread(target=self._run, name=spec.name, daemon=True)

    def start(self) -> None:
        """Begin to load the plugin; rounds wait for its first reading."""
        self._services.rounds.join(self.spec.name)
        self._orders.append(Trigger.START)
        self._thread.start()

    def order(self, trigger: Trigger) -> None:
        """Have the plugin started, stopped, released from quarantine or reloaded."""
        self._orders.append(trigger)
        if trigger is Trigger.STOP:
            self._limit.stop()
        self._wake.set()

    def respecify(self, spec: PluginSpec, interval: float, *, file_changed: bool) -> None:
        """Go on with other settings, or with a new version of the file; permissions hold at once."""
        before, self.spec, self.interval = self.spec, spec, interval
        if spec.permissions != before.permissions:
            self._access.grant(spec.permissions)
        if file_changed or not spec.differs_in_permissions_only(before):
            self.order(Trigger.RELOAD)

    def end(self) -> None:
        """End the call under way, and the thread."""
        self._ending = True
        self._limit.stop()
        self._wake.set()

    def join(self, timeout: float) -> bool:
        """Wait up to `timeout` seconds for the end; True when it has come."""
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def show(self, finished: Round) -> None:
        """Give a display or page the newest round; an older one it has not seen yet is skipped."""
        with self._mail:
            self._newest = finished
        self._wake.set()

    # What follows runs on the plugin's own thread.

    def _run(self) -> None:
        try:
            while not self._ending:
                self._obey()
                self._live()
        finally:
            self._drop_plugin()
            self._access.release()
            self._services.rounds.leave(self.spec.name)
            if self.state is not State.STOPPED:
                self._move(Trigger.STOP, "the host stops, or the plugin's file is gone")

    def _live(self) -> None:
        """One step of the life in the present state."""
        match self.state:
            case State.LOADING:
                self._load()
            case State.RUNNING:
                self._take_turn()
            case State.BACKOFF:
                if self._sleep_until(self._retry_ns):
                    self._evidence.meter.restarts += 1
                    self._move(Trigger.RETRY, "the wait after the crash is over")
            case _:
                self._sleep_until(self._clock.monotonic_ns() + IDLE_NS)

    def _sleep_until(self, moment_ns: int) -> bool:
        """Sleep until then, or until something has come; True when the moment has come."""
        if not self._orders and not self._ending:
            self._clock.wait_until(moment_ns, self._wake)
            self._wake.clear()
        return self._clock.monotonic_ns() >= moment_ns

    def _obey(self) -> None:
        while self._orders:
            trigger = self._orders.popleft()
            if trigger is Trigger.RELOAD and self.state is State.RUNNING:
                self._swap()
            elif trigger is not Trigger.RELOAD or self.state is not State.STOPPED:
                self._obey_person(trigger)

    def _obey_person(self, trigger: Trigger) -> None:
        try:
            self._move(trigger, "its file or settings changed" if trigger is Trigger.RELOAD else "a person's order")
        except TransitionError as error:
            self._evidence.say(Level.WARNING, error)
            return
        self._drop_plugin()
        self._prepared = None
        self._window.clear()
        if self.state is State.STOPPED:
            self._access.release()
            self._services.rounds.leave(self.spec.name)

    def _load(self) -> None:
        try:
            self._prepared = self._prepared or self._services.runtime.prepare(self.spec)
            prepared, ports = self._prepared, self._ports()
            plugin = self._timed("load", "", lambda: self._services.runtime.start(prepared, ports))
        except PluginCrashedError as crash:
            self._crashed(crash, "load", "")
        except HostError as error:
            self._unusable(error)
        else:
            self._take_over(plugin)
            self._move(Trigger.LOADED, f"loaded as {', '.join(sorted(plugin.provides))}")

    def _ports(self) -> Ports:
        """A new instance's connections; only its limit is its own."""
        self._limit = self._services.runtime.limit(self.spec)
        if self._ending:
            self._limit.stop()
        return Ports(self._access, self._share, self._limit, self._log, self._evidence.publish)

    def _take_over(self, plugin: Plugin) -> None:
        self._plugin = plugin
        self.failure = self._last_error = ""
        self._due_ns = self._measured_ns = 0
        if "driver" in plugin.provides:
            self._services.rounds.join(self.spec.name)
        else:
            self._services.rounds.leave(self.spec.name)

    def _swap(self) -> None:
        """Let a new version take over between two calls; a broken one leaves the old one running."""
        old, old_limit = self._plugin, self._limit
        try:
            prepared = self._services.runtime.prepare(self.spec)
            if prepared == self._prepared:
                return
            plugin = self._services.runtime.start(prepared, self._ports())
        except HostError as error:
            self._limit = old_limit
            self._evidence.say(Level.ERROR, f"the new version is not taken, the old one runs on: {error}")
            if isinstance(error, PluginCrashedError):
                self._evidence.say(Level.ERROR, error.traceback)
            return
        if old is not None:
            old.close()
        self._prepared = prepared
        self._window.clear()
        self._take_over(plugin)
        self._evidence.meter.reloads += 1
        self._evidence.say(Level.INFO, f"version {prepared.version()} took over")
        self._evidence.publish(PluginReloaded(self._clock.wall_ns(), self.spec.name, prepared.version()))

    def _take_turn(self) -> None:
        plugin = self._plugin
        assert plugin is not None, "a running plugin has an instance"
        reads = "driver" in plugin.provides
        now = self._clock.monotonic_ns()
        if reads and now >= self._due_ns:
            self._due_ns = max(self._due_ns + round(self.interval * NS_PER_S), now)
            self._attempt("read", "", lambda: self._services.rounds.publish(self.spec.name, plugin.read()))
        elif (newest := self._take_newest()) is not None:
            self._show(plugin, newest)
        else:
            self._sleep_until(self._due_ns if reads else now + IDLE_NS)

    def _take_newest(self) -> Round | None:
        with self._mail:
            newest, self._newest = self._newest, None
        return newest

    def _show(self, plugin: Plugin, newest: Round) -> None:
        if "display" in plugin.provides:
            self._attempt("update", newest.text, lambda: plugin.update(newest.text))
        if "page" in plugin.provides and self._plugin is plugin:
            self._attempt("render", newest.text, lambda: self._render(plugin, newest))

    def _render(self, plugin: Plugin, newest: Round) -> None:
        html = plugin.render(newest.text)
        self._evidence.publish(PageRendered(self._clock.wall_ns(), self.spec.name, newest.number, html))

    def _attempt(self, call: str, argument: str, work: Callable[[], None]) -> None:
        try:
            self._timed(call, argument, work)
        except PluginCrashedError as crash:
            self._crashed(crash, call, argument)
        except PluginReportedError as error:
            self._reported(call, log_line(error.problem))
        else:
            if self._last_error:
                self._evidence.say(Level.INFO, f"{call} works again")
                self._last_error = ""

    def _timed(self, call: str, argument: str, work: Callable[[], T]) -> T:
        self._evidence.begin(call, argument)
        began = self._clock.monotonic_ns()
        try:
            return work()
        finally:
            now = self._clock.monotonic_ns()
            meter = self._evidence.meter
            if self._plugin is not None and now >= self._measured_ns:
                self._measured_ns = now + MEMORY_NS
                meter.memory_bytes = self._plugin.memory_bytes()
            meter.lines_dropped, meter.throttled_ns = self._log.lines_dropped, self._share.throttled_ns
            self._evidence.end(now - began)

    def _reported(self, call: str, problem: str) -> None:
        self._evidence.meter.errors += 1
        if call == "read":
            self._services.rounds.fail(self.spec.name, problem)
        if problem != self._last_error:  # once, not every two seconds for as long as a sensor is unplugged
            self._last_error = problem
            self._evidence.say(Level.WARNING, f"{call} reports: {problem}")

    def _unusable(self, error: HostError) -> None:
        if self._ending:
            return
        self.failure = str(error)
        self._evidence.say(Level.ERROR, error)
        self._fail(Trigger.UNUSABLE, log_line(str(error)))

    def _crashed(self, crash: PluginCrashedError, call: str, argument: str) -> None:
        self._drop_plugin()
        if self._limit.stopped:
            return
        now = self._clock.monotonic_ns()
        self._evidence.meter.crashed(crash.kind)
        often = self._window.add(now)
        delay = self._services.policy.delay(self._window.recent(now), random.Random())
        self._retry_ns = now + round(delay * NS_PER_S)
        self._fail(Trigger.CRASHED_OFTEN if often else Trigger.CRASHED, log_line(f"{call} crashed: {crash.problem}"))
        self._report(crash, call, argument)

    def _fail(self, trigger: Trigger, cause: str) -> None:
        self._services.rounds.fail(self.spec.name, cause)
        self._services.rounds.pause(self.spec.name)
        self._move(trigger, cause)

    def _report(self, crash: PluginCrashedError, call: str, argument: str) -> None:
        prepared = self._prepared
        assert prepared is not None, "what crashed was prepared"
        traced = self._services.runtime.trace(prepared, self._quiet_ports(), crash, call, argument)
        self._evidence.crash(crash, self.spec, prepared.version(), traced)

    def _quiet_ports(self) -> Ports:
        """Connections for the repeat of a fatal call: what it logs and prints was logged already."""
        ports = self._ports()
        return Ports(ports.access, ports.share, ports.limit, PluginLog(lambda _level, _line: None), lambda _event: None)

    def _denied(self, permission: Permission, reason: str, count: int) -> None:
        if not self._access.grants(permission):  # else another plugin has it for itself, which no grant can change
            self._services.requests.add(self.spec.name, permission, count)
        self._evidence.denied(permission, reason, count)

    def _drop_plugin(self) -> None:
        if self._plugin is not None:
            self._plugin.close()
            self._plugin = None

    def _move(self, trigger: Trigger, cause: str) -> None:
        before, self.state = self.state, next_state(self.state, trigger)
        self._services.stream.publish(StateChanged(self._clock.wall_ns(), self.spec.name, before, self.state, cause))
