"""A message that is larger than we take costs neither memory nor the connection, and is told."""

from __future__ import annotations

import subprocess

import pytest

from hostcore.quick_dataclass import replace
from tests.broker import Broker, visiting
from tests.memory import MIB, growth
from tests.programs import require

HUGE = 40 * MIB


def publish(broker: Broker, topic: str, payload: bytes) -> None:
    require("mosquitto_pub", packages="mosquitto-clients")
    command = ("mosquitto_pub", "-p", str(broker.ports.anonymous), "-t", topic, "-q", "1", "-s")
    subprocess.run(command, input=payload, check=True)


@pytest.mark.parametrize("secured", [False, pytest.param(True, marks=pytest.mark.thorough)], ids=["plain", "TLS"])
def test_a_huge_message_of_mqtt_3_1_1_is_thrown_away_as_it_comes(broker: Broker, secured: bool) -> None:
    """MQTT 3.1.1 cannot tell a broker what we take."""
    settings = replace(broker.secured if secured else broker.settings, version="3.1.1")
    topic, told = f"huge/{secured}", list[str]()
    with visiting(settings, topic, largest=100_000, tell=told.append) as visitor:
        payload = bytes(HUGE)
        with growth() as grown:
            for each in (payload, b"small"):
                publish(broker, topic, each)
            visitor.wait_for(lambda: visitor.of(topic))
        assert visitor.of(topic) == [b"small"]
        assert visitor.connections == 1
        assert grown.peak < 8 * MIB
    assert "more than 100,000 bytes, and is left out" in told[0]
    assert topic in told[0]
    assert len(told) == 1


def test_one_that_is_only_a_little_too_large_is_left_out_too(broker: Broker) -> None:
    settings = replace(broker.settings, version="3.1.1")
    with visiting(settings, "edge/+", largest=1000) as visitor, visiting(broker.settings, name="giver") as giver:
        for size in (999, 1000, 1001, 60_000, 66_000, 68_000, 70_000, 140_000):
            giver.publish(f"edge/{size}", bytes(size))
        giver.publish("edge/end", b"")
        visitor.wait_for(lambda: visitor.of("edge/end"))
        assert [each.topic for each in visitor.arrived] == ["edge/999", "edge/1000", "edge/end"]
        assert visitor.connections == 1


def test_a_broker_goes_on_with_confirmed_messages_after_many_that_were_left_out(broker: Broker) -> None:
    """Each is confirmed: otherwise a broker sends no more after some."""
    settings = replace(broker.settings, version="3.1.1")
    with visiting(settings, "many", largest=1000) as visitor, visiting(broker.settings, name="giver") as giver:
        for _ in range(40):
            giver.publish("many", bytes(80_000))
        giver.publish("many", b"end")
        visitor.wait_for(lambda: visitor.of("many") == [b"end"])
