"""A screen over a broker that is killed, paused and started again: nothing is missed, and nothing comes twice."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest

from hostcore.actuation import Actuation
from hostcore.broker.groups import CommandGroup
from hostcore.events import CaughtUp, ConnectionLost
from tests.attached import Told, line
from tests.broker import PATIENCE, Broker, running
from tests.live_client import live_client
from tests.live_node import live_node
from tests.waiting import soon, until

READ = (CommandGroup.READ,)


@pytest.fixture(scope="module")
def own_broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    with running(tmp_path_factory.mktemp("own")) as broker:
        yield broker


def test_after_a_kill_the_screen_gets_what_it_missed(own_broker: Broker) -> None:
    with (
        live_node(own_broker, "broken", READ) as node,
        live_client(own_broker.settings, "broken") as client,
        client.screen("pi") as (screen, _),
    ):
        told = Told(screen)
        screen.start()
        node.publish(line(1))
        told.lines(1)
        own_broker.kill()
        told.wait_for(ConnectionLost)
        node.publish(*map(line, range(2, 50)))
        own_broker.start()
        assert told.lines(49) == [f"line {each}" for each in range(1, 50)]


def test_a_pause_delays_and_loses_nothing(own_broker: Broker) -> None:
    with (
        live_node(own_broker, "paused", READ) as node,
        live_client(own_broker.settings, "paused") as client,
        client.screen("pi") as (screen, _),
    ):
        told = Told(screen)
        screen.start()
        told.wait_for(CaughtUp)
        own_broker.pause()
        node.publish(*map(line, range(100)))
        own_broker.resume()
        assert told.lines(100) == [f"line {each}" for each in range(100)]
        assert not told.count(ConnectionLost)


def test_a_paused_broker_and_a_slow_command_delay_a_stop_by_less_than_a_second(
    own_broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, ended = Event(), Event()

    def actuate(_actuation: Actuation) -> None:
        begun.set()
        ended.wait(PATIENCE)

    with (
        live_node(own_broker, "slow", (*READ, CommandGroup.OUTPUTS)) as node,
        live_client(own_broker.settings, "slow") as client,
        client.screen("pi"),
    ):
        monkeypatch.setattr(node.session, "actuate", actuate)
        command = {"transaction": "slow", "time": time.time(), "name": "fan", "state": "ON"}
        client.publish("slow/pi/command/relay", json.dumps(command).encode())
        assert begun.wait(PATIENCE)
        own_broker.pause()
        with soon(1.0):
            assert not node.front.stop()
        ended.set()
        own_broker.resume()


@pytest.mark.thorough
def test_whenever_the_broker_is_killed_or_paused_every_line_comes_once(tmp_path: Path) -> None:
    chance = random.Random(1)
    with (
        running(tmp_path) as broker,
        live_node(broker, "chaos", READ) as node,
        live_client(broker.settings, "chaos") as client,
        client.screen("pi") as (screen, _),
    ):
        told, count = Told(screen), 0
        screen.start()
        for _ in range(20):
            for _ in range(chance.randrange(1, 40)):
                node.publish(line(count))
                count += 1
            if chance.random() < 0.5:
                broker.restart()
            else:
                broker.pause()
                node.publish(line(count))
                count += 1
                broker.resume()
            until(lambda: client.connection.is_connected, PATIENCE)
        assert told.lines(count) == [f"line {each}" for each in range(count)]
