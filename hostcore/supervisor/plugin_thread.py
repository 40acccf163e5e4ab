"""One plugin's thread: loads it, gives it its turns, replaces it after a crash, and obeys a person."""

from __future__ import annotations

import random
import threading

from hostcore.access.decisions import Access
from hostcore.clock import NS_PER_S
from hostcore.errors import HostError, PluginCrashedError, PluginError
from hostcore.events import Level, PluginReloaded, RoundCompleted, State, StateChanged
from hostcore.log.plugin_log import log_line
from hostcore.permissions import Permission
from hostcore.plugin.kit import Ports
from hostcore.runtime.loader import Prepared
from hostcore.runtime.plugin import Plugin, PluginSpec
from hostcore.supervisor.evidence import Evidence
from hostcore.supervisor.kits import Connections, silent
from hostcore.supervisor.life_cycle import CrashWindow, TransitionError, Trigger, next_state
from hostcore.supervisor.mailbox import Mailbox
from hostcore.supervisor.metered_calls import MeteredCalls
from hostcore.supervisor.post_mortem import PostMortem
from hostcore.supervisor.schedule import Schedule
from hostcore.supervisor.shared_parts import Services
from hostcore.supervisor.turns import IDLE_NS, Turns

PREDECESSOR_SECONDS = 1.0
"""How long a plugin whose file came back waits for the end of the thread that it had before."""


class PluginThread:
    """Runs one plugin until it is told to end.

    The methods are for other threads, and none of them blocks but `join`.

    Args:
        spec: the plugin.
        interval: seconds between two readings of a driver.
        services: what all plugin threads share.
        after: the thread that the plugin had before its file went away, which ends first.
    """

    def __init__(
        self, spec: PluginSpec, interval: float, services: Services, after: PluginThread | None = None
    ) -> None:
        self.spec = spec
        self.state = State.DISCOVERED
        """Where the plugin is in its life."""
        self.failure = ""
        """Why its file cannot be used; "" while it can."""
        self._services, self._clock, self._after = services, services.clock, after
        self._evidence = Evidence(spec, services.clock, services.stream, services.crashes)
        self._access = Access(spec.name, spec.permissions, services.reservations, self._denied)
        self._connections = Connections(
            spec,
            services.clock,
            access=self._access,
            limit=services.runtime.limit,
            emit=self._evidence.log,
            publish=self._evidence.publish,
        )
        self._calls = MeteredCalls(services.clock, self._evidence, self._connections)
        self._post_mortem = PostMortem(services.runtime, services.clock, self._evidence)
        self._window = CrashWindow(services.policy)
        self._mail = Mailbox(services.clock)
        self._prepared: Prepared | None = None
        self._plugin: Plugin | None = None
        self._schedule = Schedule(interval)
        self._turns = Turns(
            spec.name,
            services,
            schedule=self._schedule,
            mail=self._mail,
            calls=self._calls,
            evidence=self._evidence,
        )
        self._retry_ns = 0
        self._thread = threading.Thread(target=self._run, name=spec.name, daemon=True)

    @property
    def interval(self) -> float:
        """Seconds between two readings."""
        return self._schedule.interval

    def start(self) -> None:
        """Begin to load the plugin; rounds wait for its first reading."""
        self._services.rounds.join(self.spec.name)
        self._mail.order(Trigger.START)
        self._thread.start()

    def order(self, trigger: Trigger) -> None:
        """Have the plugin started, stopped, released from quarantine or reloaded."""
        self._mail.order(trigger)
        if trigger is Trigger.STOP:
            self._connections.ports.limit.stop()

    def respecify(self, spec: PluginSpec, interval: float, *, file_changed: bool) -> None:
        """Go on with other settings, or with a new version of the file; permissions and interval hold at once."""
        before, self.spec = self.spec, spec
        self._schedule.interval = interval
        self._mail.wake()
        if spec.permissions != before.permissions:
            self._access.grant(spec.permissions)
        if file_changed or not spec.differs_in_permissions_only(before):
            self.order(Trigger.RELOAD)

    def end(self) -> None:
        """End the call under way, and the thread."""
        self._mail.end()
        self._connections.ports.limit.stop()

    def join(self, timeout: float) -> bool:
        """Wait up to `timeout` seconds for the end; True when it has come."""
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def show(self, finished: RoundCompleted) -> None:
        """Give a display or page the newest round; an older one it has not seen yet is skipped."""
        self._mail.show(finished)

    # What follows runs on the plugin's own thread.

    def _run(self) -> None:
        if self._after is not None:
            self._after.join(PREDECESSOR_SECONDS)
            self._after = None
        try:
            while not self._mail.ending:
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
                if self._mail.sleep_until(self._retry_ns):
                    self._evidence.meter.restarts += 1
                    self._move(Trigger.RETRY, "the wait after the crash is over")
            case _:
                self._mail.sleep_until(self._clock.monotonic_ns() + IDLE_NS)

    def _obey(self) -> None:
        while (order := self._mail.take_order()) is not None:
            match order, self.state:
                case Trigger.RELOAD, State.RUNNING:
                    self._swap()
                case Trigger.RELOAD, State.LOADING:
                    self._prepared = None
                case Trigger.RELOAD | Trigger.STOP, State.STOPPED:
                    pass  # it reads its file anew when it starts; and who restarts it stops it first
                case trigger, _:
                    self._begin_anew(trigger)

    def _begin_anew(self, trigger: Trigger) -> None:
        try:
            self._move(trigger, self._cause(trigger))
        except TransitionError as error:
            self._evidence.say(Level.WARNING, error)
            return
        self._drop_plugin()
        self._prepared = None
        self._window.clear()
        if self.state is State.STOPPED:
            self._access.release()
            self._services.rounds.leave(self.spec.name)

    def _cause(self, trigger: Trigger) -> str:
        if self.state is State.DISCOVERED:
            return "its file was found"
        return "its file or settings changed" if trigger is Trigger.RELOAD else "a person's order"

    def _load(self) -> None:
        try:
            self._prepared = self._prepared or self._services.runtime.prepare(self.spec)
            prepared, ports = self._prepared, self._ports()
            plugin = self._calls.do("load", "", lambda: self._services.runtime.start(prepared, ports))
        except PluginCrashedError as crash:
            self._crashed(crash)
        except PluginError as error:
            self._unusable(error.problem)
        except HostError as error:
            self._unusable(str(error))
        except Exception as error:  # noqa: BLE001 - whatever a hostile file brings about must not end its thread
            self._unusable(f"cannot be loaded, by a defect of this host: {error!r}")
        else:
            self._take_over(plugin)
            self._move(Trigger.LOADED, f"loaded as {', '.join(sorted(plugin.provides))}")

    def _ports(self) -> Ports:
        """A new instance's connections; it does not begin what has to be stopped again."""
        ports = self._connections.renew(self.spec)
        if self._mail.wants_stop:
            ports.limit.stop()
        return ports

    def _take_over(self, plugin: Plugin) -> None:
        self._plugin = plugin
        self.failure = ""
        self._turns.begin_anew()
        if "driver" in plugin.provides:
            self._services.rounds.join(self.spec.name)
        else:
            self._services.rounds.leave(self.spec.name)

    def _swap(self) -> None:
        """Let a new version take over between two calls; a broken one leaves the old one running."""
        old = self._plugin
        try:
            prepared = self._services.runtime.prepare(self.spec)
            if prepared == self._prepared:
                return
        except HostError as error:
            self._refuse(error)
            return
        ports = self._ports()
        try:
            plugin = self._services.runtime.start(prepared, ports)
        except HostError as error:
            self._connections.give_up()
            if not ports.limit.stopped:
                self._refuse(error)
            return
        if old is not None:
            old.close()
        self._prepared = prepared
        self._window.clear()
        self._take_over(plugin)
        self._evidence.meter.reloads += 1
        self._evidence.say(Level.INFO, f"version {prepared.version()} took over")
        self._evidence.publish(PluginReloaded(self._clock.wall_ns(), self.spec.name, prepared.version()))

    def _refuse(self, error: HostError) -> None:
        self._evidence.say(Level.ERROR, f"the new version is not taken, the old one runs on: {error}")
        if isinstance(error, PluginCrashedError):
            self._evidence.say(Level.ERROR, error.traceback)

    def _take_turn(self) -> None:
        assert self._plugin is not None, "a running plugin has an instance"
        try:
            self._turns.take(self._plugin)
        except PluginCrashedError as crash:
            self._crashed(crash)

    def _unusable(self, problem: str) -> None:
        if self._mail.ending:
            return
        self.failure = log_line(problem)
        self._evidence.say(Level.ERROR, problem)
        self._fail(Trigger.UNUSABLE, self.failure)

    def _crashed(self, crash: PluginCrashedError) -> None:
        self._drop_plugin()
        if self._connections.ports.limit.stopped:
            return
        now = self._clock.monotonic_ns()
        often = self._window.add(now)
        call, _ = self._calls.latest
        delay = self._services.policy.delay(self._window.recent(now), random.Random())
        self._retry_ns = now + round(delay * NS_PER_S)
        self._fail(Trigger.CRASHED_OFTEN if often else Trigger.CRASHED, log_line(f"{call} crashed: {crash.problem}"))
        self._report(crash)

    def _fail(self, trigger: Trigger, cause: str) -> None:
        self._services.rounds.fail(self.spec.name, cause)
        self._services.rounds.pause(self.spec.name)
        self._move(trigger, cause)

    def _report(self, crash: PluginCrashedError) -> None:
        prepared = self._prepared
        assert prepared is not None, "what crashed was prepared"
        call, argument = self._calls.latest
        ports, times = silent(self._ports()), self._calls.times[call]
        self._post_mortem.report(crash, prepared, ports, call, argument, times=times)

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
        wait_ns = self._retry_ns - self._clock.monotonic_ns() if self.state is State.BACKOFF else 0
        self._services.stream.publish(
            StateChanged(self._clock.wall_ns(), self.spec.name, before, self.state, cause, max(0, wait_ns) / NS_PER_S)
        )
