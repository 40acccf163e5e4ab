"""What the messages of a node say, as values. docs/mqtt.md shows each as JSON.

`hostcore.events.event_json.to_json` and `from_json` convert them. A reader ignores keys that it does not know, and
takes the default of those that are missing: nodes of other versions are in the same fleet.
"""

from __future__ import annotations

from enum import StrEnum

from hostcore.broker.groups import CommandGroup
from hostcore.quick_dataclass import dataclass

ADDED = "mqtt"
"""The key of a reading that the host adds on its way to the broker: an object with `Stamp`'s fields."""
MOST_LISTED = 20
"""The most plugins, findings and alarms that `NodeHealth` lists. Their numbers are complete."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a reading carries beside its values, under the key `ADDED`."""

    id: str
    """``RUN-NUMBER``: the run of the host, 8 hex digits, and the number of the reading in it, from 1. The same reading
    has the same ID however often it comes."""
    time: str
    """When it was measured, RFC 3339, UTC."""


@dataclass(frozen=True, slots=True)
class NodeInfo:
    """``PREFIX/NODE/info``, retained: what does not change while the host runs, and its plugins."""

    version: str
    """Of the host."""
    host_name: str
    run: str
    """8 hex digits, new at each start of the host."""
    started: str
    """RFC 3339, UTC."""
    interval: float
    """Seconds between two rounds."""
    plugins: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    """For people to group nodes by."""
    simulated: tuple[str, ...] = ()
    """The simulated buses. Readings that depend on them are invented, and say so."""
    commands: tuple[CommandGroup, ...] = ()
    """What the node lets others do over the broker."""


@dataclass(frozen=True, slots=True)
class TroubledPlugin:
    """A plugin at which a person should look."""

    plugin: str
    condition: str
    """A `hostcore.view.condition.Condition`."""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ShownFinding:
    """A finding of the diagnosis."""

    confidence: str
    """A `hostcore.events.Confidence`."""
    sentence: str
    plugin: str = ""


@dataclass(frozen=True, slots=True)
class NodeHealth:
    """``PREFIX/NODE/health``, retained: how the node is. It comes when it changes, at latest after `next_seconds`."""

    time: str
    """RFC 3339, UTC."""
    next_seconds: float = 30.0
    """When the next one comes at the latest. A node that is silent for 2.5 times as long has a problem."""
    plugins: int = 0
    running: int = 0
    """Plugins that run, in trouble or not."""
    troubled: tuple[TroubledPlugin, ...] = ()
    """The worst first, at most `MOST_LISTED`."""
    troubled_count: int = 0
    findings: tuple[ShownFinding, ...] = ()
    """The certain and likely ones, the surest first, at most `MOST_LISTED`."""
    findings_count: int = 0
    alarms: tuple[str, ...] = ()
    """The names of raised alarms, at most `MOST_LISTED`."""
    alarms_count: int = 0
    crashes: int = 0
    """Crashes of all plugins since the host started."""
    load: float | None = None
    """The kernel's load average of the last minute, divided by the number of processors; None if not known."""
    memory_mib: float | None = None
    """Private memory of the host, MiB."""
    waiting: int = 0
    """Readings that the broker has not confirmed yet."""
    dropped: int = 0
    """Readings of this run that no subscriber will get: too many waited, or the broker does not take them."""
    run: str = ""
    """As in `NodeInfo`: two runs that speak in turns are two hosts under one name."""
    twin: str = ""
    """Who else publishes under this name, as far as this host knows, in a sentence; "" for nobody."""


@dataclass(frozen=True, slots=True)
class PluginHealth:
    """``PREFIX/NODE/PLUGIN/state``, retained: how one plugin is."""

    time: str
    """RFC 3339, UTC."""
    state: str
    """A `hostcore.events.State`."""
    condition: str
    """A `hostcore.view.condition.Condition`."""
    reason: str = ""
    since: str = ""
    """RFC 3339, UTC: since when it is in this condition."""
    interval: float = 0.0
    """Seconds between two readings."""
    readings: int = 0
    errors: int = 0
    crashes: int = 0
    last_error: str = ""
    simulated: tuple[str, ...] = ()
    """The simulated buses that it has used. Its values may be invented."""


@dataclass(frozen=True, slots=True)
class ValueInfo:
    """What a number of a reading measures. ``PREFIX/NODE/PLUGIN/values``, retained, is a list of these."""

    key: str
    """The keys down to it, with points between them."""
    unit: str = ""
    device_class: str = ""
    """Home Assistant's."""
    state_class: str = ""
    """Home Assistant's."""
    decimals: int | None = None
    name: str = ""
    is_guessed: bool = False
    """Whether the host guessed it from the key."""


class Outcome(StrEnum):
    """How a command ended. The words are those of Zigbee2MQTT."""

    OK = "ok"
    ERROR = "error"
