"""A command that its sender wanted the broker to keep is refused, also if the node is there when it comes."""

from __future__ import annotations

import json
from typing import Any

import pytest

from hostcore.broker.groups import CommandGroup
from hostcore.clock import NS_PER_S, RealClock
from hostcore.mqtt.commands.part import CommandPart
from hostcore.quick_dataclass import replace
from tests.broker import Broker
from tests.published import Published, publishing, settings_of


def asked(node: Published, transaction: str, *, retain: bool) -> dict[str, Any]:
    body = {"transaction": transaction, "time": RealClock().wall_ns() / NS_PER_S}
    node.visitor.publish(node.topic("command", "crashes"), json.dumps(body).encode(), retain=retain)

    def answers() -> list[Any]:
        return [each for each in node.bodies("response", "crashes") if each["transaction"] == transaction]

    node.wait(answers)
    found: dict[str, Any] = answers()[0]
    return found


@pytest.mark.parametrize("version", ["5", "3.1.1"])
def test_a_command_with_retain_is_refused_where_the_broker_tells_of_it(broker: Broker, version: str) -> None:
    """A broker of MQTT 3.1.1 tells of it only if it has kept the command for us."""
    settings = replace(settings_of(broker), version=version, commands=(CommandGroup.READ,))
    with publishing(broker, settings=settings, parts=[CommandPart]) as node:
        node.wait(lambda: any("connected to" in each for each in node.lines()))
        node.wait(lambda: node.bodies("info"))
        assert asked(node, "fleeting", retain=False)["status"] == "ok"
        found = asked(node, "kept", retain=True)
        assert found["status"] == ("error" if version == "5" else "ok")
        assert "send it without retain" in found.get("error", "send it without retain")
