"""The flow for Node-RED is connected, and its topics, commands and conditions are those of a node."""

from __future__ import annotations

import json
import re
from typing import Any

from hostcore import shipped
from hostcore.broker.topics import COMMAND, RESPONSE, STATE, NodeTopics
from hostcore.config.mqtt import MqttSettings
from hostcore.mqtt.commands.request import TIME, TRANSACTION
from hostcore.view.condition import Condition

FLOW: list[dict[str, Any]] = json.loads(
    (shipped.folder() / "docs" / "node-red" / "flow.json").read_text(encoding="utf-8")
)
NODE = NodeTopics(MqttSettings().prefix, "greenhouse")
CORE = {"tab", "mqtt-broker", "mqtt in", "mqtt out", "function", "switch", "change", "rbe", "debug"}
"""The kinds of nodes in it, which come with Node-RED."""


def named(name: str) -> dict[str, Any]:
    (found,) = [each for each in FLOW if each.get("name") == name]
    return found


def test_it_needs_only_what_comes_with_node_red() -> None:
    assert {each["type"] for each in FLOW} == CORE


def test_every_wire_broker_and_tab_exists() -> None:
    ids = {each["id"]: each["type"] for each in FLOW}
    assert len(ids) == len(FLOW)
    for each in FLOW:
        assert {target for output in each.get("wires", ()) for target in output} <= ids.keys()
        assert ids.get(each.get("z"), "tab") == "tab"
        if each["type"].startswith("mqtt "):
            assert ids[each["broker"]] == "mqtt-broker"


def test_every_topic_is_one_of_a_node() -> None:
    assert [each["topic"] for each in FLOW if each["type"].startswith("mqtt ")] == [
        NODE.reading("bme680"),
        NODE.of(COMMAND, "relay"),
        NODE.of(RESPONSE, "relay"),
        NodeTopics(NODE.prefix, "+").of("+", STATE),
    ]


def test_a_command_is_never_kept_by_the_broker() -> None:
    assert named("to the node, not retained")["retain"] == "false"


def test_a_command_has_what_a_node_asks_for() -> None:
    keys = re.findall(r"^    (\w+): ", named("command")["func"], re.MULTILINE)
    assert keys == [TRANSACTION, TIME, "name", "state"]


def test_a_plugin_raises_an_alert_in_every_condition_at_which_a_person_should_look() -> None:
    pattern = re.compile(named("in trouble")["rules"][0]["v"])
    assert {each for each in Condition if pattern.fullmatch(each)} == {each for each in Condition if each.is_troubled}


def test_the_limits_leave_room_between_them() -> None:
    above, below = (float(rule["v"]) for rule in named("above 28 °C, below 26 °C")["rules"])
    assert above > below
