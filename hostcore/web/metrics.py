"""``/metrics``: the host's state as Prometheus metrics. Names and units follow Prometheus's instrumentation guide."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from prometheus_client.samples import Sample

from hostcore.clock import NS_PER_S
from hostcore.events import Counters, State
from hostcore.quick_dataclass import dataclass
from hostcore.view.alarms import Alarms
from hostcore.view.broker import Broker
from hostcore.view.findings import Findings
from hostcore.view.outputs import Outputs
from hostcore.view.plugins import PluginStatus
from hostcore.web.readers import Readers
from hostcore.web.reading_metrics import PREFIX, ReadingMetrics, encodable
from hostcore.web.web_view import WebView

CONTENT_TYPE = CONTENT_TYPE_LATEST


@dataclass(frozen=True, slots=True)
class _Count:
    """One of a plugin's counters, as a metric."""

    name: str
    help: str
    of: Callable[[Counters], float]


_TOTALS = (
    _Count("calls", "Calls of the plugin.", lambda c: c.calls),
    _Count("errors", "Calls that returned an error.", lambda c: c.errors),
    _Count("restarts", "Instances created after the first one.", lambda c: c.restarts),
    _Count("reloads", "New versions of the plugin's file that took over.", lambda c: c.reloads),
    _Count("recycles", "Instances replaced before a leak reached the memory limit.", lambda c: c.recycles),
    _Count("denied", "Accesses that were denied.", lambda c: c.denied),
    _Count("transfers", "Transfers on buses.", lambda c: c.transfers),
    _Count("bus_seconds", "Time that the plugin held buses.", lambda c: c.bus_time_ns / NS_PER_S),
    _Count("throttled_seconds", "Time that the plugin waited for its bus share.", lambda c: c.throttled_ns / NS_PER_S),
    _Count("read_bytes", "Bytes read from devices.", lambda c: c.bytes_read),
    _Count("written_bytes", "Bytes written to devices.", lambda c: c.bytes_written),
    _Count("log_lines_dropped", "Log lines above the limit.", lambda c: c.lines_dropped),
)
_GAUGES = (
    _Count("call_median_seconds", "Median duration of the last calls.", lambda c: c.call_p50_ns / NS_PER_S),
    _Count("call_p99_seconds", "99th percentile of the last calls' durations.", lambda c: c.call_p99_ns / NS_PER_S),
    _Count("call_longest_seconds", "Duration of the longest call.", lambda c: c.call_max_ns / NS_PER_S),
    _Count("memory_bytes", "Size of the instance's linear memory.", lambda c: c.memory_bytes),
    _Count("host_bytes", "Most of the host's memory that one call took (an estimate).", lambda c: c.host_bytes),
)


class Metrics(Collector):
    """Collects the metrics of one host.

    Args:
        view: the state of the host.
        readers: the readers of the event stream.
    """

    def __init__(self, view: WebView, readers: Readers) -> None:
        self._view, self._readers = view, readers
        self._readings = ReadingMetrics(view)

    def exposition(self) -> bytes:
        """All metrics in the Prometheus text format."""
        registry = CollectorRegistry(auto_describe=False)
        registry.register(self)
        return generate_latest(registry)

    def collect(self) -> Iterator[Metric]:
        """Yield all metrics. Text of a plugin or a far host that cannot be encoded has escapes in the labels."""
        for metric in self._all():
            metric.samples = [*map(_encodable, metric.samples)]
            yield metric

    def _all(self) -> Iterator[Metric]:
        yield from self._host()
        yield from _plugins(self._view.plugins.all())
        yield from _actuators(self._view.outputs)
        yield _findings(self._view.findings)
        yield _alarms(self._view.alarms)
        yield from self._readings.collect()

    def _host(self) -> Iterator[Metric]:
        facts, view = self._view.facts, self._view
        info = GaugeMetricFamily(f"{PREFIX}_info", "The host; always 1.", labels=("version", "reality"))
        info.add_metric((facts.version, "simulated" if facts.is_simulated else "real"), 1)
        yield info
        yield GaugeMetricFamily(
            f"{PREFIX}_start_time_seconds", "When the host started, Unix time.", facts.started_ns / NS_PER_S
        )
        yield GaugeMetricFamily(
            f"{PREFIX}_faults_on_demand", "Faults that a person or host.toml has switched on.", len(view.faults.all)
        )
        newest = view.rounds.newest
        yield CounterMetricFamily(f"{PREFIX}_rounds", "Rounds of readings.", newest.number if newest else 0)
        yield GaugeMetricFamily(
            f"{PREFIX}_last_round_time_seconds",
            "When the last round was complete, Unix time.",
            newest.time_ns / NS_PER_S if newest else 0,
        )
        yield GaugeMetricFamily(
            f"{PREFIX}_readings_left_out",
            "Readings that the last round had no room for.",
            len(newest.left_out) if newest else 0,
        )
        yield GaugeMetricFamily(f"{PREFIX}_event_readers", "Readers of /api/events.", len(self._readers))
        yield CounterMetricFamily(
            f"{PREFIX}_events_dropped",
            "Events lost by the web or by slow readers.",
            view.dropped + self._readers.dropped,
        )
        yield from _broker(view.broker)


def _encodable(sample: Sample) -> Sample:
    if "".join(sample.labels.values()).isascii():
        return sample
    return sample._replace(labels={name: encodable(value) for name, value in sample.labels.items()})


def _plugins(plugins: Sequence[PluginStatus]) -> Iterator[Metric]:
    states = GaugeMetricFamily(
        f"{PREFIX}_plugin_state", "1 for the state that the plugin is in.", labels=("plugin", "state")
    )
    crashes = CounterMetricFamily(f"{PREFIX}_plugin_crashes", "Instances that crashed.", labels=("plugin", "kind"))
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


def _broker(broker: Broker) -> Iterator[Metric]:
    """The connection to the MQTT broker, if one is wanted."""
    if (newest := broker.newest) is None:
        return
    connected = f"{PREFIX}_mqtt_connected"
    yield GaugeMetricFamily(connected, "Whether the MQTT broker is connected.", int(broker.lost is None))
    waiting = f"{PREFIX}_mqtt_readings_waiting"
    yield GaugeMetricFamily(waiting, "Readings that the MQTT broker has not confirmed in time.", newest.waiting)
    dropped = f"{PREFIX}_mqtt_readings_dropped"
    yield CounterMetricFamily(dropped, "Readings that the MQTT broker will never get.", newest.dropped)
    twin = f"{PREFIX}_mqtt_name_conflict"
    yield GaugeMetricFamily(twin, "Whether another host has the name of this one there.", int(bool(newest.twin)))


def _actuators(outputs: Outputs) -> Iterator[Metric]:
    relays = GaugeMetricFamily(f"{PREFIX}_relay_on", "1 while the relay is on.", labels=("relay",))
    duty = GaugeMetricFamily(f"{PREFIX}_pwm_duty_ratio", "Part of each period that the line is high.", labels=("line",))
    for name, switched in outputs.relays.items():
        relays.add_metric((name,), float(switched is not None and switched.on))
    for line, modulated in (outputs.pwm | outputs.modulated).items():
        duty.add_metric((str(line),), modulated.duty if modulated else 0)
    yield relays
    yield duty


def _findings(findings: Findings) -> Metric:
    metric = GaugeMetricFamily(
        f"{PREFIX}_findings", "Causes of trouble that the diagnosis finds now.", labels=("kind", "confidence")
    )
    for (kind, confidence), count in sorted(findings.counts().items()):
        metric.add_metric((kind, confidence), count)
    return metric


def _alarms(alarms: Alarms) -> Metric:
    metric = GaugeMetricFamily(
        f"{PREFIX}_alarm", "1 while the alarm of host.toml is raised, acknowledged or not.", labels=("alarm",)
    )
    for alarm, state in alarms.states():
        metric.add_metric((alarm.name,), float(state.is_active))
    return metric


def _of_each(metric: CounterMetricFamily | GaugeMetricFamily, count: _Count, plugins: Sequence[PluginStatus]) -> Metric:
    for plugin in plugins:
        metric.add_metric((plugin.name,), count.of(plugin.counters))
    return metric
