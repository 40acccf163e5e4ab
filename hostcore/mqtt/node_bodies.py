"""What a node tells of itself, made of its view."""

from __future__ import annotations

from hostcore.broker.bodies import (
    MOST_LISTED,
    NodeHealth,
    NodeInfo,
    PluginHealth,
    ShownFinding,
    TroubledPlugin,
    ValueInfo,
)
from hostcore.broker.outputs import LineState, NodeOutputs, RelayState, StripState
from hostcore.clock import timestamp
from hostcore.config.mqtt import MqttSettings
from hostcore.events import PwmSet, RelaySwitched, State
from hostcore.mqtt.node_view import NodeView
from hostcore.quick_dataclass import dataclass
from hostcore.view.condition import reason_for
from hostcore.view.outputs import Outputs
from hostcore.view.plugins import PluginStatus

LONGEST_TEXT = 500
"""Characters of a reason or an error."""
HEALTH_SECONDS = 30.0
"""The longest time between two healths of a node."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What the view does not know of a node."""

    waiting: int = 0
    """Readings that the broker has not confirmed."""
    dropped: int = 0
    load: float | None = None
    memory_mib: float | None = None
    twin: str = ""
    """Who else has the name of this node."""


def info_of(view: NodeView, settings: MqttSettings, run: str) -> NodeInfo:
    """Return what does not change while the host runs, and its plugins."""
    facts = view.facts
    return NodeInfo(
        version=facts.version,
        host_name=facts.host_name,
        run=run,
        started=timestamp(facts.started_ns),
        interval=facts.interval,
        plugins=tuple(each.name for each in view.plugins.all()),
        tags=settings.tags,
        simulated=tuple(str(bus.name) for bus in facts.buses if not bus.is_real),
        commands=settings.commands,
    )


def health_of(view: NodeView, now_ns: int, measured: Measured, run: str) -> NodeHealth:
    """Return how the node is."""
    plugins = view.plugins.all()
    troubled = sorted(
        (each for each in plugins if view.condition_of(each).is_troubled),
        key=lambda each: (view.condition_of(each).rank, each.name),
    )
    findings = [each.finding for each in view.findings.all() if each.finding.is_grave]
    alarms = view.alarms.raised()
    return NodeHealth(
        time=timestamp(now_ns),
        next_seconds=HEALTH_SECONDS,
        plugins=len(plugins),
        running=sum(each.state is State.RUNNING for each in plugins),
        troubled=tuple(
            TroubledPlugin(each.name, view.condition_of(each), _short(reason_for(each, view.finding_about(each))))
            for each in troubled[:MOST_LISTED]
        ),
        troubled_count=len(troubled),
        findings=tuple(
            ShownFinding(each.confidence, _short(each.sentence), each.plugin) for each in findings[:MOST_LISTED]
        ),
        findings_count=len(findings),
        alarms=tuple(each.alarm.name for each in alarms[:MOST_LISTED]),
        alarms_count=len(alarms),
        crashes=sum(map(_crashes, plugins)),
        load=measured.load,
        memory_mib=measured.memory_mib,
        waiting=measured.waiting,
        dropped=measured.dropped,
        run=run,
        twin=measured.twin,
    )


def plugin_health_of(view: NodeView, plugin: PluginStatus) -> PluginHealth:
    """Return how a plugin is. Its `time` is "": it is that of the newest change, which the view does not know."""
    read, since_ns = view.reading_facts.of(plugin.name), view.since_ns(plugin)
    return PluginHealth(
        time="",
        state=plugin.state,
        condition=view.condition_of(plugin),
        reason=_short(reason_for(plugin, view.finding_about(plugin))),
        since=timestamp(since_ns) if since_ns else "",
        interval=plugin.facts.interval if plugin.facts else 0.0,
        readings=read.readings,
        errors=plugin.counters.errors,
        crashes=_crashes(plugin),
        last_error=_short(plugin.last_error),
        simulated=read.simulated,
    )


def values_of(view: NodeView, plugin: str) -> tuple[ValueInfo, ...]:
    """Return what the numbers of a plugin's readings measure."""
    found = ((keys, view.values.of(plugin, keys)) for keys in view.reading_facts.of(plugin).numbers)
    return tuple(
        ValueInfo(
            ".".join(keys), each.unit, each.device_class, each.state_class, each.decimals, each.name, each.is_guessed
        )
        for keys, each in found
    )


def outputs_of(outputs: Outputs) -> NodeOutputs:
    """Return how relays, modulated lines and LEDs were last driven."""
    lines = sorted((outputs.pwm | outputs.modulated).items())
    return NodeOutputs(
        relays={name: _relay(each, outputs) for name, each in outputs.relays.items()},
        pwm={line: _line(each, outputs) for line, each in lines},
        leds=_strip(outputs),
    )


def _relay(event: RelaySwitched | None, outputs: Outputs) -> RelayState:
    if event is None:
        return RelayState(None, is_simulated=outputs.are_lines_simulated)
    return RelayState(event.on, outputs.driver(event), event.is_simulated)


def _line(event: PwmSet | None, outputs: Outputs) -> LineState:
    if event is None:
        return LineState(None, is_simulated=outputs.are_lines_simulated)
    return LineState(100 * event.duty, event.frequency_hz, outputs.driver(event), event.is_simulated)


def _strip(outputs: Outputs) -> StripState | None:
    if not outputs.leds:
        return None
    by = outputs.driver(outputs.shown) if outputs.shown else ""
    return StripState(outputs.leds, by, outputs.are_leds_simulated)


def _crashes(plugin: PluginStatus) -> int:
    return sum(count for _, count in plugin.counters.crashes)


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1] + "…"
