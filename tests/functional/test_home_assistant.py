"""A real Home Assistant learns of a node over a real broker: what it shows, what it commands, and what disappears."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from hostcore.broker.bodies import ValueInfo
from hostcore.broker.groups import CommandGroup
from hostcore.broker.topics import EVENTS, OFFLINE, STATUS
from hostcore.home_assistant import device, outputs
from hostcore.home_assistant.values import Kind, Value
from hostcore.quantities.vocabulary import ANY_UNIT, DEVICE_CLASSES
from hostcore.quick_dataclass import replace
from tests.broker import Broker, Visitor, running, visiting
from tests.command import Desk
from tests.home_assistant.instance import HomeAssistant, home_assistant
from tests.home_assistant.keys import keys_in
from tests.home_assistant.node import OUTPUTS_OF_NODE, PublishedNode, node_site
from tests.outputs import output_settings
from tests.waiting import until

pytestmark = pytest.mark.thorough
SOON = 40.0
"""Seconds that a test waits before it fails."""
ODD_KEYS = ("it's", '"', "%}{{ 7*7 }}", "{{ value_json }}", "{# no", "a.b", "é 😀", "\\", "\n", "0", "<b>", "x" * 100)


@pytest.fixture(scope="module")
def lone_broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    with running(tmp_path_factory.mktemp("broker")) as broker:
        yield broker


@pytest.fixture(scope="module")
def home(lone_broker: Broker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[HomeAssistant]:
    with home_assistant(tmp_path_factory.mktemp("home"), lone_broker.settings) as found:
        yield found


@pytest.fixture
def visitor(lone_broker: Broker, home: HomeAssistant) -> Iterator[Visitor]:
    with visiting(lone_broker.settings, "wasi-host/#") as found:
        until(lambda: home.problems() == [], SOON)
        yield found


def test_each_entity_has_the_state_that_its_node_published(home: HomeAssistant, visitor: Visitor) -> None:
    node = PublishedNode(visitor, node_site("attic", *CommandGroup, simulated=True))
    node.simulated = ("i2c-1",)
    node.stated["air.t"] = ValueInfo("air.t", "°C", "temperature", "measurement", 1, "Air temperature")
    node.drive(OUTPUTS_OF_NODE)
    node.plugins("bme680", condition="bus stuck")
    node.read("bme680", {"air": {"t": 21.25}, "co2": 500, "motion": True, "mode": "x" * 300, "simulated": ["i2c-1"]})
    node.announce()
    until(lambda: home.state("sensor.attic_bme680_air_t") == "21.25", SOON)
    until(lambda: home.state("light.attic_leds") == "on", SOON)
    states = home.states()
    shown = states["sensor.attic_bme680_air_t"]["attributes"]
    assert shown["friendly_name"] == "attic bme680 (simulated) Air temperature"
    assert (shown["unit_of_measurement"], shown["device_class"], shown["state_class"]) == (
        "°C",
        "temperature",
        "measurement",
    )
    assert states["sensor.attic_bme680_air_t"]["options"]["sensor"]["suggested_display_precision"] == 1
    assert (shown["simulated"], shown["injected"]) == (["i2c-1"], [])
    found = {key: each["state"] for key, each in states.items() if key.split(".")[1].startswith("attic")}
    assert (
        found.items()
        >= {
            "sensor.attic_bme680_co2": "500",
            "binary_sensor.attic_bme680_motion": "on",
            "sensor.attic_bme680_mode": "x" * 250,
            "sensor.attic_bme680_condition": "bus stuck",
            "binary_sensor.attic_bme680_problem": "on",
            "sensor.attic_bme680_crashes": "3",
            "binary_sensor.attic_status": "on",
            "binary_sensor.attic_alarm": "on",
            "sensor.attic_load": "0.5",
            "sensor.attic_memory": "60.5",
            "switch.attic_relays_fan": "on",
            "switch.attic_relays_pump": "unknown",
            "number.attic_pwm_18": "50.0",
        }.items()
    )
    assert states["light.attic_leds"]["attributes"]["rgb_color"] == [255, 128, 0]
    assert states["sensor.attic_bme680_condition"]["category"] == "diagnostic"
    assert home.devices()["attic bme680 (simulated)"]["via"] == "attic (simulated)"
    assert home.problems() == []


def test_it_knows_every_key_of_an_announcement(home: HomeAssistant) -> None:
    site = replace(node_site("attic", *CommandGroup), page="http://attic:3000/")
    values = [Value((kind,), kind, ValueInfo(kind, "°C", "temperature", "measurement", 1)) for kind in Kind]
    payloads = (
        device.of_node(site, outputs.of_node(site, OUTPUTS_OF_NODE)).payload,
        device.of_plugin(site, "light", values, interval=2).payload,
    )
    found = set[str]().union(*(keys_in(json.loads(payload)) for payload in payloads))
    assert found - home.keys() == {"via_device", "schema", "qos"}  # which it has no shorter words for


def test_a_person_who_drives_outputs_there_gives_commands_that_can_be_told_apart(
    home: HomeAssistant, visitor: Visitor
) -> None:
    node = PublishedNode(visitor, node_site("barn", *CommandGroup))
    node.drive(OUTPUTS_OF_NODE)
    node.plugins("light")
    node.read("light", {"lux": 3})
    node.announce()
    until(lambda: home.state("light.barn_leds") == "on" and home.state("button.barn_light_restart"), SOON)
    home.call("switch.turn_off", entity_id="switch.barn_relays_fan")
    home.call("switch.turn_off", entity_id="switch.barn_relays_fan")
    home.call("number.set_value", entity_id="number.barn_pwm_18", value=12.5)
    home.call("light.turn_on", entity_id="light.barn_leds", brightness=128)
    home.call("light.turn_on", entity_id="light.barn_leds", rgb_color=[255, 0, 0], brightness=255)
    home.call("light.turn_off", entity_id="light.barn_leds")
    home.call("button.press", entity_id="button.barn_light_restart")
    visitor.wait_for(lambda: visitor.of("wasi-host/barn/command/restart"))
    commands = [
        (each.topic.split("/")[-1], json.loads(each.payload)) for each in visitor.arrived if "/command/" in each.topic
    ]
    assert not any(each.retained for each in visitor.arrived if "/command/" in each.topic)
    assert len({body.pop("transaction") for _, body in commands}) == 7
    assert all(abs(body.pop("time") - time.time()) < 30 for _, body in commands)
    assert commands == [
        ("relay", {"name": "fan", "state": "OFF"}),
        ("relay", {"name": "fan", "state": "OFF"}),
        ("pwm", {"line": 18, "duty": 0.125, "frequency_hz": 440}),
        ("leds", {"color": "804000"}),
        ("leds", {"color": "ff0000"}),
        ("leds", {"state": "OFF"}),
        ("restart", {"plugin": "light"}),
    ]
    assert home.problems() == []


def test_every_unit_of_every_class_is_accepted(home: HomeAssistant, visitor: Visitor) -> None:
    node = PublishedNode(visitor, node_site("cellar"))
    infos = [
        ValueInfo(f"{name}{place}", "" if unit == ANY_UNIT else unit, name, state_class)
        for name, known in DEVICE_CLASSES.items()
        for place, unit in enumerate(known.units)
        for state_class in known.state_classes[:1]
    ]
    plugins = {f"meter{start}": infos[start : start + 90] for start in range(0, len(infos), 90)}
    node.stated = {each.key: each for each in infos}
    node.plugins(*plugins)
    for plugin, values in plugins.items():
        node.read(plugin, dict.fromkeys((each.key for each in values), 1))
    node.announce()

    def read() -> int:
        values = (each for each in home.states().values() if "cellar/meter" in each["unique_id"])
        return sum(each["category"] is None and each["state"] not in {"unknown", "unavailable"} for each in values)

    until(lambda: read() == len(infos), SOON)
    assert home.problems() == []


def test_keys_and_values_of_a_hostile_driver_are_only_data(home: HomeAssistant, visitor: Visitor) -> None:
    node = PublishedNode(visitor, node_site("den"))
    node.stated = {"\n": ValueInfo("\n", name="{{ 7*7 }}", unit="{{ 7*7 }}")}
    node.plugins("odd")
    node.read(
        "odd", {**{key: place for place, key in enumerate(ODD_KEYS)}, "list": [[1, {"0": 99}]], "text": "{{ 7*7 }}"}
    )
    node.announce()

    def found() -> list[str]:
        states = home.states()
        return sorted(
            each["state"]
            for key, each in states.items()
            if key.startswith("sensor.den_odd") and each["category"] is None
        )

    wanted = sorted([*map(str, range(len(ODD_KEYS))), "1", "99", "{{ 7*7 }}"])
    until(lambda: found() == wanted, SOON)
    names = [each["attributes"]["friendly_name"] for each in home.states().values()]
    assert "den odd {{ 7*7 }}" in names
    assert home.problems() == []


def test_what_is_gone_disappears_and_what_fails_is_unavailable(home: HomeAssistant, visitor: Visitor) -> None:
    node = PublishedNode(visitor, node_site("eaves"))
    node.plugins("old", "new")
    node.read("old", {"a": 1})
    node.read("new", {"a": 1, "b": 2})
    node.announce()
    until(lambda: home.state("sensor.eaves_new_b") == "2" and home.state("sensor.eaves_old_a") == "1", SOON)
    for _ in range(30):
        node.now += 60
        node.read("new", {"a": 1})
    node.plugins("new", state="quarantined", condition="quarantined")
    node.announce()
    until(lambda: home.state("sensor.eaves_new_b") is None, SOON)
    until(lambda: "eaves old" not in home.devices(), SOON)
    assert home.state("sensor.eaves_new_a") == "unavailable"
    assert home.state("binary_sensor.eaves_new_problem") == "on"
    node.plugins("new")
    until(lambda: home.state("sensor.eaves_new_a") == "1", SOON)
    visitor.publish(node.site.topics.of(STATUS), OFFLINE, retain=True)
    until(lambda: home.state("sensor.eaves_new_a") == "unavailable", SOON)
    assert home.state("sensor.eaves_new_condition") == "unavailable"
    assert home.state("binary_sensor.eaves_status") == "off"
    assert home.problems() == []


def test_a_value_that_does_not_come_again_expires(home: HomeAssistant, visitor: Visitor) -> None:
    node = PublishedNode(visitor, node_site("flat"), interval=0.5)
    node.plugins("fast")
    node.read("fast", {"a": 1})
    node.announce()
    until(lambda: home.state("sensor.flat_fast_a") == "1", SOON)
    until(lambda: home.state("sensor.flat_fast_a") == "unavailable", SOON)


def test_a_person_drives_a_real_host_from_there_for_its_whole_life(
    home: HomeAssistant, lone_broker: Broker, tmp_path: Path, cache_folder: Path
) -> None:
    desk = Desk(tmp_path, cache_folder)
    settings = output_settings(cache_folder, interval=0.5) + lone_broker.section + 'node = "hut"\n'
    desk.write("host.toml", settings + 'commands = ["outputs", "orders"]\n')
    for name in ("cooling", "gone"):
        desk.write(f"plugins/{name}.py", "def read():\n    return {'t': 21.5}\n")
    with desk.running("run") as running:
        until(lambda: home.state("sensor.hut_cooling_t") == "21.5", SOON)
        until(lambda: home.state("sensor.hut_gone_t") == "21.5" and home.state("light.hut_leds") == "off", SOON)
        home.call("switch.turn_on", entity_id="switch.hut_relays_fan")
        home.call("light.turn_on", entity_id="light.hut_leds", rgb_color=[0, 255, 0])
        home.call("number.set_value", entity_id="number.hut_pwm_18", value=25)
        until(lambda: home.state("switch.hut_relays_fan") == "on", SOON)
        until(lambda: home.state("light.hut_leds") == "on", SOON)
        until(lambda: home.state("number.hut_pwm_18") == "25.0", SOON)
        assert home.states()["light.hut_leds"]["attributes"]["rgb_color"] == [0, 255, 0]
        home.call("button.press", entity_id="button.hut_cooling_restart")
        running.wait_for("restart")
        running.stop(signal.SIGTERM)
    until(lambda: home.state("sensor.hut_cooling_t") == "unavailable", SOON)
    (desk.folder / "plugins/gone.py").unlink()
    desk.write("host.toml", settings)
    with desk.running("run"):
        until(lambda: home.state("sensor.hut_cooling_t") == "21.5", SOON)
        until(lambda: home.state("sensor.hut_gone_t") is None, SOON)
        until(lambda: home.state("switch.hut_relays_fan") is None, SOON)
        until(lambda: home.state("binary_sensor.hut_relays_fan") is not None, SOON)
        assert "hut gone" not in home.devices()
    desk.write("host.toml", settings + 'home_assistant = ""\n')
    with desk.running("run"):
        until(lambda: not any(".hut_" in key for key in home.states()), SOON)
    assert home.problems() == []


def test_after_a_restart_of_home_assistant_everything_is_there_again(
    lone_broker: Broker, visitor: Visitor, tmp_path: Path
) -> None:
    node = PublishedNode(visitor, node_site("igloo"))
    node.plugins("light")
    node.read("light", {"lux": 3})
    node.announce()
    for _ in range(2):
        with home_assistant(tmp_path, lone_broker.settings) as home:
            until(lambda: home.state("sensor.igloo_light_lux") == "3", SOON)
            assert home.problems() == []


def test_crashes_are_events(home: HomeAssistant, visitor: Visitor) -> None:
    node = PublishedNode(visitor, node_site("garden"))
    node.plugins("one", "two")
    node.read("one", {"a": 1})
    node.read("two", {"a": 1})
    node.announce()
    events = ("event.garden_one_crash", "event.garden_two_crash")
    until(lambda: [home.state(each) for each in events] == ["unknown", "unknown"], SOON)
    visitor.publish(
        node.site.topics.of(EVENTS, "crash"), b'{"event": "PluginCrashed", "plugin": "one", "cause": "out of memory"}'
    )
    until(lambda: home.state("event.garden_one_crash") != "unknown", SOON)
    assert home.states()["event.garden_one_crash"]["attributes"]["cause"] == "out of memory"
    assert home.state("event.garden_two_crash") == "unknown"
    assert home.problems() == []
