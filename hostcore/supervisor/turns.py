"""The turns of a running plugin: when it is called, and for what."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from hostcore.adjustments.adjuster import Adjuster
from hostcore.adjustments.paths import ABSENT
from hostcore.clock import NS_PER_S
from hostcore.errors import PluginReportedError
from hostcore.events import Level, PageRendered, Reading, RoundCompleted, ScriptEnded, ValuesDescribed
from hostcore.events.readings import buses_behind, fresh_seconds
from hostcore.log.safe_text import log_line
from hostcore.quantities import DescribedValue
from hostcore.runtime.plugin import Plugin, PluginSpec
from hostcore.runtime.printed_reading import PrintedReading
from hostcore.supervisor.evidence import Evidence
from hostcore.supervisor.mailbox import Mailbox
from hostcore.supervisor.metered_calls import MeteredCalls
from hostcore.supervisor.schedule import Schedule
from hostcore.supervisor.script_orders import ScriptOrders
from hostcore.supervisor.script_run import ScriptRun
from hostcore.supervisor.seat import MEASURING
from hostcore.supervisor.shared_parts import SharedParts

IDLE_NS = 3600 * NS_PER_S
"""How long a plugin without turns of its own sleeps, if nothing wakes it."""


class Turns:
    """A driver's readings, once an interval, and the newest round for a display or page. The run of a script, which is
    repeated once an interval if it ends. For the plugin's own thread.

    Args:
        spec: the plugin.
        shared: gives the rounds and the clock.
        schedule: says when a driver's readings are due.
        mail: brings the rounds, and ends a sleep early.
        calls: does the calls.
        evidence: gets the errors that they report.
        orders: follows the orders that come while a script runs.
    """

    def __init__(
        self,
        spec: PluginSpec,
        shared: SharedParts,
        *,
        schedule: Schedule,
        mail: Mailbox,
        calls: MeteredCalls,
        evidence: Evidence,
        orders: ScriptOrders,
    ) -> None:
        self._name, self._rounds, self._clock = spec.name, shared.rounds, shared.clock
        self._adjuster = Adjuster(spec.adjustments)
        self._schedule, self._mail, self._calls, self._evidence = schedule, mail, calls, evidence
        self._orders = orders
        self._catalog = shared.runtime.catalog
        self._told: tuple[DescribedValue, ...] = ()
        """What was published of the values, also by instances before."""
        self.are_endless = False
        """Whether the plugin is a script, whose only call may last for days."""
        self._problems: dict[str, str] = {}
        """The last error of each call, until the call works again."""

    def use(self, spec: PluginSpec, interval: float) -> None:
        """Use another interval and other adjustments from the next reading on. For any thread."""
        self._schedule.interval = interval
        self._adjuster.use(spec.adjustments)

    @property
    def is_failing(self) -> bool:
        """Whether the last call of some kind reported an error."""
        return bool(self._problems)

    def reset(self) -> None:
        """Begin with a new instance."""
        self._problems.clear()
        self.are_endless = False
        self._adjuster.restart()
        self._schedule.restart()
        self._calls.reset()

    def take(self, plugin: Plugin) -> None:
        """Do one reading and show one round, if they are due. Otherwise sleep until something may be due.

        A turn includes both, because a plugin that is a driver and a display would never show a round if its readings
        take longer than the interval.

        Raises:
            PluginCrashedError: the plugin died in a call.
        """
        now = self._clock.monotonic_ns()
        due = self._schedule.due_ns() if plugin.provides & MEASURING else now + IDLE_NS
        if is_due := now >= due:
            self._schedule.take(now)
            if "script" in plugin.provides:
                self._attempt(plugin, "run", "", lambda: self._run(plugin))
            else:
                self._attempt(plugin, "read", "", lambda: self._read(plugin))
        if (newest := self._mail.take_round()) is not None:
            self._show(plugin, newest)
        elif not is_due:
            self._mail.sleep_until(due)

    def _read(self, plugin: Plugin) -> None:
        self._publish(plugin, plugin.read(), plugin.aliases)

    def _run(self, plugin: Plugin) -> None:
        self.are_endless = True
        self._orders.begin()
        reading = PrintedReading(plugin.reading_bytes, lambda problem: self._evidence.say(Level.WARNING, problem))
        run = ScriptRun(
            plugin,
            reading,
            self._clock,
            calls=self._calls,
            publish=lambda measured: self._printed(plugin, measured),
            follow_orders=self._orders.follow,
            free_rounds=lambda: self._rounds.pause(self._name),
            patience=self._schedule.interval,
        )
        try:
            plugin.run(reading, run)
        finally:
            run.end()
        self._evidence.publish(ScriptEnded(self._clock.wall_ns(), self._name))

    def _printed(self, plugin: Plugin, reading: Reading) -> None:
        self._publish(plugin, reading)
        self._calls.note_success("run")
        self._works_again("run")

    def _publish(
        self, plugin: Plugin, measured: Reading, aliases: Mapping[str, Mapping[str, tuple[str, ...]]] = {}
    ) -> None:
        reading, adjusted = self._adjuster.adjust(measured, self._clock.monotonic_ns())
        further = {alias: self._alias(reading, paths) for alias, paths in aliases.items()}
        self._tell_values(plugin)
        self._rounds.publish(
            self._name,
            reading,
            further,
            simulated=plugin.simulated,
            faulty=plugin.faulty,
            adjusted=adjusted,
            fresh_seconds=fresh_seconds(self._schedule.interval),
        )

    def _alias(self, reading: Reading, paths: Mapping[str, tuple[str, ...]]) -> Reading:
        """Return the values of an adjusted reading under the keys of `paths`."""
        found = {key: self._adjuster.found(reading, path) for key, path in paths.items()}
        return {key: value for key, value in found.items() if value is not ABSENT}

    def _tell_values(self, plugin: Plugin) -> None:
        """Publish what the plugin and the settings state of its values, if that has changed."""
        for problem in (*plugin.values.problems.take(), *self._adjuster.problems.take()):
            self._evidence.say(Level.WARNING, problem)
        values = self._adjuster.described(plugin.values.all)
        if values != self._told:
            self._told = values
            self._catalog.describe(self._name, values)
            self._evidence.publish(ValuesDescribed(self._clock.wall_ns(), self._name, values))

    def _show(self, plugin: Plugin, newest: RoundCompleted) -> None:
        if plugin.provides & {"display", "page"}:
            plugin.depend_on(buses_behind(newest.readings))
        if "display" in plugin.provides:
            self._attempt(plugin, "update", newest.text, lambda: plugin.update(newest.text))
        if "page" in plugin.provides:
            self._attempt(plugin, "render", newest.text, lambda: self._render(plugin, newest))

    def _render(self, plugin: Plugin, newest: RoundCompleted) -> None:
        html = plugin.render(newest.text)
        self._evidence.publish(PageRendered(self._clock.wall_ns(), self._name, newest.number, html))

    def _attempt(self, plugin: Plugin, call: str, argument: str, work: Callable[[], None]) -> None:
        try:
            self._calls.do(call, argument, work, plugin)
        except PluginReportedError as error:
            self._reported(plugin, call, log_line(error.problem))
        else:
            self._works_again(call)

    def _works_again(self, call: str) -> None:
        if self._problems.pop(call, ""):
            self._evidence.say(Level.INFO, f"{call} works again")

    def _reported(self, plugin: Plugin, call: str, problem: str) -> None:
        self._tell_values(plugin)
        if call in {"read", "run"}:
            self._rounds.fail(self._name, problem, plugin.simulated, plugin.faulty)
        if problem != self._problems.get(call):  # once, not every two seconds for as long as a sensor is unplugged
            self._problems[call] = problem
            self._evidence.say(Level.WARNING, f"{call} reports: {problem}")
