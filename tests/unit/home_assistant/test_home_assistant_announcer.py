"""When a node announces what to Home Assistant, told by a clock that the test moves."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostcore.broker.bodies import ValueInfo
from hostcore.broker.message import Arrived, Message
from hostcore.broker.outputs import NodeOutputs, RelayState
from hostcore.home_assistant.announcer import Announcer, PluginFacts
from hostcore.home_assistant.kept import read_kept
from tests.home_assistant.node import node_site

SITE = node_site("attic")


class Told:
    """An announcer, and what it told."""

    def __init__(self, *plugins: str, is_on: bool = True, connected: bool = True) -> None:
        self.now, self.lines, self.names = 100.0, list[str](), dict[str, str]()
        self.draws = list[tuple[float, float]]()
        self.outputs = NodeOutputs()
        self.announcer = Announcer(SITE, lambda: self.now, self._draw, self.lines.append, is_on=is_on)
        self.announcer.know(plugins)
        if connected:
            self.announcer.connected()

    def _draw(self, least: float, most: float) -> float:
        self.draws.append((least, most))
        return least

    def after(self, seconds: float) -> list[Message]:
        """What is published when some time has gone."""
        self.now += seconds
        return self.announcer.due(self._facts, lambda: self.outputs)

    def _facts(self, _plugin: str) -> PluginFacts:
        return PluginFacts(2.0, self._info)

    def _info(self, path: Sequence[str]) -> ValueInfo:
        return ValueInfo(".".join(path), name=self.names.get(".".join(path), ""))

    def read_often(self, plugin: str, reading: dict[str, Any], times: int, seconds: float) -> None:
        for _ in range(times):
            self.now += seconds
            self.announcer.read(plugin, reading)

    def birth(self, payload: bytes = b"online", *, retained: bool = False) -> None:
        self.announcer.arrived(Arrived("homeassistant/status", payload, retained=retained))

    def kept(self, topic: str, payload: bytes) -> None:
        self.announcer.arrived(Arrived(topic, payload, retained=True))


def topics(messages: list[Message]) -> list[str]:
    assert all(each.retain and each.qos == 1 for each in messages)
    return [each.topic.removeprefix("homeassistant/device/") for each in messages]


def cmps(message: Message) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(message.payload)["cmps"]
    return found


def announced(plugin: str, reading: dict[str, Any]) -> bytes:
    """What an earlier run announced of a plugin."""
    before = Told(plugin)
    before.announcer.read(plugin, reading)
    return next(each.payload for each in before.after(20) if each.topic == SITE.plugin_topic(plugin))


def test_nothing_is_announced_without_a_connection() -> None:
    assert Told("light", connected=False).after(60) == []


def test_a_plugin_is_announced_with_its_first_reading() -> None:
    told = Told("light")
    assert topics(told.after(4)) == ["attic/config"]
    told.announcer.read("light", {"lux": 3})
    (message,) = told.after(1)
    assert message.topic == "homeassistant/device/attic/light/config"
    assert "number-lux" in cmps(message)


def test_a_plugin_that_never_reads_is_announced_all_the_same() -> None:
    assert topics(Told("oled").after(10)) == ["attic/config", "attic/oled/config"]


def test_nothing_is_told_twice() -> None:
    told = Told("light")
    told.announcer.read("light", {"lux": 3})
    assert len(told.after(60)) == 2
    assert told.after(60) == []


def test_metadata_that_changes_every_second_is_announced_every_half_minute() -> None:
    told = Told("light")
    count = 0
    for second in range(300):
        told.names["lux"] = f"Light {second}"
        told.announcer.read("light", {"lux": 3})
        count += sum(each.topic == SITE.plugin_topic("light") for each in told.after(1))
    assert count <= 11


def test_a_value_that_is_missing_now_and_then_stays() -> None:
    told = Told("gas")
    told.announcer.read("gas", {"a": 1, "b": 2})
    told.after(20)
    for _ in range(10):
        told.read_often("gas", {"a": 1}, 19, 60)
        told.read_often("gas", {"a": 1, "b": None}, 1, 60)
    assert told.after(60) == []


def test_a_value_that_stays_away_is_removed() -> None:
    told = Told("gas")
    told.announcer.read("gas", {"a": 1, "b": 2})
    told.after(20)
    told.read_often("gas", {"a": 1}, 21, 60)
    (message,) = told.after(60)
    assert cmps(message)["number-b"] == {"p": "sensor"}
    told.announcer.read("gas", {"a": 1, "b": 2})
    (message,) = told.after(60)
    assert cmps(message)["number-b"]["name"] == "B"


def test_a_value_that_is_a_text_from_now_on_becomes_another_entity() -> None:
    told = Told("gas")
    told.announcer.read("gas", {"a": 1})
    told.after(20)
    told.read_often("gas", {"a": "warming up"}, 5, 60)
    assert told.after(60) == []
    told.read_often("gas", {"a": "broken"}, 21, 60)
    (message,) = told.after(60)
    assert (cmps(message)["number-a"], cmps(message)["text-a"]["p"]) == ({"p": "sensor"}, "sensor")


def test_the_device_of_a_removed_plugin_is_removed_at_once() -> None:
    told = Told("light", "gas")
    told.after(20)
    told.announcer.know(["gas"])
    assert told.after(0) == [Message("homeassistant/device/attic/light/config", b"", retain=True)]


def test_what_an_earlier_run_announced_of_a_plugin_that_is_gone_is_removed() -> None:
    told = Told("light")
    told.kept(SITE.plugin_topic("gas"), announced("gas", {"a": 1}))
    told.kept(SITE.plugin_topic("light"), announced("light", {"lux": 3}))
    assert Message(SITE.plugin_topic("gas"), b"", retain=True) in told.after(5)


def test_a_value_of_an_earlier_run_is_removed_if_it_does_not_come_again() -> None:
    told = Told("gas")
    told.kept(SITE.plugin_topic("gas"), announced("gas", {"a": 1, "b": 2}))
    told.announcer.read("gas", {"a": 1})
    assert "number-b" not in cmps(told.after(20)[-1])
    told.read_often("gas", {"a": 1}, 21, 60)
    (message,) = told.after(60)
    assert cmps(message)["number-b"] == {"p": "sensor"}


def test_outputs_of_an_earlier_run_that_are_gone_are_removed_at_once() -> None:
    before = Told()
    before.outputs = NodeOutputs({"fan": RelayState(on=True)})
    (message,) = before.after(5)
    told = Told()
    told.kept(SITE.own_topic, message.payload)
    (message,) = told.after(5)
    assert cmps(message)["binary_sensor-relays.fan"] == {"p": "binary_sensor"}


@pytest.mark.parametrize(
    "payload", [b"{}", b"[" * 100_000, b"\xff", b'{"o": {"name": "zigbee2mqtt"}, "cmps": {}}', b"x" * 200_000]
)
def test_what_others_announced_is_not_touched(payload: bytes) -> None:
    told = Told("light")
    told.kept(SITE.plugin_topic("gas"), payload)
    told.kept("homeassistant/device/other/gas/config", announced("gas", {"a": 1}))
    assert topics(told.after(5)) == ["attic/config"]


def test_a_node_of_the_same_name_with_another_prefix_keeps_its_devices() -> None:
    told = Told("light")
    told.kept(SITE.plugin_topic("gas"), announced("gas", {"a": 1}).replace(b"wasi-host/attic", b"other/attic"))
    assert topics(told.after(5)) == ["attic/config"]


def test_if_it_is_turned_off_all_that_an_earlier_run_announced_is_removed() -> None:
    told = Told("light", is_on=False)
    told.kept(SITE.plugin_topic("light"), announced("light", {"lux": 3}))
    told.announcer.read("light", {"lux": 3})
    assert told.after(60) == [Message(SITE.plugin_topic("light"), b"", retain=True)]
    assert told.after(60) == []


def test_everything_is_announced_again_some_time_after_home_assistant_has_started() -> None:
    told = Told("light")
    told.announcer.read("light", {"lux": 3})
    told.after(60)
    told.birth()
    assert told.after(0.5) == []
    assert topics(told.after(0.5)) == ["attic/config", "attic/light/config"]
    assert told.draws == [(1.0, 30.0)]


def test_a_storm_of_starts_is_answered_once_a_minute() -> None:
    told = Told("light")
    told.announcer.read("light", {"lux": 3})
    told.after(60)
    count = 0
    for _ in range(600):
        told.birth()
        count += len(told.after(0.5))
    assert 10 <= count <= 12


def test_only_a_new_start_counts() -> None:
    told = Told()
    told.after(60)
    told.birth(retained=True)
    told.birth(b"offline")
    assert told.after(60) == []


def test_the_log_says_once_that_a_plugin_has_too_many_values() -> None:
    told = Told("greedy")
    for number in range(5):
        told.announcer.read("greedy", {f"v{key}": number for key in range(1000)})
        told.after(60)
    assert told.lines == ["Home Assistant gets the first 100 values of greedy at most; it has more"]


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_no_payload_that_the_broker_kept_does_harm(payload: bytes) -> None:
    told = Told("light")
    told.kept(SITE.own_topic, payload)
    told.kept(SITE.plugin_topic("light"), payload)
    assert len(told.after(20)) == 2


@given(
    st.dictionaries(
        st.text(max_size=90),
        st.recursive(st.none() | st.text(max_size=9), lambda each: st.dictionaries(st.just("p"), each), max_leaves=3),
    )
)
def test_only_components_of_this_host_are_taken_from_what_was_kept(found: dict[str, Any]) -> None:
    whole = {"o": {"name": "WASI Python Host"}, "avty": [{"t": "wasi-host/attic/status"}], "cmps": found}
    kept = read_kept(json.dumps(whole).encode(), "wasi-host/attic/status")
    assert kept is not None
    assert all(
        platform in {"sensor", "binary_sensor", "switch", "number", "light", "button", "event"}
        for platform in kept.components.values()
    )
