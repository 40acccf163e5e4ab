"""The parts of the read model that go to the broker."""

from __future__ import annotations

from collections.abc import Iterable

from hostcore.events.facts import HostFacts, PluginFacts
from hostcore.mqtt.reading_facts import AllReadingFacts
from hostcore.view.alarms import Alarms
from hostcore.view.base_view import BaseView
from hostcore.view.bus_health import BusHealth
from hostcore.view.findings import Findings
from hostcore.view.outputs import Outputs
from hostcore.view.plugins import Plugins
from hostcore.view.values import Values


class NodeView(BaseView):
    """The model of a host for the broker. It keeps no past, no crashes and no requests.

    Args:
        facts: the host.
        plugins: its plugins.

    Attributes:
        reading_facts: how often each plugin has read, and which numbers.
        values: what the readings' values measure.
        outputs: the outputs that plugins and people have set.
    """

    def __init__(self, facts: HostFacts, plugins: Iterable[PluginFacts] = ()) -> None:
        self.reading_facts, self.values, self.outputs = AllReadingFacts(), Values(), Outputs(facts)
        own = Plugins(history=0, crashes=0, requests=0)
        super().__init__(facts, own, Findings(), Alarms(), BusHealth(), self.reading_facts, self.values, self.outputs)
        self.know(plugins)
