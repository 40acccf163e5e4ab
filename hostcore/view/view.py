"""All that is known of a host, made of its events."""

from __future__ import annotations

from collections.abc import Iterable

from hostcore.chips.library import library_with
from hostcore.events.facts import HostFacts, PluginFacts
from hostcore.view.alarms import Alarms
from hostcore.view.base_view import BaseView
from hostcore.view.bus_health import BusHealth
from hostcore.view.connection import Connection
from hostcore.view.displays import Displays
from hostcore.view.faults import Faults
from hostcore.view.findings import Findings
from hostcore.view.log import Log
from hostcore.view.new_drivers import NewDrivers
from hostcore.view.outputs import Outputs
from hostcore.view.plugins import Plugins
from hostcore.view.rate import Rate
from hostcore.view.readings import Readings
from hostcore.view.scans import Scans
from hostcore.view.traffic import Traffic
from hostcore.view.work import Work
from hostcore.view.world import World


class View(BaseView):
    """The model of a whole host, for a screen.

    It is pure: it has no terminal, no clock and no threads, and it never asks the host.

    Args:
        facts: the host.
        plugins: its plugins.

    Attributes:
        facts: the host.
        readings: the newest readings, and how their numbers went.
        plugins: the plugins.
        log: the last log lines.
        traffic: the last transfers, the chips and their registers as last seen.
        scans: what answers on the buses.
        displays: what the displays show.
        outputs: what plugins drive.
        findings: what the diagnosis finds wrong.
        alarms: the alarms of host.toml.
        health: how the I2C buses and the supply are.
        faults: the faults on demand.
        world: the quantities of the simulated environment that a person holds.
        new_drivers: the drivers that people have added.
        work: the host's tasks that take seconds.
        reading_rate: readings per second.
        connection: whether all of this is up to date.
    """

    def __init__(self, facts: HostFacts, plugins: Iterable[PluginFacts]) -> None:
        self.readings = Readings()
        self.log = Log()
        self.traffic = Traffic(library_with(facts.chips_folder))
        self.scans = Scans()
        self.displays = Displays()
        self.outputs = Outputs(facts)
        self.faults = Faults()
        self.world = World()
        self.new_drivers, self.work = NewDrivers(), Work()
        self.reading_rate = Rate()
        self.connection = Connection()
        super().__init__(
            facts, Plugins(), Findings(), Alarms(), BusHealth(),
            self.readings, self.log, self.traffic, self.scans, self.displays, self.outputs, self.faults, self.world,
            self.new_drivers, self.work, self.reading_rate, self.connection,
        )  # fmt: skip
        self.know(plugins)
