"""A host at a real broker, as Home Assistant would see it there."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from hostcore.broker.groups import CommandGroup
from hostcore.config.mqtt import MqttSettings
from hostcore.mqtt.home_assistant import HomeAssistantPart
from hostcore.mqtt.node import Node
from hostcore.quick_dataclass import replace
from tests.broker import Broker, Visitor, visiting
from tests.published import NODE, Published, publishing, settings_of


def quick(node: Node) -> HomeAssistantPart:
    """A part that answers Home Assistant at once."""
    return HomeAssistantPart(node, draw=lambda _least, _most: 0.0, look_seconds=0.1)


class Seen:
    """What Home Assistant sees of the node."""

    def __init__(self, visitor: Visitor, prefix: str) -> None:
        self.visitor, self._prefix = visitor, prefix

    def topic(self, *levels: str) -> str:
        return "/".join((self._prefix, "device", NODE, *levels, "config"))

    def devices(self, *levels: str) -> list[Any]:
        """All that was announced of a plugin, or of the node; None where it was removed."""
        return [json.loads(each) if each else None for each in self.visitor.of(self.topic(*levels))]

    def start(self) -> None:
        """Home Assistant starts."""
        self.visitor.publish(f"{self._prefix}/status", b"online")


@contextmanager
def announcing(
    broker: Broker, settings: MqttSettings, *plugins: str, sees: str = ""
) -> Iterator[tuple[Published, Seen]]:
    prefix = sees or settings.home_assistant
    with (
        visiting(broker.settings, f"{prefix}/#", name=f"home-{settings.prefix}") as visitor,
        publishing(broker, *plugins, settings=settings, parts=(quick,)) as node,
    ):
        yield node, Seen(visitor, prefix)


def own_settings(broker: Broker, *commands: CommandGroup) -> MqttSettings:
    """Settings with a discovery prefix of its own."""
    found = settings_of(broker)
    return replace(found, home_assistant=f"{found.prefix}-home", commands=commands)


def test_a_host_announces_itself_and_its_plugins_and_removes_one_that_is_gone(broker: Broker) -> None:
    settings = own_settings(broker, CommandGroup.ORDERS)
    with announcing(broker, settings, "light", "gas") as (node, home):
        node.wait(lambda: node.texts("status"))
        node.read("light", ["i2c-1"], illuminance=12.5)
        node.read("gas", co2=500)
        node.wait(lambda: home.devices("light") and home.devices("gas") and home.devices())
        light = home.devices("light")[0]
        assert light["dev"]["name"] == f"{NODE} light (simulated)"
        assert light["cmps"]["number-illuminance"]["unit_of_meas"] == "lx"
        assert light["cmps"]["number-illuminance"]["exp_aft"] == 6
        assert "host-restart" in light["cmps"]
        node.change_plugins("light")
        node.wait(lambda: home.devices("gas")[-1] is None)
        before = len(home.devices("light"))
        states = len(node.bodies("light", "state"))
        home.start()
        node.wait(lambda: len(home.devices("light")) > before)
        assert home.devices("light")[-1] == light
        node.wait(lambda: len(node.bodies("light", "state")) > states)


@pytest.mark.thorough
def test_a_host_that_announces_nothing_any_more_removes_what_it_announced(broker: Broker) -> None:
    found = settings_of(broker)
    settings = replace(found, home_assistant="homeassistant")
    with announcing(broker, settings, "light") as (node, home):
        node.wait(home.devices)
        node.read("light", illuminance=1)
        node.wait(lambda: home.devices("light"))
    with announcing(broker, replace(settings, home_assistant=""), "light", sees="homeassistant") as (node, home):
        node.wait(lambda: home.devices("light")[-1] is None and home.devices()[-1] is None)


@pytest.mark.thorough
def test_a_plugin_that_is_gone_after_a_restart_of_the_host_is_removed(broker: Broker) -> None:
    settings = own_settings(broker)
    with announcing(broker, settings, "light") as (node, home):
        node.wait(lambda: node.texts("status"))
        node.read("light", illuminance=1)
        node.wait(lambda: home.devices("light"))
    with announcing(broker, settings) as (node, home):
        node.wait(lambda: home.devices("light") and home.devices("light")[-1] is None)
        node.wait(home.devices)
        assert not any("Home Assistant" in line for line in node.lines())
