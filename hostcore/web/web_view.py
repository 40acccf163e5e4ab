"""The parts of the read model that the web shows."""

from __future__ import annotations

from collections.abc import Iterable

from hostcore.events.facts import HostFacts, PluginFacts
from hostcore.view.alarms import Alarms
from hostcore.view.base_view import BaseView
from hostcore.view.bus_health import BusHealth
from hostcore.view.connection import Connection
from hostcore.view.displays import Displays
from hostcore.view.faults import Faults
from hostcore.view.findings import Findings
from hostcore.view.log import Log
from hostcore.view.outputs import Outputs
from hostcore.view.pages import Pages
from hostcore.view.plugins import Plugins
from hostcore.view.readings import Readings
from hostcore.view.rounds import Rounds
from hostcore.view.values import Values
from hostcore.view.world import World

LOG_LINES = 1_000
"""Log lines that are kept."""
CRASHES = 3
"""Crash reports of each plugin that are kept."""


class WebView(BaseView):
    """The model of a host for the web. It keeps no transfers and no past of states and values: the web does not show
    the first, and asks the history for the others.

    Args:
        facts: the host.
        plugins: its plugins.

    Attributes:
        plugins: the plugins.
        rounds: the newest round of readings.
        readings: the last readings of all drivers, also of those that fail now.
        values: what the readings' values measure.
        pages: the plugins' pages.
        log: the last log lines.
        outputs: the outputs that plugins have set.
        displays: what the displays show.
        faults: the faults on demand.
        findings: what the diagnosis finds wrong.
        alarms: the alarms of host.toml.
        health: how the I2C buses and the supply are.
        world: the quantities of the simulated environment that a person holds.
        connection: whether all of this is up to date.
    """

    def __init__(self, facts: HostFacts, plugins: Iterable[PluginFacts] = ()) -> None:
        self.readings = Readings(with_series=False)
        self.rounds = Rounds()
        self.values = Values()
        self.pages = Pages()
        self.log = Log(LOG_LINES)
        self.outputs = Outputs(facts)
        self.faults = Faults()
        self.displays = Displays()
        self.world = World()
        self.connection = Connection()
        super().__init__(
            facts, Plugins(history=0, crashes=CRASHES), Findings(), Alarms(), BusHealth(),
            self.rounds, self.readings, self.values, self.pages, self.log, self.outputs, self.faults, self.displays,
            self.world, self.connection,
        )  # fmt: skip
        self.know(plugins)
