"""A node whose clock is wrong answers each command with the difference, over a real broker, and follows none."""

from __future__ import annotations

import json

import pytest

from hostcore.broker.groups import CommandGroup
from hostcore.clock import NS_PER_S, RealClock
from hostcore.mqtt.commands.part import CommandPart
from hostcore.quick_dataclass import replace
from tests.broker import Broker
from tests.published import publishing, settings_of


class OffClock(RealClock):
    def __init__(self, seconds: float) -> None:
        self._off_ns = round(seconds * NS_PER_S)

    def wall_ns(self) -> int:
        return super().wall_ns() + self._off_ns


SINCE_1970 = RealClock().wall_ns() / NS_PER_S - 60


@pytest.mark.parametrize(
    ("version", "seconds"),
    [("5", -SINCE_1970), ("5", -90), ("5", 90), ("3.1.1", 86_400)],
    ids=["since 1970", "behind", "ahead", "a day ahead, MQTT 3.1.1"],
)
def test_the_answer_names_the_difference(broker: Broker, version: str, seconds: float) -> None:
    settings = replace(settings_of(broker), version=version, commands=(CommandGroup.OUTPUTS,))
    with publishing(broker, settings=settings, parts=[CommandPart], clock=OffClock(seconds)) as node:
        node.wait(lambda: node.bodies("info"))
        body = {"transaction": "q", "time": RealClock().wall_ns() / NS_PER_S, "name": "fan", "state": "ON"}
        node.visitor.publish(node.topic("command", "relay"), json.dumps(body).encode())
        node.wait(lambda: node.bodies("response", "relay"))
        (answer,) = node.bodies("response", "relay")
        assert (answer["transaction"], answer["status"]) == ("q", "error")
        assert "they differ by" in answer["error"]
        assert "and 60 s are allowed" in answer["error"]
        assert not node.session.actuations
        node.wait(lambda: node.bodies("events", "denial"))
