"""Two hosts with one name: both say so, and throw each other out ever more seldom."""

from __future__ import annotations

import json

import pytest

from hostcore.broker.backoff import Delays
from hostcore.broker.message import Arrived
from hostcore.broker.topics import NodeTopics
from hostcore.clock import RealClock, VirtualClock
from hostcore.config.mqtt import MqttSettings
from hostcore.events import BrokerLost, BrokerReached
from hostcore.mqtt.front import MqttFront
from hostcore.mqtt.twins import TOLD_NS, Twins
from hostcore.quick_dataclass import replace
from tests.broker import Broker
from tests.published import NODE, publishing, settings_of
from tests.scripted_session import ScriptedSession

TOPICS = NodeTopics("wasi-host", "kitchen")
HOUR_S = TOLD_NS / 1e9


def info(run: str, host_name: object = "pi2", *, retained: bool = False) -> Arrived:
    return Arrived(TOPICS.of("info"), json.dumps({"run": run, "host_name": host_name}).encode(), retained)


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


@pytest.fixture
def twins(clock: VirtualClock) -> Twins:
    return Twins(TOPICS, "00000001", clock)


def test_another_run_is_told_with_its_computer_for_an_hour(twins: Twins, clock: VirtualClock) -> None:
    assert twins.told == ""
    assert twins.arrived(info("00000002"))
    assert "another host, the computer pi2, has the name kitchen" in twins.told
    clock.advance(HOUR_S + 1)
    assert twins.told == ""


def test_what_was_kept_before_our_own_first_word_is_of_an_earlier_run(twins: Twins) -> None:
    assert not twins.arrived(info("00000002", retained=True))
    assert not twins.arrived(info("00000001"))
    assert twins.told == ""
    assert twins.arrived(info("00000002", retained=True))


@pytest.mark.parametrize("name", [None, 5, ["x"], ""])
def test_a_computer_without_a_readable_name_is_another_host_too(twins: Twins, name: object) -> None:
    assert twins.arrived(info("00000002", name))
    assert twins.told.startswith("another host has the name kitchen")


def test_the_name_of_the_computer_does_nothing_to_a_terminal(twins: Twins) -> None:
    twins.arrived(info("00000002", "\x1b[2J" + "x" * 10_000))
    assert "\x1b" not in twins.told
    assert len(twins.told) < 400


@pytest.mark.parametrize("version", ["5", "3.1.1"])
def test_both_say_so_and_the_last_one_stays(broker: Broker, version: str) -> None:
    settings: MqttSettings = replace(settings_of(broker), version=version, node=NODE)
    patient = Delays(first=0.05, longest=0.2, taken_over=300.0)
    with publishing(broker, settings=settings) as node:
        twin_session = ScriptedSession()
        told = twin_session.subscribe(BrokerReached, BrokerLost)
        twin = MqttFront(twin_session, settings, RealClock(), twin_session.stream.publish, delays=patient)
        twin.start()
        try:
            node.wait(lambda: any(each.get("twin") for each in node.bodies("health")))
            node.wait(lambda: [each for each in node.told(BrokerReached) if each.twin])
            seen: list[BrokerReached | BrokerLost] = []

            def is_out() -> bool:
                seen.extend(item.event for item in told.take(0))
                return bool(seen) and isinstance(seen[-1], BrokerLost) and "same name" in seen[-1].problem

            node.wait(is_out)
            assert sum("the name greenhouse at the broker, too" in line for line in node.lines()) == 1
        finally:
            twin.stop()
