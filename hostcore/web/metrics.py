"""``/metrics``: what the web knows, for Prometheus. Names and units follow its instrumentation guide."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from hostcore.clock import NS_PER_S
from hostcore.events import Counters, State
from hostcore.events.facts import HostFacts
from hostcore.web.readers import Readers
from hostcore.web.state import Actuators, PluginStatus, WebState

CONTENT_TYPE = CONTENT_TYPE_LATEST
MOST_VALUES = 200
"""Keys of one version of a plugin that are ever shown: each is a time series, which Prometheus keeps for weeks."""
MOST_LOOKED_AT = 1000
"""Numbers of one reading that are looked at for them."""
LONGEST_KEY = 128
"""Characters of a key that is shown."""
DEEPEST = 8
"""How many levels of a reading are looked into."""
PREFIX = "wasi_host"


@dataclass(frozen=True, slots=True)
class _Count:
    """One figure of a plugin's counters."""

    name: str
    help: str
    of: Callable[[Counters], float]


_TOTALS = (
    _Count("calls", "Calls of the plugin.", lambda c: c.calls),
    _Count("errors", "Calls that returned an error.", lambda c: c.errors),
    _Count("restarts", "Instances made after the first one.", lambda c: c.restarts),
    _Count("reloads", "New versions of its file that took over.", lambda c: c.reloads),
    _Count("denied", "Accesses without a permission.", lambda c: c.denied),
    _Count("transfers", "Transfers on buses.", lambda c: c.transfers),
    _Count("bus_seconds", "Time that it held buses.", lambda c: c.bus_time_ns / NS_PER_S),
    _Count("throttled_seconds", "Time that it was kept from buses.", lambda c: c.throttled_ns / NS_PER_S),
    _Count("read_bytes", "Bytes read from devices.", lambda c: c.bytes_read),
    _Count("written_bytes", "Bytes written to devices.", lambda c: c.bytes_written),
    _Count("log_lines_dropped", "Log lines beyond its limit.", lambda c: c.lines_dropped),
)
_GAUGES = (
    _Count("call_median_seconds", "The median duration of its last calls.", lambda c: c.call_p50_ns / NS_PER_S),
    _Count("call_p99_seconds", "The 99th percentile of the same.", lambda c: c.call_p99_ns / NS_PER_S),
    _Count("call_longest_seconds", "The longest call ever.", lambda c: c.call_max_ns / NS_PER_S),
    _Count("memory_bytes", "The instance's linear memory.", lambda c: c.memory_bytes),
)


def exposition(facts: HostFacts, state: WebState, readers: Readers) -> bytes:
    """Everything in the Prometheus text format."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Collector(facts, state, readers))
    return generate_latest(registry)


class _Collector(Collector):
    def __init__(self, facts: HostFacts, state: WebState, readers: Readers) -> None:
        self._facts, self._state, self._readers = facts, state, readers

    def collect(self) -> Iterator[Metric]:
        """All metrics."""
        yield from self._host()
        yield from _plugins(self._state.plugins)
        yield from _actuators(self._state.actuators)
        if self._state.newest_round is not None:
            yield _readings(self._state.newest_round.readings, self._state)

    def _host(self) -> Iterator[Metric]:
        facts, state = self._facts, self._state
        info = GaugeMetricFamily(f"{PREFIX}_info", "The host; always 1.", labels=("version", "reality"))
        info.add_metric((facts.version, "simulated" if facts.is_simulated else "real"), 1)
        yield info
        yield GaugeMetricFamily(
            f"{PREFIX}_start_time_seconds", "When the host started, Unix time.", facts.started_ns / NS_PER_S
        )
        newest = state.newest_round
        yield CounterMetricFamily(f"{PREFIX}_rounds", "Rounds of readings.", newest.number if newest else 0)
        yield GaugeMetricFamily(
            f"{PREFIX}_last_round_time_seconds",
            "When the last round was complete, Unix time.",
            newest.time_ns / NS_PER_S if newest else 0,
        )
        yield GaugeMetricFamily(f"{PREFIX}_event_readers", "Readers of /api/events.", len(self._readers))
        yield CounterMetricFamily(
            f"{PREFIX}_events_dropped",
            "Events lost by the web or by slow readers.",
            state.events_dropped + self._readers.dropped,
        )


def _plugins(plugins: Iterable[PluginStatus]) -> Iterator[Metric]:
    states = GaugeMetricFamily(
        f"{PREFIX}_plugin_state", "1 for the state that the plugin is in.", labels=("plugin", "state")
    )
    crashes = CounterMetricFamily(f"{PREFIX}_plugin_crashes", "Instances that died.", labels=("plugin", "kind"))
    for plugin in plugins:
        for each in State:
            states.add_metric((plugin.name, each.value), float(plugin.state is each))
        for kind, number in plugin.counters.crashes:
            crashes.add_metric((plugin.name, kind), number)
    yield states
    yield crashes
    for count in _TOTALS:
        yield _of_each(
            CounterMetricFamily(f"{PREFIX}_plugin_{count.name}", count.help, labels=("plugin",)), count, plugins
        )
    for count in _GAUGES:
        yield _of_each(
            GaugeMetricFamily(f"{PREFIX}_plugin_{count.name}", count.help, labels=("plugin",)), count, plugins
        )


def _actuators(actuators: Actuators) -> Iterator[Metric]:
    relays = GaugeMetricFamily(f"{PREFIX}_relay_on", "1 while the relay is on.", labels=("relay",))
    duty = GaugeMetricFamily(
        f"{PREFIX}_pwm_duty_ratio", "The part of each period that a line is high.", labels=("line",)
    )
    for relay in actuators.relays:
        relays.add_metric((relay.relay,), float(relay.on))
    for pwm in actuators.pwm:
        duty.add_metric((str(pwm.line),), pwm.duty)
    yield relays
    yield duty


def _of_each(metric: CounterMetricFamily | GaugeMetricFamily, count: _Count, plugins: Iterable[PluginStatus]) -> Metric:
    for plugin in plugins:
        metric.add_metric((plugin.name,), count.of(plugin.counters))
    return metric


def _readings(readings: Mapping[str, Any], state: WebState) -> Metric:
    metric = GaugeMetricFamily(f"{PREFIX}_reading", "The last reading; true is 1.", labels=("plugin", "key"))
    for plugin, reading in readings.items():
        if isinstance(reading, Mapping):
            for key, value in _shown(reading, state.keys_shown(plugin)).items():
                metric.add_metric((plugin, key), value)
    return metric


def _shown(reading: Mapping[str, Any], known: set[str]) -> dict[str, float]:
    """The numbers of a reading whose keys were shown before, or still have room among those."""
    found: dict[str, float] = {}
    for key, value in islice(numbers(reading), MOST_LOOKED_AT):
        if key in known or (len(known) < MOST_VALUES and len(key) <= LONGEST_KEY):
            known.add(key)
            found.setdefault(key, value)
    return found


def numbers(reading: Mapping[str, Any], deepest: int = DEEPEST) -> Iterator[tuple[str, float]]:
    """The numbers in a reading, each with its key; within objects and arrays: ``air.temperature``, ``channels.0``."""
    for key, value in reading.items():
        if len(key) > LONGEST_KEY:
            continue
        safe = key.encode(errors="backslashreplace").decode()  # half a character could not be sent
        match value:
            case bool() | int() | float():
                yield safe, _as_float(value)
            case Mapping() if deepest > 1:
                yield from ((f"{safe}.{inner}", number) for inner, number in numbers(value, deepest - 1))
            case list() if deepest > 1:
                elements = {str(index): element for index, element in enumerate(value)}
                yield from ((f"{safe}.{inner}", number) for inner, number in numbers(elements, deepest - 1))


def _as_float(value: float) -> float:
    try:
        return float(value)
    except OverflowError:  # a whole number beyond what a double holds
        return float("inf") if value > 0 else float("-inf")
