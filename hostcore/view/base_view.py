"""What the models of all front ends have in common: how the host and its plugins are doing."""

from __future__ import annotations

from collections.abc import Iterable

from hostcore.clock import NS_PER_S
from hostcore.events import FindingRaised, State
from hostcore.events.facts import HostFacts, PluginFacts
from hostcore.events.readings import fresh_seconds
from hostcore.view.alarms import Alarms
from hostcore.view.broker import Broker
from hostcore.view.bus_health import BusHealth
from hostcore.view.condition import Condition, condition_of
from hostcore.view.findings import Findings
from hostcore.view.folding import Folding
from hostcore.view.part import Part
from hostcore.view.plugins import Plugins, PluginStatus
from hostcore.view.problems import Problem, problems_of


class BaseView(Folding):
    """A model of a host that knows what is wrong with it.

    Args:
        facts: the host.
        plugins: the plugins.
        findings: what the diagnosis finds wrong.
        alarms: the alarms of host.toml.
        health: how the I2C buses and the supply are.
        parts: the other parts.

    Attributes:
        facts, plugins, findings, alarms, health: as above.
        broker: the connection to the MQTT broker.
    """

    def __init__(
        self, facts: HostFacts, plugins: Plugins, findings: Findings, alarms: Alarms, health: BusHealth, *parts: Part
    ) -> None:
        self.facts = facts
        self.plugins, self.findings, self.alarms, self.health = plugins, findings, alarms, health
        self.broker = Broker()
        self._problems: tuple[Problem, ...] = ()
        self._problems_of: object = None
        """The state that they were listed for."""
        super().__init__(plugins, findings, alarms, health, self.broker, *parts)

    def know_host(self, facts: HostFacts, plugins: Iterable[PluginFacts]) -> None:
        """Learn the facts about the host, which change if it was started again, and which plugins there are now."""
        self.facts = facts
        for part in self._parts:
            part.know_host(facts)
        self.know(plugins)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Everything that is wrong now, the worst first. Listed once for each batch of events."""
        requests = sum(len(each.requests) for each in self.plugins.all())  # a person refuses some without an event
        state = self.revision, requests
        if self._problems_of != state:
            self._problems_of = state
            self._problems = problems_of(self.plugins, self.findings, self.alarms, self.health, self.broker.trouble)
        return self._problems

    def condition_of(self, plugin: PluginStatus) -> Condition:
        """Return how a plugin is doing."""
        return condition_of(plugin, self.findings.trouble_of(plugin.name), self.health.stuck_bus_of(plugin.name))

    def since_ns(self, plugin: PluginStatus) -> int:
        """Return since when a plugin is doing as it does: its first error in a row, not its start, if it is failing.

        Returns:
            Nanoseconds since the Unix epoch; 0 if it is not known.
        """
        finding, stuck = self.findings.trouble_of(plugin.name), self.health.stuck_bus_of(plugin.name)
        match condition_of(plugin, finding, stuck):
            case Condition.BUS_STUCK:
                return stuck.stuck_since_ns if stuck else 0
            case Condition.FAILING:
                return plugin.counters.erring_since_ns
            case Condition.TROUBLE:
                return finding.since_ns if finding else 0
            case Condition.OLD_VERSION:
                return plugin.rejected_ns
        return plugin.since_ns

    def finding_about(self, plugin: PluginStatus) -> FindingRaised | None:
        """Return the finding that says why a plugin is not well although it runs; None if none does.

        Of a plugin that reports only errors, its error says more than a finding that cannot be the reason for it.
        """
        if plugin.state is not State.RUNNING:
            return None
        return self.findings.failure_of(plugin.name) if plugin.is_failing else self.findings.trouble_of(plugin.name)

    def patience_ns(self, plugin: str) -> int:
        """Return the nanoseconds after a reading of a plugin in which the next one should have come.

        A plugin whose own interval is not known reads as often as the host's rounds begin.
        """
        status = self.plugins.get(plugin)
        interval = status.facts.interval if status and status.facts else self.facts.interval
        return round(fresh_seconds(interval) * NS_PER_S)
