"""docs/telegraf.conf has only options of Telegraf, and finds what it needs in the messages of a node."""

from __future__ import annotations

import json
from typing import Any

import pytest

from hostcore.broker.bodies import ADDED, NodeHealth, PluginHealth, Stamp
from hostcore.broker.topics import NodeTopics
from hostcore.config.mqtt import MqttSettings
from hostcore.events.event_json import to_json
from hostcore.events.readings import ADJUSTED, FAULTY, MARK
from tests.telegraf_config import CONFIG, FILE, INPUT, PARSERS, STATUS, Made, made_of

TOPICS = NodeTopics(MqttSettings().prefix, "attic")
TIME = "2026-01-31T08:00:00.123Z"
TIME_MS = 1_769_846_400_123
STAMP = to_json(Stamp("3f2a91c0-1042", TIME))
READING = {"temperature": 21.5, "is_open": True, "air": {"quality": 90}, "channels": [1, {"deep": 2}], "text": "dry"}
MARKS = {MARK: ["i2c-1", "pulses"], FAULTY: ["i2c-1"], ADJUSTED: {"temperature": 20.0}, ADDED: STAMP}
XPATH = {"name_override", "metric_selection", "metric_name", "timestamp", "timestamp_format", "field_selection"} | {
    "field_name_expansion",
    "tags",
    "fields",
    "fields_int",
}
FILTERS = {"namepass", "namedrop", "tagexclude", "fieldexclude", "order"}
OPTIONS = {
    "agent": {"flush_interval", "omit_hostname", "skip_processors_after_aggregators", "metric_buffer_limit"},
    "inputs.mqtt_consumer": {"servers", "topics", "qos", "topic_tag", "data_format", "data_type", "topic_parsing"},
    "inputs.mqtt_consumer.commented": {"username", "password", "tls_ca", "client_id", "persistent_session"},
    "inputs.mqtt_consumer.topic_parsing": {"topic", "measurement", "tags", "fields", "types"},
    "processors.parser": {"parse_fields", "drop_original", "merge", "data_format", "xpath_native_types", "xpath"}
    | {"xpath_allow_empty_selection"},
    "processors.enum": {"mapping"},
    "processors.override": set[str](),
    "outputs.file": {"files"},
}
"""Options that the documentation of Telegraf 1.39 names, of the plugins in the file."""


def body(values: object) -> bytes:
    """Return what a node publishes of a value."""
    return json.dumps(to_json(values)).encode()


@pytest.mark.parametrize("topic", [TOPICS.reading("bme680"), TOPICS.late("bme680")])
def test_a_reading_has_its_own_time_and_every_value_whenever_it_comes(topic: str) -> None:
    assert made_of(topic, json.dumps({**READING, **MARKS}).encode()) == Made(
        "reading",
        {"node": "attic", "plugin": "bme680", "simulated": "i2c-1 pulses"},
        {
            "temperature": 21.5,
            "is_open": True,
            "air_quality": 90,
            "channels_0": 1,
            "channels_1_deep": 2,
            "text": "dry",
        },
        TIME_MS,
    )


def test_a_reading_of_real_hardware_has_an_empty_tag_which_databases_do_not_store() -> None:
    found = made_of(TOPICS.reading("bme680"), json.dumps({"temperature": 1, ADDED: STAMP}).encode())
    assert found is not None
    assert found.tags == {"node": "attic", "plugin": "bme680", "simulated": ""}


def test_what_is_no_reading_of_a_host_is_nothing() -> None:
    assert made_of(TOPICS.reading("bme680"), b'{"temperature": 1}') is None


def test_the_state_of_a_plugin_has_its_condition_and_its_counters() -> None:
    state = PluginHealth(TIME, "running", "failing", reason="0x77 is silent", readings=7, errors=2, crashes=1)
    assert made_of(TOPICS.of("bme680", "state"), body(state)) == Made(
        "state",
        {"node": "attic", "plugin": "bme680"},
        {
            "condition": "failing",
            "state": "running",
            "reason": "0x77 is silent",
            "readings": 7,
            "errors": 2,
            "crashes": 1,
        },
        TIME_MS,
    )


def test_the_health_of_a_node_has_its_numbers_as_far_as_they_are_known() -> None:
    health = NodeHealth(TIME, plugins=3, running=2, troubled_count=1, crashes=4, memory_mib=58.5, waiting=9, dropped=1)
    assert made_of(TOPICS.of("health"), body(health)) == Made(
        "health",
        {"node": "attic"},
        {"plugins": 3, "running": 2, "troubled": 1, "findings": 0, "alarms": 0, "crashes": 4}
        | {"memory_mib": 58.5, "waiting": 9, "dropped": 1},
        TIME_MS,
    )


@pytest.mark.parametrize(("payload", "number"), [(b"online", 1), (b"offline", 0)])
def test_the_status_of_a_node_is_a_number(payload: bytes, number: int) -> None:
    assert made_of(TOPICS.of("status"), payload) == Made("status", {"node": "attic"}, {"online": number})


@pytest.mark.parametrize("name", ["info", "outputs"])
def test_the_other_messages_of_a_node_are_left_out(name: str) -> None:
    assert made_of(TOPICS.of(name), b"{}") is None


def test_every_topic_has_the_prefix_that_a_host_has_without_settings() -> None:
    rules = [each["topic"] for each in INPUT["topic_parsing"]]
    assert all(topic.startswith(f"{TOPICS.prefix}/+/") for topic in (*INPUT["topics"], *rules))


def test_the_parsers_keep_the_message_so_that_telegraf_acknowledges_it_once() -> None:
    """Telegraf 1.39 acknowledges a message twice, and then stands still, if its metric is dropped and copied."""
    assert all("drop_original" not in each and each["merge"] == "override-with-timestamp" for each in PARSERS)


def _tables() -> list[tuple[str, dict[str, Any]]]:
    tables = [("agent", CONFIG["agent"]), ("inputs.mqtt_consumer", INPUT)]
    tables += [("inputs.mqtt_consumer.topic_parsing", each) for each in INPUT["topic_parsing"]]
    tables += [
        (f"{kind}.{name}", each)
        for kind in ("processors", "outputs")
        for name, found in CONFIG[kind].items()
        for each in found
    ]
    return tables


@pytest.mark.parametrize(("table", "found"), _tables(), ids=lambda each: each if isinstance(each, str) else "")
def test_every_option_is_one_of_telegraf(table: str, found: dict[str, Any]) -> None:
    assert found.keys() <= OPTIONS[table] | FILTERS


def test_every_query_is_one_of_telegraf() -> None:
    assert all(rules.keys() <= XPATH for parser in PARSERS for rules in parser["xpath"])
    assert STATUS["mapping"][0].keys() == {"fields", "dest", "value_mappings"}


def test_lines_to_uncomment_are_toml_with_options_of_telegraf() -> None:
    lines = FILE.read_text(encoding="utf-8").split("[[processors.parser]]")[0].splitlines()
    commented = {each.strip()[2:].split(" = ")[0] for each in lines if each.startswith("  # ") and " = " in each}
    assert commented == OPTIONS["inputs.mqtt_consumer.commented"]
