"""``/metrics``: read with the official parser, named as Prometheus wants it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from hostcore.events import (
    Confidence,
    Counters,
    CountersTaken,
    Event,
    Finding,
    FindingCleared,
    FindingRaised,
    LeftOut,
    PluginReloaded,
    PwmSet,
    RelaySwitched,
    RoundCompleted,
    State,
    StateChanged,
    ValuesDescribed,
)
from hostcore.quantities import DescribedValue, Quantity
from hostcore.web.metrics import Metrics
from hostcore.web.readers import Readers
from hostcore.web.reading_metrics import LONGEST_KEY, MOST_QUANTITIES, MOST_VALUES
from hostcore.web.web_view import WebView
from tests.scripted_session import host_facts, plugin_facts

Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)
BUSY = Counters(
    calls=12,
    errors=2,
    crashes=(("trap", 3),),
    restarts=3,
    call_p50_ns=1_500_000,
    memory_bytes=1 << 20,
    host_bytes=2 << 20,
    bus_time_ns=5 * 10**8,
)


def text_of(*events: Event) -> str:
    view = WebView(host_facts(started_ns=1_500_000_000), [plugin_facts("light")])
    view.fold(events)
    return metrics_of(view).exposition().decode()


def metrics_of(view: WebView) -> Metrics:
    return Metrics(view, Readers(view))


def samples(text: str) -> Samples:
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def sample(found: Samples, name: str, **labels: str) -> float:
    return found[name, frozenset(labels.items())]


def reading(values: Any) -> dict[str, float]:
    """The keys and values of the plugin ``light``."""
    found = samples(text_of(RoundCompleted(1, 1, {"timestamp": "2026", "light": values})))
    return {dict(labels)["key"]: value for (name, labels), value in found.items() if name == "wasi_host_reading"}


def test_findings_are_counted_by_kind_and_confidence() -> None:
    found = [Finding("loose-wire", "A.", "B.", Confidence.LIKELY, address=each) for each in (1, 2)]
    gone = Finding("slow", "A.", "B.", Confidence.CERTAIN)
    raised = [FindingRaised(1, each, 1) for each in (*found, gone)]
    values = samples(text_of(*raised, FindingCleared(2, gone)))
    assert sample(values, "wasi_host_findings", kind="loose-wire", confidence="likely") == 2
    assert [labels for name, labels in values if name == "wasi_host_findings"] == [
        frozenset({"kind": "loose-wire", "confidence": "likely"}.items())
    ]


def test_the_hosts_figures() -> None:
    found = samples(text_of(RoundCompleted(2_000_000_000, 17, {})))
    assert sample(found, "wasi_host_info", version="1.0", reality="simulated") == 1
    assert sample(found, "wasi_host_start_time_seconds") == 1.5
    assert sample(found, "wasi_host_rounds_total") == 17
    assert sample(found, "wasi_host_last_round_time_seconds") == 2
    assert sample(found, "wasi_host_event_readers") == 0
    assert sample(found, "wasi_host_events_dropped_total") == 0


def test_a_plugins_figures() -> None:
    found = samples(
        text_of(StateChanged(1, "light", State.LOADING, State.RUNNING, ""), CountersTaken(1, "light", BUSY))
    )
    assert sample(found, "wasi_host_plugin_state", plugin="light", state="running") == 1
    assert sample(found, "wasi_host_plugin_state", plugin="light", state="quarantined") == 0
    assert sample(found, "wasi_host_plugin_crashes_total", plugin="light", kind="trap") == 3
    assert sample(found, "wasi_host_plugin_calls_total", plugin="light") == 12
    assert sample(found, "wasi_host_plugin_call_median_seconds", plugin="light") == 0.0015
    assert sample(found, "wasi_host_plugin_memory_bytes", plugin="light") == 1 << 20
    assert sample(found, "wasi_host_plugin_host_bytes", plugin="light") == 2 << 20
    assert sample(found, "wasi_host_plugin_bus_seconds_total", plugin="light") == 0.5


def test_the_actuators() -> None:
    found = samples(text_of(RelaySwitched(1, "light", "fan", True), PwmSet(1, "light", 12, 0.25, 100.0)))
    assert sample(found, "wasi_host_relay_on", relay="fan") == 1
    assert sample(found, "wasi_host_pwm_duty_ratio", line="12") == 0.25


def test_actuators_that_were_never_used_are_off() -> None:
    view = WebView(host_facts(relays=("fan",)), [plugin_facts("light", "pwm:18")])
    found = samples(metrics_of(view).exposition().decode())
    assert sample(found, "wasi_host_relay_on", relay="fan") == 0
    assert sample(found, "wasi_host_pwm_duty_ratio", line="18") == 0


def test_readings_that_a_round_has_no_room_for_are_counted() -> None:
    missing = LeftOut("light", 600_000, 1, "the reading is left out")
    assert sample(samples(text_of(RoundCompleted(1, 1, {}, (missing,)))), "wasi_host_readings_left_out") == 1


def test_a_far_hosts_text_that_cannot_be_encoded_is_escaped_and_hides_nothing() -> None:
    odd = Counters(crashes=(("\ud800", 3),))
    plugin = StateChanged(1, "\udc80", State.LOADING, State.RUNNING, "")
    finding = FindingRaised(1, Finding("\ud801", "A.", "B.", Confidence.LIKELY), 1)
    found = samples(
        text_of(
            plugin, CountersTaken(1, "\udc80", odd), finding, RelaySwitched(1, "", "\ud802", True),
            RoundCompleted(2, 1, {"\udc80": {"x": 5, "simulated": ["\ud803"]}}),
        )
    )  # fmt: skip
    assert sample(found, "wasi_host_plugin_crashes_total", plugin=r"\udc80", kind=r"\ud800") == 3
    assert sample(found, "wasi_host_findings", kind=r"\ud801", confidence="likely") == 1
    assert sample(found, "wasi_host_relay_on", relay=r"\ud802") == 1
    assert sample(found, "wasi_host_reading", plugin=r"\udc80", key="x", simulated=r"\ud803") == 5


def test_a_reading_is_its_numbers_however_deep() -> None:
    values = {"lux": 3.5, "air": {"co2": 400, "ok": True}, "channels": [1, {"gain": 2}], "name": "x", "none": None}
    assert reading(values) == {"lux": 3.5, "air.co2": 400, "air.ok": 1, "channels.0": 1, "channels.1.gain": 2}


def test_a_reading_cannot_become_a_flood_of_series() -> None:
    assert len(reading({f"key{number}": number for number in range(10_000)})) == MOST_VALUES


def test_nor_can_readings_whose_keys_change_each_time() -> None:
    view = WebView(host_facts(), [plugin_facts("light"), plugin_facts("dark")])
    metrics = metrics_of(view)
    found: set[str] = set()
    for number in range(3 * MOST_VALUES):
        view.fold([RoundCompleted(1, number, {"light": {f"key{number}": 1, "lux": 2}, "dark": {"lux": 3}})])
        text = metrics.exposition().decode()
        found |= set(re.findall("wasi_host_reading{.*}", text))
        assert 'wasi_host_reading{key="lux",plugin="light"} 2.0' in text, "those that came first stay"
    assert len(found) == MOST_VALUES + 1


def test_a_new_version_of_a_plugin_may_have_other_keys() -> None:
    view = WebView(host_facts(), [plugin_facts("light")])
    metrics = metrics_of(view)
    view.fold([RoundCompleted(1, 1, {"light": {f"key{number}": 1 for number in range(MOST_VALUES)}})])
    assert len(reading_keys(metrics)) == MOST_VALUES
    view.fold([RoundCompleted(2, 2, {"light": {"lux": 2}})])
    assert not reading_keys(metrics)
    view.fold([PluginReloaded(3, "light", "2")])
    assert sample(samples(metrics.exposition().decode()), "wasi_host_reading", plugin="light", key="lux") == 2


def test_a_plugin_that_comes_back_may_have_other_keys_too() -> None:
    view = WebView(host_facts(), [plugin_facts("light")])
    metrics = metrics_of(view)
    view.fold([RoundCompleted(1, 1, {"light": {f"key{number}": 1 for number in range(MOST_VALUES)}})])
    metrics.exposition()
    view.know([])
    view.know([plugin_facts("light")])
    view.fold([RoundCompleted(2, 2, {"light": {"lux": 2}})])
    assert reading_keys(metrics) == {"lux"}


def reading_keys(metrics: Metrics) -> set[str]:
    found = samples(metrics.exposition().decode())
    return {dict(labels)["key"] for name, labels in found if name == "wasi_host_reading"}


def test_a_series_is_there_once_whatever_the_keys() -> None:
    values = {"a": {"b": 1}, "a.b": 2, "half \ud800": 3, "half \\ud800": 4}
    lines = re.findall("wasi_host_reading{.*", text_of(RoundCompleted(1, 1, {"light": values})))
    assert lines == [
        'wasi_host_reading{key="a.b",plugin="light"} 1.0',
        r'wasi_host_reading{key="half \\ud800",plugin="light"} 3.0',
    ]


def test_a_key_that_is_a_text_of_its_own_is_left_out() -> None:
    assert reading({"x" * LONGEST_KEY: 1, "x" * (LONGEST_KEY + 1): 2}) == {"x" * LONGEST_KEY: 1}


def test_a_failed_reading_has_no_numbers() -> None:
    assert reading({"error": "no acknowledge"}) == {}


def test_numbers_beyond_a_double_are_infinite() -> None:
    assert reading({"huge": 10**400, "tiny": -(10**400)}) == {"huge": float("inf"), "tiny": float("-inf")}


@given(st.dictionaries(st.text(st.characters(exclude_categories=())), JSON, max_size=5))
def test_whatever_a_plugin_reads_the_official_parser_takes_it(values: dict[str, Any]) -> None:
    reading(values)


@pytest.mark.parametrize(
    "family",
    list(text_string_to_metric_families(text_of(CountersTaken(1, "light", BUSY)))),
    ids=lambda family: family.name,
)
def test_every_metric_is_named_as_promtool_wants_it(family: Any) -> None:
    assert re.fullmatch("wasi_host(_[a-z0-9]+)+", family.name)
    assert family.documentation.endswith(".")
    assert not re.search("milli|micro|nano|_ms$|_us$|_ns$|kib|mib|percent", family.name), "base units"
    assert "quantile" not in {label for sample in family.samples for label in sample.labels}
    assert all(sample.name.endswith("_total") == (family.type == "counter") for sample in family.samples)


def test_a_reading_of_simulated_buses_has_them_as_a_label() -> None:
    readings = {"light": {"lux": 2, "simulated": ["gpio", "i2c-1"]}, "air": {"co2": 400}}
    found = samples(text_of(RoundCompleted(1, 1, readings)))
    assert sample(found, "wasi_host_reading", plugin="light", key="lux", simulated="gpio,i2c-1") == 2
    assert sample(found, "wasi_host_reading", plugin="air", key="co2") == 400


def test_what_a_reading_measures_is_a_series_beside_it() -> None:
    celsius = Quantity("°C", "temperature", "measurement", 1, "Probe")
    found = samples(
        text_of(
            ValuesDescribed(1, "light", (DescribedValue("probe.t", celsius),)),
            RoundCompleted(1, 1, {"light": {"probe": {"t": 20}, "humidity": 40, "name": "x"}}),
        )
    )
    name = "wasi_host_reading_info"
    described = {"unit": "°C", "device_class": "temperature", "state_class": "measurement", "guessed": "false"}
    assert sample(found, name, plugin="light", key="probe.t", **described) == 1
    guessed = {"unit": "%", "device_class": "humidity", "state_class": "measurement", "guessed": "true"}
    assert sample(found, name, plugin="light", key="humidity", **guessed) == 1
    assert [each for each, _ in found].count(name) == 2, "texts have no number to join with"


def test_a_driver_that_changes_its_units_each_time_makes_few_series() -> None:
    view = WebView(host_facts(), [plugin_facts("light")])
    metrics = metrics_of(view)
    found: set[str] = set()
    for number in range(2 * MOST_QUANTITIES):
        view.fold([ValuesDescribed(1, "light", (DescribedValue("lux", Quantity(f"u{number}")),))])
        view.fold([RoundCompleted(1, number, {"light": {"lux": 2}})])
        found |= set(re.findall("wasi_host_reading_info{.*}", metrics.exposition().decode()))
    assert len(found) == MOST_QUANTITIES


def test_a_far_host_that_was_started_again_has_its_new_start() -> None:
    view = WebView(host_facts(started_ns=1_500_000_000))
    view.know_host(host_facts(started_ns=2_500_000_000), ())
    found = samples(metrics_of(view).exposition().decode())
    assert sample(found, "wasi_host_start_time_seconds") == 2.5
