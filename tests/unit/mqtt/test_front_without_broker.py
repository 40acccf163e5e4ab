"""What a node does about a broker that is lost, takes nothing, or hangs."""

from __future__ import annotations

from pathlib import Path

import pytest

from hostcore.clock import VirtualClock
from hostcore.events import BrokerLost, BrokerReached
from hostcore.quick_dataclass import replace
from tests.broker import SILENT_USER, SOON, Broker, running, visiting
from tests.published import publishing, settings_of
from tests.waiting import soon


def test_it_is_an_event_and_a_line_of_the_log_once(tmp_path: Path) -> None:
    with running(tmp_path) as broker, publishing(broker) as node:
        node.wait(lambda: node.told(BrokerReached))
        broker.kill()
        node.wait(lambda: any("refuses connections" in each.problem for each in node.told(BrokerLost)))
        broker.start()
        node.wait(lambda: len(node.told(BrokerReached)) == 2)
        lines = node.lines()
        assert len([line for line in lines if "refuses connections" in line]) == 1
        assert len([line for line in lines if line.startswith("MQTT: connected to mqtt://127.0.0.1")]) == 2


def test_after_a_loss_all_is_there_again(tmp_path: Path) -> None:
    """The new broker has kept nothing."""
    with running(tmp_path) as broker, publishing(broker, "light") as node:
        node.run("light")
        node.wait(lambda: node.bodies("light", "state"))
        broker.kill()
        node.wait(lambda: node.told(BrokerLost))
        node.read("light", illuminance=1)
        broker.start()
        node.wait(lambda: node.bodies("light"))
        with visiting(broker.settings, node.topic("#"), name="late") as late:
            late.wait_for(lambda: late.of(node.topic("info")) and late.of(node.topic("light", "state")))
            late.wait_for(lambda: late.of(node.topic("status")) == [b"online"])


def test_late_readings_come_when_other_clients_have_had_time_to_come_back(tmp_path: Path) -> None:
    clock = VirtualClock()
    patient = replace(SOON, others=15.0)
    with running(tmp_path) as broker, publishing(broker, "light", clock=clock, delays=patient) as node:
        node.wait(lambda: node.told(BrokerReached))
        broker.kill()
        node.wait(lambda: node.told(BrokerLost))
        for number in range(3):
            node.read("light", illuminance=number)
        broker.start()
        node.wait(lambda: node.bodies("light"))
        assert not node.bodies("light", "late")
        clock.advance(15)
        node.wait(lambda: len(node.bodies("light", "late")) == 2)


def test_a_broker_that_takes_nothing_is_told(broker: Broker) -> None:
    settings = replace(settings_of(broker), broker=f"mqtt://{SILENT_USER}@127.0.0.1:{broker.ports.plain}")
    with publishing(broker, settings=settings) as node:
        node.wait(lambda: any("refuses a message" in line for line in node.lines()))
        assert len([line for line in node.lines() if "refuses a message" in line]) == 1


@pytest.mark.parametrize("is_paused", [False, True])
def test_a_stop_takes_less_than_a_second(tmp_path: Path, is_paused: bool) -> None:
    with running(tmp_path) as broker, publishing(broker, "light") as node:
        node.wait(lambda: node.texts("status"))
        broker.pause() if is_paused else broker.kill()
        for number in range(100):
            node.read("light", illuminance=number)
        with soon():
            node.front.stop()
        assert node.front.outbox.waiting == 100
