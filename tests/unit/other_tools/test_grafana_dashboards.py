"""The dashboards for Grafana ask for metrics, labels, measurements and units that exist; their panels fit together."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from hostcore import shipped
from hostcore.events import (
    BrokerReached,
    Counters,
    CountersTaken,
    RoundCompleted,
    State,
)
from hostcore.quantities.vocabulary import DEVICE_CLASSES
from hostcore.web.metrics import Metrics
from hostcore.web.readers import Readers
from hostcore.web.web_view import WebView
from tests.scripted_session import host_facts, plugin_facts
from tests.telegraf_config import INPUT, PARSERS, STATUS

FOLDER = shipped.folder() / "docs" / "grafana"
FILES = sorted(FOLDER.glob("*.json"))
WIDTH = 24
"""Columns of a dashboard of Grafana."""
UNITS = {"celsius": "°C", "percent": "%", "pressurehpa": "hPa", "lux": "lx", "ppm": "ppm"} | {
    "volt": "V",
    "amp": "A",
    "watt": "W",
}
"""Grafana's units of readings, and ours."""
OTHER_UNITS = {"short", "s", "bytes", "mbytes", "ops", "percentunit", "bool_on_off", "dateTimeFromNow"}
"""Grafana's units of what the host itself measures."""
FROM_PROMETHEUS = {"instance", "job"}
LABELS_WITHOUT_SAMPLES = {"alarm", "relay", "line"}
"""Labels of metrics that need settings to have samples."""


def dashboard(file: Path) -> dict[str, Any]:
    found = json.loads(file.read_text(encoding="utf-8"))
    assert isinstance(found, dict)
    return found


def panels(file: Path) -> list[dict[str, Any]]:
    return [*dashboard(file)["panels"]]


def queries(name: str, key: str) -> Iterator[tuple[dict[str, Any], str]]:
    for panel in panels(FOLDER / name):
        for target in panel.get("targets", ()):
            yield panel, target[key]


def exposed() -> tuple[set[str], set[str]]:
    """Return the names of all metrics of a host, and those of the labels."""
    view = WebView(host_facts(), [plugin_facts("light")])
    counters = Counters(crashes=(("trap", 1),))
    reading = {"light": {"temperature": 1.0, "simulated": ["i2c-1"]}}
    view.fold(
        [
            BrokerReached(1, "mqtt://x", 1),
            CountersTaken(1, "light", counters),
            RoundCompleted(1, 1, reading),
        ]
    )
    names, labels = set(), set(LABELS_WITHOUT_SAMPLES)
    for family in text_string_to_metric_families(Metrics(view, Readers(view)).exposition().decode()):
        names |= {f"{family.name}_total" if family.type == "counter" else family.name}
        for sample in family.samples:
            labels |= set(sample.labels)
    return names, labels


def test_each_metric_is_one_of_the_host() -> None:
    names, _ = exposed()
    asked = {name for _, query in queries("metrics.json", "expr") for name in re.findall(r"wasi_host_\w+", query)}
    assert asked <= names
    assert {"wasi_host_reading", "wasi_host_plugin_state", "wasi_host_mqtt_connected"} <= asked


def test_each_label_is_one_of_the_host() -> None:
    _, labels = exposed()
    asked = set[str]()
    for _, query in queries("metrics.json", "expr"):
        for selector in re.findall(r"\{([^}]*)\}", query):
            asked |= set(re.findall(r"(\w+)\s*(?:=|!)", selector))
        for grouped in re.findall(r"(?:by|on|group_left) ?\(([^)]*)\)", query):
            asked |= {each.strip() for each in grouped.split(",")}
    assert asked <= labels | FROM_PROMETHEUS


def test_each_state_is_one_of_a_plugin() -> None:
    text = (FOLDER / "metrics.json").read_text(encoding="utf-8")
    (states,) = re.findall(r'state!~\\"([\w|]+)\\"', text)
    assert set(states.split("|")) <= {each.value for each in State}


def test_readings_are_shown_in_the_unit_that_the_query_asks_for() -> None:
    known = {unit for each in DEVICE_CLASSES.values() for unit in each.units}
    for panel, query in queries("metrics.json", "expr"):
        unit = panel["fieldConfig"]["defaults"]["unit"]
        wanted = re.findall(r'reading_info\{unit="([^"]+)"\}', query)
        assert wanted == ([UNITS[unit]] if unit in UNITS else [])
        assert unit in UNITS or unit in OTHER_UNITS
    assert set(UNITS.values()) <= known


def test_no_reading_is_left_out() -> None:
    (rest,) = [query for panel, query in queries("metrics.json", "expr") if panel["title"] == "Other readings"]
    (left_out,) = re.findall(r'unit!~"([^"]+)"', rest)
    assert set(left_out.split("|")) == set(UNITS.values())


def test_each_measurement_field_and_tag_is_one_that_telegraf_writes() -> None:
    written = {"status": {"online"}, "reading": {"$value"}}
    assert STATUS["mapping"][0]["dest"] in written["status"]
    for parser in PARSERS:
        for rules in parser["xpath"]:
            fields = {**rules.get("fields", {}), **rules.get("fields_int", {})}
            written.setdefault(rules["metric_name"].strip("'"), set()).update(fields)
    tags = {level for rule in INPUT["topic_parsing"] for level in rule.get("tags", "").split("/")} | {"simulated"}
    for _, query in queries("broker.json", "query"):
        (measurement,) = re.findall(r'FROM "(\w+)"', query)
        selected = query.partition(" FROM ")[0].removeprefix("SELECT ")
        assert {re.findall(r'"([^"]+)"', each)[0] for each in selected.split(", ")} <= written[measurement]
        grouped = query.partition(" GROUP BY ")[2]
        asked = re.findall(r'"(\w+)" =~', query) + re.findall(r'"(\w+)"', grouped)
        assert set(asked) <= tags


@pytest.mark.parametrize("file", FILES, ids=lambda each: each.name)
def test_panels_are_side_by_side_and_have_what_they_need(file: Path) -> None:
    taken = set[tuple[int, int]]()
    for panel in panels(file):
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert place["x"] + place["w"] <= WIDTH
        assert not cells & taken
        taken |= cells
        if panel["type"] != "row":
            assert panel["targets"]
            assert panel["description"]
    ids = [panel["id"] for panel in panels(file)]
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("file", FILES, ids=lambda each: each.name)
def test_every_variable_is_defined(file: Path) -> None:
    """Grafana's own begin with two underscores, or name the time; those of an alias are tags and columns."""
    defined = {each["name"] for each in dashboard(file)["templating"]["list"]}
    found = dashboard(file)
    text = json.dumps([found["panels"], found["templating"]], ensure_ascii=False)
    used = set(re.findall(r"\$\{?([a-zA-Z]\w*)", text))
    assert used - {"timeFilter", "col"} - {each for each in used if each.startswith("tag_")} == defined


@pytest.mark.parametrize("file", FILES, ids=lambda each: each.name)
def test_a_dashboard_takes_any_data_source(file: Path) -> None:
    sources = {panel["datasource"]["uid"] for panel in panels(file) if panel["type"] != "row"}
    assert sources == {"${datasource}"}
