"""One plugin's thread: loads the plugin, gives it its turns, replaces it after a crash, and follows orders."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from hostcore.access.decisions import Access, Denial
from hostcore.errors import HostError, NotFetchedError, PluginCrashedError, TransitionError
from hostcore.events import Level, PluginReloaded, RoundCompleted, State
from hostcore.hostcall import CrashKind
from hostcore.log.safe_text import log_line
from hostcore.recording.recorder import Recorder
from hostcore.runtime.plugin import Plugin, PluginSpec
from hostcore.runtime.prepared import Prepared
from hostcore.supervisor.aftermath import Aftermath
from hostcore.supervisor.evidence import Evidence
from hostcore.supervisor.guard import all_guarded, as_crash, guarded, problem_of, traceback_of
from hostcore.supervisor.kits import Kits
from hostcore.supervisor.life_cycle import LifeCycle
from hostcore.supervisor.mailbox import Mailbox
from hostcore.supervisor.metered_calls import MeteredCalls
from hostcore.supervisor.post_mortem import Death, PostMortem
from hostcore.supervisor.present_instance import CHANGED, PresentInstance, Successor
from hostcore.supervisor.recycling import Recycling
from hostcore.supervisor.schedule import Schedule
from hostcore.supervisor.script_orders import ScriptOrders
from hostcore.supervisor.seat import Seat
from hostcore.supervisor.shared_parts import SharedParts
from hostcore.supervisor.sleep import Sleep
from hostcore.supervisor.transitions import Trigger
from hostcore.supervisor.turns import IDLE_NS, Turns
from hostcore.threads import HostThread

PREDECESSOR_SECONDS = 1.0
"""How long a plugin whose file came back waits for its previous thread to end."""
FAILED_STEP = "a step of its thread failed"
"""Begins the cause after an error that no step handled."""


class PluginThread:
    """Runs one plugin until it is told to end.

    The methods are for other threads, and only `join` blocks.

    Args:
        spec: the plugin.
        interval: seconds between two readings of a driver.
        shared: the parts of the host that all plugin threads share.
        after: the plugin's previous thread, from before its file went away. It ends first.
    """

    def __init__(
        self, spec: PluginSpec, interval: float, shared: SharedParts, after: PluginThread | None = None
    ) -> None:
        self.spec = spec
        self.failure = ""
        """Why its file cannot be used; "" while it can."""
        self._shared, self._clock, self._after = shared, shared.clock, after
        self._life = LifeCycle(spec.name, shared.clock, shared.stream)
        self._evidence = evidence = Evidence(spec, shared.clock, shared.stream, shared.crashes)
        self._access = Access(spec.name, spec.permissions, shared.reservations, self._denied, shared.not_granted)
        self._kits = Kits(spec, shared, access=self._access, evidence=evidence)
        self._seat = Seat(shared.rounds, spec.name, self._kits)
        self._mail = Mailbox(shared.clock)
        self._calls = MeteredCalls(shared.clock, evidence, self._kits)
        self._sleep = Sleep(spec.name, shared.runtime, self._kits, evidence, shared.clock)
        self._instance = PresentInstance(
            shared.runtime, self._kits, self._calls, self._mail, evidence=evidence, life=self._life, sleep=self._sleep
        )
        self._recycling = Recycling(shared.clock, self._calls, self._instance, evidence, self._life)
        self._aftermath = Aftermath(
            shared,
            life=self._life,
            seat=self._seat,
            evidence=evidence,
            post_mortem=PostMortem(shared.recordings.locator, evidence, self._mail.wake),
        )
        self._schedule = Schedule(interval)
        self._orders = ScriptOrders(
            self._kits, self._mail, self._instance, spec=lambda: self.spec, refuse=self._leave_state
        )
        self._turns = Turns(
            spec,
            shared,
            schedule=self._schedule,
            mail=self._mail,
            calls=self._calls,
            evidence=evidence,
            orders=self._orders,
        )
        self._thread = HostThread(self._run, spec.name)

    @property
    def state(self) -> State:
        """The plugin's present state."""
        return self._life.state

    @property
    def interval(self) -> float:
        """Seconds between two readings."""
        return self._schedule.interval

    @property
    def prepared(self) -> Prepared | None:
        """The version of the file that runs, or ran last; None before the first load, and after an order to load it."""
        return self._instance.prepared

    @property
    def recorder(self) -> Recorder | None:
        """The recording of the newest instance; None if there is none."""
        recorded = self._kits.recorded
        return recorded.recorder if recorded else None

    def start(self) -> None:
        """Begin to load the plugin. Rounds wait for its first reading. Raises `NoThreadError`."""
        self._seat.take()
        self._mail.order(Trigger.START)
        self._thread.start()

    def order(self, trigger: Trigger) -> None:
        """Start, stop, release or reload the plugin soon."""
        self._mail.order(trigger)
        limit = self._kits.newest.limit
        limit.stop() if trigger is Trigger.STOP else limit.wake()

    def respecify(self, spec: PluginSpec, interval: float, *, file_changed: bool) -> None:
        """Use other settings, or a new version of the file. All but the settings of an instance hold at once."""
        before, self.spec = self.spec, spec
        self._turns.use(spec, interval)
        self._mail.wake()
        if spec.permissions != before.permissions:
            self._access.grant(spec.permissions)
        if file_changed or not spec.suits_instance_of(before):
            self.order(Trigger.RELOAD)

    def end(self, *, after_call: bool = False) -> None:
        """End the thread, and the call under way at once, or `after_call`. A script's never ends by itself."""
        self._mail.end()
        if not after_call or self._turns.are_endless:
            self._kits.newest.limit.stop()

    def join(self, timeout: float) -> bool:
        """Wait up to `timeout` seconds for the thread to end; True if it has ended."""
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def show(self, finished: RoundCompleted) -> None:
        """Give a display or page the newest round. It skips an older round that it has not seen yet."""
        self._mail.show(finished)

    # The rest runs on the plugin's own thread.

    def _run(self) -> None:
        cause = "its thread was ended by a defect of this host"
        try:
            while not self._mail.ending:
                guarded(self._step, self._recover)
            cause = "the host stops, or the plugin's file is gone"
        finally:
            self._wind_up(cause)

    def _step(self) -> None:
        if self._after is not None:
            self._after.join(PREDECESSOR_SECONDS)
            self._after = None
        self._follow_orders()
        guarded(self._aftermath.collect, self._aftermath.not_located)
        self._live()

    def _recover(self, error: HostError) -> None:
        """An error got past the step's own guard: report it. The plugin gets a new instance after a wait."""
        self._do_all(
            partial(self._failed_step, error),
            self._aftermath.stop_searching,
            self._instance.forget,
            partial(self._aftermath.back_off, log_line(f"{FAILED_STEP}: {error}")),
        )
        self._mail.rest(self._shared.policy.shortest_delay)  # because the defect may be in the sleep of this state

    def _do_all(self, *steps: Callable[[], None]) -> None:
        all_guarded(steps, self._failed_step)

    def _failed_step(self, error: HostError) -> None:
        self._evidence.fault(FAILED_STEP, error)

    def _wind_up(self, cause: str) -> None:
        forget_values = partial(self._shared.runtime.catalog.describe, self.spec.name, ())
        has_run, now = self.state is not State.STOPPED, self._instance
        if has_run:
            self._do_all(partial(self._sleep.end, now.plugin, now.prepared, is_failing=self._turns.is_failing))
        self._do_all(now.close, self._access.release, self._seat.leave, forget_values)
        if has_run:
            self._do_all(partial(self._life.move, Trigger.STOP, cause))

    def _live(self) -> None:
        """Take one step in the present state."""
        match self.state:
            case State.LOADING:
                guarded(self._load, self._not_loaded)
            case State.RUNNING:
                guarded(self._take_turn, self._died)
            case State.BACKOFF:
                if self._mail.sleep_until(self._aftermath.retry_ns):
                    self._evidence.meter.restarts += 1
                    self._life.move(Trigger.RETRY, "the wait after the crash is over")
            case _:
                self._mail.sleep_until(self._clock.monotonic_ns() + IDLE_NS)

    def _follow_orders(self) -> None:
        while (order := self._mail.take_order()) is not None:
            match order, self.state:
                case Trigger.RELOAD, State.RUNNING:
                    if (successor := self._instance.start_successor(self.spec)) is not None:
                        self._swap(successor)
                case Trigger.RELOAD, State.LOADING:
                    self._instance.prepared = None
                    self._life.forget_rejected()
                case Trigger.RELOAD | Trigger.STOP, State.STOPPED:
                    pass  # a start reads the file, and a restart stops the plugin first
                case trigger, _:
                    self._leave_state(trigger)

    def _leave_state(self, trigger: Trigger) -> None:
        """Follow an order that ends the present instance, or the wait for one."""
        is_reload = trigger is Trigger.RELOAD
        cause = CHANGED if is_reload else "a person's order"
        try:
            self._life.move(trigger, "its file was found" if self.state is State.DISCOVERED else cause)
        except TransitionError as error:
            self._evidence.say(Level.WARNING, error)
            return
        self._do_all(self._aftermath.stop_searching, self._instance.forget, self._aftermath.forget_crashes)
        if self.state is State.STOPPED:
            self._do_all(self._access.release, self._seat.leave, self._sleep.keep_recording)

    def _load(self) -> None:
        plugin = self._instance.load(self.spec)
        self._begin(plugin)
        story, version = self._sleep.story, self._instance.version
        cause = story or f"loaded as {', '.join(sorted(plugin.provides))}"
        self._life.move(Trigger.LOADED, cause, version=version, is_woken=bool(story))

    def _not_loaded(self, error: HostError) -> None:
        self._instance.close()
        if isinstance(error, PluginCrashedError):
            self._died(error)
        elif not self._mail.ending:
            problem, line = problem_of(error)
            self.failure = log_line(problem)
            self._evidence.say(Level.ERROR, "\n".join((problem, traceback_of(error))))
            self._seat.fail(self.failure)
            lacks = isinstance(error, NotFetchedError)
            self._life.move(Trigger.UNUSABLE, self.failure, lacks_libraries=lacks, broken_line=line)

    def _begin(self, plugin: Plugin) -> None:
        """Begin the turns of a new instance."""
        self.failure = ""
        self._turns.reset()
        self._seat.take(plugin.provides)

    def _swap(self, successor: Successor) -> None:
        """Let a new version take over between two calls."""
        self._instance.replace(successor)
        self._aftermath.forget_crashes()
        self._begin(successor.plugin)
        version = successor.prepared.version()
        self._evidence.meter.reloads += 1
        self._evidence.say(Level.INFO, f"version {version} took over")
        self._evidence.publish(PluginReloaded(self._clock.wall_ns(), self.spec.name, version))

    def _take_turn(self) -> None:
        assert self._instance.plugin is not None, "a running plugin has an instance"
        try:
            self._turns.take(self._instance.plugin)
        except PluginCrashedError:
            if not self._orders.has_successor:
                raise
        if (successor := self._orders.take_successor()) is not None:
            self._swap(successor)
        elif not self._mail.wants_stop:
            self._recycling.recycle(self.spec)

    def _died(self, error: HostError) -> None:
        """The instance is dead, or a defect of the host made it useless."""
        self._instance.close()
        if self._kits.newest.limit.stopped and (self._mail.wants_stop or self.state is State.LOADING):
            return
        if not isinstance(error, PluginCrashedError):
            self._evidence.meter.crashed(CrashKind.HOST)
        prepared = self._instance.prepared
        assert prepared is not None, "a plugin that dies was prepared"
        crash, call = as_crash(self.spec.name, error), self._evidence.latest_call
        self._aftermath.died(Death(crash, prepared, call, self._clock.wall_ns(), self.recorder))

    def _denied(self, denial: Denial) -> None:
        if not denial.owner:  # nobody is asked to give a plugin the device of another one
            self._shared.requests.add(self.spec.name, denial.permission, denial.count)
        self._evidence.denied(denial)
