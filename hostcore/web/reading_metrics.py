"""The readings as Prometheus metrics: the numbers, and what each of them measures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from prometheus_client.metrics_core import GaugeMetricFamily, Metric

from hostcore.events.readings import FAULTY, MARK, unmarked, values_in
from hostcore.quantities import Quantity
from hostcore.view.plugins import Plugins, PluginStatus
from hostcore.web.web_view import WebView

MOST_VALUES = 200
"""Most keys exposed for one version of a plugin. Each is a time series, which Prometheus keeps for weeks."""
MOST_QUANTITIES = 2 * MOST_VALUES
"""Most quantities exposed for one version of a plugin, which may change what it states of a value."""
MOST_LOOKED_AT = 1000
"""Most numbers that are searched in one reading."""
LONGEST_KEY = 128
"""Most characters of an exposed key."""
DEEPEST = 8
"""Most nesting levels that are searched in a reading."""
PREFIX = "wasi_host"


class ReadingMetrics:
    """Makes the metrics of the newest round.

    Prometheus has no unit for each time series. A query joins the series with that of its quantity:
    ``wasi_host_reading * on(plugin, key) group_left(unit) wasi_host_reading_info``.

    Args:
        view: the state of the host.
    """

    def __init__(self, view: WebView) -> None:
        self._view = view
        self._shown = _SeriesShown(view.plugins)

    def collect(self) -> Iterator[Metric]:
        """Yield the numbers, and what they measure. Nothing before the first round.

        The labels ``simulated`` and ``injected`` name the simulated buses and those with faults on demand on which a
        reading depends.
        """
        newest = self._view.rounds.newest
        if newest is None:
            return
        values = GaugeMetricFamily(
            f"{PREFIX}_reading",
            f"The last reading; true is 1. simulated: these buses are. {PREFIX}_reading_info has the units.",
        )
        info = GaugeMetricFamily(
            f"{PREFIX}_reading_info", "What a reading measures; always 1. guessed: the host guesses it from the key."
        )
        self._shown.keep(newest.readings)
        for plugin, reading in newest.readings.items():
            if isinstance(reading, Mapping):
                self._add(plugin, reading, values, info)
        yield values
        yield info

    def _add(self, plugin: str, reading: Mapping[str, Any], values: GaugeMetricFamily, info: GaugeMetricFamily) -> None:
        """Add the numbers of one plugin's reading to both metrics."""
        mark = {label: ",".join(reading[label]) for label in (MARK, FAULTY) if label in reading}
        for key, value in self._shown.numbers(plugin, unmarked(reading)).items():
            values.add_sample(values.name, {"plugin": plugin, "key": key, **mark}, value)
            quantity = self._view.values.of(plugin, key.split("."))
            if self._shown.takes(plugin, key, quantity):
                info.add_sample(info.name, {"plugin": plugin, "key": key, **_labels(quantity)}, 1)


def _labels(quantity: Quantity) -> dict[str, str]:
    return {
        "unit": quantity.unit,
        "device_class": quantity.device_class,
        "state_class": quantity.state_class,
        "guessed": "true" if quantity.is_guessed else "false",
    }


class _SeriesShown:
    """Keys and quantities of each plugin that became time series. A new version of a plugin starts with none."""

    def __init__(self, plugins: Plugins) -> None:
        self._plugins = plugins
        self._of: dict[str, tuple[PluginStatus | None, int, set[str], set[tuple[str, Quantity]]]] = {}

    def numbers(self, plugin: str, reading: Mapping[str, Any]) -> dict[str, float]:
        """The numbers to expose: keys that were exposed before, and new keys up to the limit."""
        known, _ = self._series(plugin)
        found: dict[str, float] = {}
        for key, value in islice(numbers(reading), MOST_LOOKED_AT):
            if key in known or (len(known) < MOST_VALUES and len(key) <= LONGEST_KEY):
                known.add(key)
                found.setdefault(key, value)
        return found

    def takes(self, plugin: str, key: str, quantity: Quantity) -> bool:
        """Whether to expose what a key measures: as before, or something new up to the limit."""
        _, known = self._series(plugin)
        if len(known) < MOST_QUANTITIES:
            known.add((key, quantity))
        return (key, quantity) in known

    def keep(self, readings: Mapping[str, Any]) -> None:
        """Drop names that are neither plugins nor in the readings."""
        gone = [name for name in self._of if name not in readings and self._plugins.get(name) is None]
        for name in gone:
            del self._of[name]

    def _series(self, name: str) -> tuple[set[str], set[tuple[str, Quantity]]]:
        status = self._plugins.get(name)
        reloaded_ns = status.reloaded_ns if status else 0
        known = self._of.get(name)
        if known is None or (known[0], known[1]) != (status, reloaded_ns):
            known = self._of[name] = status, reloaded_ns, set(), set()
        return known[2], known[3]


def numbers(reading: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    """Find the numbers in a reading, with their keys. Nested keys look like ``air.temperature`` and ``channels.0``."""
    for path, value in values_in(reading, DEEPEST):
        if isinstance(value, int | float) and all(len(key) <= LONGEST_KEY for key in path):
            yield encodable(".".join(path)), _as_float(value)


def encodable(text: str) -> str:
    """`text` with escapes for lone surrogates, which UTF-8 cannot encode."""
    return text.encode(errors="backslashreplace").decode()


def _as_float(value: float) -> float:
    try:
        return float(value)
    except OverflowError:  # the whole number is too large for a double
        return float("inf") if value > 0 else float("-inf")
