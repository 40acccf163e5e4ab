"""The parts of the read model that the web shows."""

from __future__ import annotations

from collections.abc import Iterable

from hostcore.events.facts import HostFacts, PluginFacts
from hostcore.view.alarms import Alarms
from hostcore.view.condition import Condition, condition_of
from hostcore.view.faults import Faults
from hostcore.view.findings import Findings
from hostcore.view.folding import Folding
from hostcore.view.log import Log
from hostcore.view.outputs import Outputs
from hostcore.view.pages import Pages
from hostcore.view.plugins import Plugins, PluginStatus
from hostcore.view.problems import Problem, problems_of
from hostcore.view.rounds import Rounds
from hostcore.view.values import Values

LOG_LINES = 1_000
"""Log lines that are kept."""


class WebView(Folding):
    """The model of a host for the web. It keeps no transfers, histories or crash reports: the web does not show them.

    Args:
        facts: the host.
        plugins: its plugins.

    Attributes:
        plugins: the plugins.
        rounds: the newest round of readings.
        values: what the readings' values measure.
        pages: the plugins' pages.
        log: the last log lines.
        outputs: the outputs that plugins have set.
        faults: the faults on demand.
        findings: what the diagnosis finds wrong.
        alarms: the alarms of host.toml.
    """

    def __init__(self, facts: HostFacts, plugins: Iterable[PluginFacts] = ()) -> None:
        self.plugins = Plugins(history=0, crashes=0, requests=0)
        self.rounds = Rounds()
        self.values = Values()
        self.pages = Pages()
        self.log = Log(LOG_LINES)
        self.outputs = Outputs(facts)
        self.faults = Faults()
        self.findings = Findings()
        self.alarms = Alarms()
        super().__init__(
            self.plugins, self.rounds, self.values, self.pages, self.log, self.outputs, self.faults, self.findings,
            self.alarms,
        )  # fmt: skip
        self.know(plugins)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Everything that is wrong now, the worst first."""
        return problems_of(self.plugins, self.findings, self.alarms)

    def condition_of(self, plugin: PluginStatus) -> Condition:
        """Return how a plugin is doing. Findings tell of stuck buses."""
        return condition_of(plugin, self.findings.trouble_of(plugin.name))
