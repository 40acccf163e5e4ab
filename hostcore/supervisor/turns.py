"""What a running plugin is called for, and when."""

from __future__ import annotations

from collections.abc import Callable

from hostcore.clock import NS_PER_S
from hostcore.errors import PluginReportedError
from hostcore.events import Level, PageRendered, RoundCompleted
from hostcore.log.plugin_log import log_line
from hostcore.runtime.plugin import Plugin
from hostcore.supervisor.evidence import Evidence
from hostcore.supervisor.mailbox import Mailbox
from hostcore.supervisor.metered_calls import MeteredCalls
from hostcore.supervisor.schedule import Schedule
from hostcore.supervisor.shared_parts import Services

IDLE_NS = 3600 * NS_PER_S
"""How long a plugin without turns of its own sleeps before it looks around."""


class Turns:
    """A driver's readings, once an interval, and the newest round for a display or page. For the plugin's own thread.

    Args:
        plugin: its name.
        services: rounds, clock and stream.
        schedule: when a driver's readings are.
        mail: brings the rounds, and what ends a sleep.
        calls: does the calls.
        evidence: takes what they report.
    """

    def __init__(
        self,
        plugin: str,
        services: Services,
        *,
        schedule: Schedule,
        mail: Mailbox,
        calls: MeteredCalls,
        evidence: Evidence,
    ) -> None:
        self._name, self._rounds, self._clock = plugin, services.rounds, services.clock
        self._schedule, self._mail, self._calls, self._evidence = schedule, mail, calls, evidence
        self._problems: dict[str, str] = {}
        """What each call reported last, unless it has worked since."""

    def begin_anew(self) -> None:
        """From now on it is another instance."""
        self._problems.clear()
        self._schedule.restart()
        self._calls.begin_anew()

    def take(self, plugin: Plugin) -> None:
        """Do what is due; where nothing is, sleep until something may be.

        A reading comes first, and then the round that waits: else readings that take longer than the interval would
        keep a plugin that is also a display from ever showing anything.

        Raises:
            PluginCrashedError: the plugin died in a call.
        """
        now = self._clock.monotonic_ns()
        due = self._schedule.due_ns() if "driver" in plugin.provides else now + IDLE_NS
        if is_due := now >= due:
            self._schedule.take(now)
            self._attempt(plugin, "read", "", lambda: self._read(plugin))
        if (newest := self._mail.take_round()) is not None:
            self._show(plugin, newest)
        elif not is_due:
            self._mail.sleep_until(due)

    def _read(self, plugin: Plugin) -> None:
        self._rounds.publish(self._name, plugin.read(), plugin.aliases)

    def _show(self, plugin: Plugin, newest: RoundCompleted) -> None:
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
            self._reported(call, log_line(error.problem))
        else:
            if self._problems.pop(call, ""):
                self._evidence.say(Level.INFO, f"{call} works again")

    def _reported(self, call: str, problem: str) -> None:
        if call == "read":
            self._rounds.fail(self._name, problem)
        if problem != self._problems.get(call):  # once, not every two seconds for as long as a sensor is unplugged
            self._problems[call] = problem
            self._evidence.say(Level.WARNING, f"{call} reports: {problem}")
