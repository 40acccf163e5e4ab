"""The rules of Home Assistant's MQTT integration, as its documentation and its schemas have them.

`tests/functional/test_home_assistant.py` asks the integration itself, where a Python for it is installed.
"""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostcore.broker.bodies import ValueInfo
from hostcore.broker.groups import CommandGroup
from hostcore.home_assistant import device, outputs
from hostcore.home_assistant.accepted import accepted
from hostcore.home_assistant.kept import PLATFORMS
from hostcore.home_assistant.site import Site
from hostcore.home_assistant.values import Kind, Value
from hostcore.quantities.vocabulary import ANY_UNIT, DEVICE_CLASSES, STATE_CLASSES
from hostcore.quick_dataclass import replace
from tests.home_assistant.node import OUTPUTS_OF_NODE, node_site

UNITS = sorted({unit for each in DEVICE_CLASSES.values() for unit in each.units} | {"", "furlong", " °C ", "%"})
INFOS = st.builds(
    ValueInfo,
    st.just("x"),
    st.sampled_from(UNITS) | st.text(max_size=16),
    st.sampled_from([*DEVICE_CLASSES, "", "invented"]),
    st.sampled_from([*STATE_CLASSES, "", "invented"]),
    st.none() | st.integers(-5, 20),
    st.text(max_size=60),
)
VALUES = st.lists(
    st.builds(Value, st.lists(st.text(max_size=30), min_size=1, max_size=3).map(tuple), st.sampled_from(Kind), INFOS),
    max_size=8,
    unique_by=lambda each: each.path,
)
TOPIC = re.compile(r"homeassistant/device/([A-Za-z0-9_-]+/)?[A-Za-z0-9_-]+/config", re.ASCII)
SITES = (node_site("attic"), replace(node_site("attic", *CommandGroup, simulated=True), page="http://attic:3000/"))


@given(INFOS)
def test_a_class_has_a_unit_and_a_state_class_that_it_allows(info: ValueInfo) -> None:
    found = accepted(info)
    unit, state_class = found.get("unit_of_meas", ""), found.get("stat_cla")
    if "dev_cla" in found:
        known = DEVICE_CLASSES[str(found["dev_cla"])]
        assert unit in known.units or ANY_UNIT in known.units
        assert state_class is None or state_class in known.state_classes
    assert state_class in {None, *STATE_CLASSES}
    assert state_class != "measurement_angle" or unit == "°"
    assert unit == str(unit).strip()


@pytest.mark.parametrize("site", SITES)
@given(VALUES)
def test_every_plugin_keeps_the_rules(site: Site, values: list[Value]) -> None:
    found = device.of_plugin(site, "light", values, interval=2, gone={"number-old": "sensor"})
    assert TOPIC.fullmatch(site.plugin_topic("light"))
    check(json.loads(found.payload), found.components)


@pytest.mark.parametrize("site", SITES)
def test_every_node_keeps_the_rules(site: Site) -> None:
    found = device.of_node(site, outputs.of_node(site, OUTPUTS_OF_NODE))
    assert TOPIC.fullmatch(site.own_topic)
    check(json.loads(found.payload), found.components)


def check(payload: dict[str, Any], components: Any) -> None:
    """Fail if the integration would refuse the device, or one of its entities."""
    assert payload["dev"]["ids"]
    assert payload["o"]["name"]
    assert payload["dev"].get("cu", "http://").startswith("http://")
    entities = {key: each for key, each in payload["cmps"].items() if set(each) != {"p"}}
    assert {key: each["p"] for key, each in entities.items()} == dict(components)
    assert len({each["uniq_id"] for each in entities.values()}) == len(entities)
    for key, each in payload["cmps"].items():
        assert each["p"] in PLATFORMS
        assert " " not in key  # IDs of components are split there
    for each in entities.values():
        assert re.fullmatch(rf"{each['p']}\.[a-z0-9_]+", each["def_ent_id"])
        assert "ops" not in each or (each["dev_cla"] == "enum" and not {"stat_cla", "unit_of_meas"} & set(each))
        assert each.get("exp_aft", 1) > 0
        assert each["p"] not in {"switch", "number", "light", "button"} or each["cmd_t"]
        assert each["p"] != "event" or each["evt_typ"]
        assert each["p"] != "sensor" or each.get("ent_cat") in {None, "diagnostic"}
