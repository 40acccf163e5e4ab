"""The payloads that announce a plugin and a node."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostcore.broker.bodies import ValueInfo
from hostcore.broker.groups import CommandGroup
from hostcore.broker.outputs import LineState, NodeOutputs, StripState
from hostcore.broker.topics import NodeTopics
from hostcore.home_assistant import device, outputs
from hostcore.home_assistant.accepted import accepted
from hostcore.home_assistant.names import key_id, title
from hostcore.home_assistant.site import Site, expiry
from hostcore.home_assistant.values import Kind, Value
from tests.home_assistant.node import OUTPUTS_OF_NODE, node_site
from tests.home_assistant.rendering import rendered


def value(*path: str, kind: Kind = Kind.NUMBER, **info: Any) -> Value:
    return Value(path, kind, ValueInfo(".".join(path), **info))


def components(payload: bytes) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(payload)["cmps"]
    return found


TEMPERATURE = value("t", unit="°C", device_class="temperature", state_class="measurement", decimals=1, name="Air")


def test_a_plugin_is_a_device_behind_its_node() -> None:
    found = json.loads(device.of_plugin(node_site("attic"), "bme680", [TEMPERATURE], interval=2).payload)
    assert found["dev"]["ids"] == ["wasi-host/attic/bme680"]
    assert found["dev"]["via_device"] == "wasi-host/attic"
    assert found["o"]["name"] == "WASI Python Host"
    assert found["avty_mode"] == "all"
    assert [each["t"] for each in found["avty"]] == ["wasi-host/attic/status", "wasi-host/attic/bme680/state"]
    own = found["cmps"]["number-t"]
    assert own.items() >= {
        "p": "sensor", "name": "Air", "unit_of_meas": "°C", "dev_cla": "temperature", "stat_cla": "measurement",
        "sug_dsp_prc": 1, "exp_aft": 6, "def_ent_id": "sensor.attic_bme680_t",
        "uniq_id": "wasi-host/attic/bme680/number-t",
    }.items()  # fmt: skip


def test_a_simulated_plugin_says_so_in_its_name() -> None:
    found = device.of_plugin(node_site("attic"), "bme680", [TEMPERATURE], interval=2, simulated=("i2c-1",))
    assert json.loads(found.payload)["dev"]["name"] == "attic bme680 (simulated)"
    attributes = components(found.payload)["number-t"]["json_attr_tpl"]
    assert json.loads(rendered(attributes, '{"t": 1, "simulated": ["i2c-1"]}')) == {
        "simulated": ["i2c-1"],
        "injected": [],
    }


def test_two_nodes_with_names_that_run_together_stay_apart() -> None:
    first, second = node_site("a"), node_site("a_b")
    assert first.plugin_topic("b_c") != second.plugin_topic("c")
    assert first.identifier("b_c") != second.identifier("c")


@pytest.mark.parametrize(
    ("state", "available"),
    [
        ("running", "online"),
        ("backoff", "online"),
        ("loading", "online"),
        ("quarantined", "offline"),
        ("stopped", "offline"),
    ],
)
def test_a_value_is_available_unless_its_plugin_waits_for_a_person(state: str, available: str) -> None:
    template = node_site("attic").running("bme680")["val_tpl"]
    assert rendered(template, json.dumps({"state": state})) == available
    assert rendered(template, "") == "offline"


@pytest.mark.parametrize(
    ("info", "found"),
    [
        (ValueInfo("x", "°C", "humidity", "measurement"), {"unit_of_meas": "°C", "stat_cla": "measurement"}),
        (ValueInfo("x", "", "temperature"), {}),
        (ValueInfo("x", "", "timestamp"), {}),
        (ValueInfo("x", "kWh", "energy", "measurement"), {"unit_of_meas": "kWh", "dev_cla": "energy"}),
        (ValueInfo("x", "%", "", "measurement_angle"), {"unit_of_meas": "%"}),
        (ValueInfo("x", "μg/m³", "pm25"), {"unit_of_meas": "µg/m³", "dev_cla": "pm25"}),
        (ValueInfo("x", "ppm", "ozone"), {"unit_of_meas": "ppm"}),
        (ValueInfo("x", "furlongs", "invented", "odd", decimals=-1), {"unit_of_meas": "furlongs"}),
    ],
)
def test_what_home_assistant_would_refuse_is_left_out(info: ValueInfo, found: dict[str, Any]) -> None:
    assert accepted(info) == found


@given(st.lists(st.lists(st.text(max_size=80), min_size=1, max_size=4).map(tuple), unique=True, max_size=30))
def test_different_keys_have_different_ids(paths: list[tuple[str, ...]]) -> None:
    ids = [key_id(path) for path in paths]
    assert len(set(ids)) == len(ids)
    assert all(each.isascii() and " " not in each and len(each) < 70 for each in ids)


@pytest.mark.parametrize(
    ("path", "name"),
    [
        (("air", "temperature"), "Air temperature"),
        (("cpu_load",), "CPU load"),
        (("\x1b[31m",), "[31m"),
        (("  ",), "Value"),
        (("CO2",), "CO2"),
    ],
)
def test_a_value_without_a_name_is_named_after_its_keys(path: tuple[str, ...], name: str) -> None:
    assert title(path) == name


def test_a_plugin_with_a_thousand_values_makes_a_hundred_entities() -> None:
    many = [value(f"v{number}") for number in range(1000)]
    found = device.of_plugin(node_site("attic"), "greedy", many, interval=2)
    assert found.left_out == 900
    assert sum(key.startswith("number-") for key in components(found.payload)) == 100


def test_no_payload_is_longer_than_brokers_take() -> None:
    many = [value(*("\n" * 30 for _ in range(4)), f"v{number}") for number in range(100)]
    found = device.of_plugin(node_site("x" * 64), "p" * 32, many, interval=2)
    assert len(found.payload) <= device.MOST_BYTES
    assert found.left_out > 0


def test_what_is_gone_is_only_a_platform() -> None:
    gone = {"number-old": "sensor", "number-t": "sensor"}
    found = components(device.of_plugin(node_site("attic"), "bme680", [TEMPERATURE], interval=2, gone=gone).payload)
    assert found["number-old"] == {"p": "sensor"}
    assert found["number-t"]["name"] == "Air"


@pytest.mark.parametrize(("interval", "seconds"), [(2.0, 6), (0.1, 2), (60.0, 151)])
def test_a_value_expires_after_two_and_a_half_intervals(interval: float, seconds: int) -> None:
    assert expiry(interval) == {"exp_aft": seconds}


def test_a_script_without_an_interval_has_values_that_do_not_expire() -> None:
    assert expiry(0) == {}


def driven(site: Site) -> dict[str, Any]:
    return components(device.of_node(site, outputs.of_node(site, OUTPUTS_OF_NODE)).payload)


def test_outputs_are_only_shown_where_no_command_is_allowed() -> None:
    found = driven(node_site("attic"))
    platforms = {key: each["p"] for key, each in found.items() if not key.startswith("host-")}
    assert platforms == {
        "binary_sensor-relays.fan": "binary_sensor",
        "binary_sensor-relays.pump": "binary_sensor",
        "sensor-pwm.18": "sensor",
    }
    assert not any("cmd_t" in each for each in found.values())


def test_outputs_can_be_driven_where_commands_for_them_are_allowed() -> None:
    found = driven(node_site("attic", CommandGroup.OUTPUTS))
    topics = {key: each["cmd_t"] for key, each in found.items() if "cmd_t" in each}
    assert topics == {
        "switch-relays.fan": "wasi-host/attic/command/relay",
        "switch-relays.pump": "wasi-host/attic/command/relay",
        "number-pwm.18": "wasi-host/attic/command/pwm",
        "light-leds": "wasi-host/attic/command/leds",
    }
    assert not any("ret" in each for each in found.values())


def test_a_line_keeps_its_frequency_whatever_plugins_set() -> None:
    site = node_site("attic", CommandGroup.OUTPUTS)
    found = [outputs.of_node(site, NodeOutputs(pwm={18: LineState(50.0, hertz)})) for hertz in (440.0, 880.0)]
    assert found[0] == found[1]  # nothing is announced again when a plugin plays a melody
    template = found[0]["number-pwm.18"]["cmd_tpl"]
    assert json.loads(rendered(template, "50", entity_id="number.x"))["frequency_hz"] == 1000


def test_a_plugin_can_be_restarted_only_where_orders_are_allowed() -> None:
    allowed, refused = node_site("attic", CommandGroup.ORDERS), node_site("attic", CommandGroup.OUTPUTS)
    assert "host-restart" in components(device.of_plugin(allowed, "light", (), interval=2).payload)
    assert "host-restart" not in components(device.of_plugin(refused, "light", (), interval=2).payload)


@pytest.mark.parametrize(
    ("colors", "state", "rgb"),
    [
        (((0, 0, 0), (100, 50, 0)), "on", ("100", "255", "128", "0")),
        (((0, 0, 0),), "off", ("", "None", "None", "None")),
    ],
)
def test_the_leds_are_one_light(colors: Any, state: str, rgb: tuple[str, ...]) -> None:
    light = driven(node_site("attic", CommandGroup.OUTPUTS))["light-leds"]
    payload = json.dumps(NodeOutputs(leds=StripState(colors)).to_json())
    assert rendered(light["stat_tpl"], payload) == state
    assert tuple(rendered(light[f"{key}_tpl"], payload) for key in ("bri", "r", "g", "b")) == rgb
    assert rendered(light["stat_tpl"], "garbage") == "off"


def test_diagnostics_stay_available_when_the_plugin_fails() -> None:
    found = components(device.of_plugin(node_site("attic"), "bme680", [TEMPERATURE], interval=2).payload)
    for key, each in found.items():
        if key.startswith("host-"):
            assert each["ent_cat"] == "diagnostic"
            assert [one["t"] for one in each["avty"]] == ["wasi-host/attic/status"]


def test_only_crashes_of_the_plugin_itself_are_its_events() -> None:
    template = components(device.of_plugin(node_site("attic"), "one", (), interval=2).payload)["host-crash"]["val_tpl"]
    assert json.loads(rendered(template, '{"event": "PluginCrashed", "plugin": "one"}'))["event_type"] == "crashed"
    for other in (
        '{"event": "PluginCrashed", "plugin": "two"}',
        '{"event": "CrashLocated", "plugin": "one"}',
        "[]",
        "x",
    ):
        assert not rendered(template, other)


def test_every_topic_is_below_the_node() -> None:
    site = Site("homeassistant", NodeTopics("home/pis", "attic"), "1", frozenset(CommandGroup))
    for payload in (
        device.of_node(site, outputs.of_node(site, OUTPUTS_OF_NODE)).payload,
        device.of_plugin(site, "one", [TEMPERATURE], interval=2).payload,
    ):
        for each in components(payload).values():
            topics = [topic for key, topic in each.items() if key in {"stat_t", "cmd_t", "json_attr_t"}]
            assert all(topic.startswith("home/pis/attic/") for topic in topics)
