"""Two hosts with one name: both say so, and throw each other out ever more seldom."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path

import pytest

from hostcore.broker.backoff import Delays
from hostcore.broker.message import Arrived
from hostcore.broker.topics import NodeTopics
from hostcore.clock import NS_PER_S, RealClock, VirtualClock, timestamp
from hostcore.config.mqtt import MqttSettings
from hostcore.events import BrokerLost, BrokerReached
from hostcore.mqtt.front import MqttFront
from hostcore.mqtt.twins import TOLD_NS, Twins
from hostcore.quick_dataclass import replace
from tests.broker import PATIENCE, Broker, running, visiting
from tests.published import NODE, publishing, settings_of
from tests.scripted_session import ScriptedSession
from tests.waiting import until

TOPICS = NodeTopics("wasi-host", "kitchen")
HOUR_S = TOLD_NS / NS_PER_S
OWN, OTHER = "00000001", "00000002"


def info(run: str, host_name: object = "pi2", *, retained: bool = False) -> Arrived:
    return Arrived(TOPICS.of("info"), json.dumps({"run": run, "host_name": host_name}).encode(), retained)


def kept_health(run: str, time_ns: int) -> Arrived:
    return Arrived(TOPICS.of("health"), json.dumps({"run": run, "time": timestamp(time_ns)}).encode(), retained=True)


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


@pytest.fixture
def twins(clock: VirtualClock) -> Twins:
    return Twins(TOPICS, OWN, clock)


def test_another_run_that_speaks_is_told_with_its_computer_for_an_hour(twins: Twins, clock: VirtualClock) -> None:
    assert twins.told == ""
    assert twins.arrived(info(OTHER))
    assert "another host, the computer pi2, has the name kitchen" in twins.told
    clock.advance(HOUR_S + 1)
    assert twins.told == ""


def test_so_is_one_that_spoke_while_we_were_thrown_out(twins: Twins, clock: VirtualClock) -> None:
    twins.arrived(info(OWN))
    clock.advance(60)
    assert not twins.arrived(info(OTHER, retained=True)), "that alone can be of an earlier run"
    assert twins.arrived(kept_health(OTHER, clock.wall_ns() - NS_PER_S))
    assert "the computer pi2" in twins.told


def test_what_the_broker_keeps_of_an_earlier_run_is_none(twins: Twins, clock: VirtualClock) -> None:
    """Also after our first word: a broker that was killed comes back with what it had written half an hour ago."""
    before_ns = clock.wall_ns() - NS_PER_S
    assert not twins.arrived(info(OTHER, retained=True))
    assert not twins.arrived(kept_health(OTHER, clock.wall_ns() + NS_PER_S)), "we have not spoken yet"
    twins.arrived(info(OWN))
    clock.advance(600)
    for each in (info(OTHER, retained=True), kept_health(OTHER, before_ns)):
        assert not twins.arrived(each)
    assert twins.told == ""


def test_a_clock_that_was_set_after_the_start_changes_nothing(twins: Twins, clock: VirtualClock) -> None:
    twins.arrived(info(OWN))
    clock.advance(10)
    before_ns = clock.wall_ns() + 3_600 * NS_PER_S
    clock.set_back(-7_200)
    assert not twins.arrived(kept_health(OTHER, before_ns))


@pytest.mark.parametrize("time", [None, 5, "now", "2026-01-31T08:00:00", "9999-12-31T23:59:59-23:59", "x" * 10_000])
def test_a_health_without_a_readable_time_is_no_sign(twins: Twins, time: object) -> None:
    twins.arrived(info(OWN))
    twins.arrived(Arrived(TOPICS.of("health"), json.dumps({"run": OTHER, "time": time}).encode(), retained=True))


@pytest.mark.parametrize("name", [None, 5, ["x"], ""])
def test_a_computer_without_a_readable_name_is_another_host_too(twins: Twins, name: object) -> None:
    assert twins.arrived(info(OTHER, name))
    assert twins.told.startswith("another host has the name kitchen")


def test_the_name_of_the_computer_does_nothing_to_a_terminal(twins: Twins) -> None:
    twins.arrived(info(OTHER, "\x1b[2J" + "x" * 10_000))
    assert "\x1b" not in twins.told
    assert len(twins.told) < 400


@pytest.mark.parametrize("version", ["5", "3.1.1"])
def test_both_say_so_and_one_of_them_waits(broker: Broker, version: str) -> None:
    settings: MqttSettings = replace(settings_of(broker), version=version, node=NODE)
    patient = Delays(
        first=0.05, longest=0.2, taken_over=1.0
    )  # on a busy computer, it is out again before it has spoken
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


@pytest.mark.thorough
def test_a_killed_broker_that_is_back_with_an_earlier_run_makes_no_twin(tmp_path: Path) -> None:
    with running(tmp_path, f"persistence true\npersistence_location {tmp_path}/") as own:
        settings = settings_of(own)
        with visiting(own.settings, name="earlier") as earlier:
            long_ago = json.dumps({"run": OTHER, "host_name": "raspi", "time": timestamp(1_700_000_000 * NS_PER_S)})
            for name in ("info", "health"):
                earlier.publish(f"{settings.prefix}/{NODE}/{name}", long_ago.encode(), retain=True)
            earlier.wait_for(lambda: len(earlier.confirmed) == 2)
        os.kill(own.pid, signal.SIGUSR1)
        until(lambda: "Saving in-memory database" in own.log, PATIENCE)
        with publishing(own, settings=settings) as node:
            node.wait(lambda: any(each["run"] != OTHER for each in node.bodies("info")))
            own.restart()
            node.wait(lambda: len(node.told(BrokerReached)) >= 2 and node.visitor.connections >= 2)
            node.visitor.publish(node.topic("status"), b"offline")  # the node corrects it after it has read the rest
            node.wait(lambda: node.texts("status")[-2:] == ["offline", "online"])
            assert not any("has the name" in line for line in node.lines())
