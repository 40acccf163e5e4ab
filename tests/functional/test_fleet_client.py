"""The client of a fleet, with a real mosquitto."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event

import pytest

from hostcore.broker.groups import CommandGroup
from hostcore.broker.live.client import LiveStreams
from hostcore.broker.topics import HEALTH, INFO, OFFLINE, STATUS
from hostcore.clock import Clock, RealClock, VirtualClock
from hostcore.config.mqtt import MqttSettings
from hostcore.errors import BrokerAwayError, NodeError
from hostcore.events import ReadingPublished
from hostcore.events.event_json import to_json
from hostcore.events.history import HistoryPoint
from hostcore.fleet.client import FleetClient
from hostcore.fleet.model import Standing
from hostcore.fleet.node import GONE_SECONDS
from hostcore.mqtt.commands.part import CommandPart
from hostcore.mqtt.front import MqttFront
from hostcore.quick_dataclass import replace
from tests.broker import PATIENCE, SOON, Broker, Visitor, running, visiting
from tests.chaos.proxy import Proxy
from tests.fleet_messages import health, info, reading
from tests.scripted_session import ScriptedSession, plugin_facts
from tests.waiting import soon, until


@pytest.fixture
def prefix() -> str:
    return f"fleet-{secrets.token_hex(4)}"


@contextmanager
def knowing(
    broker: Broker, prefix: str, *, version: str = "5", port: int = 0, clock: Clock | None = None
) -> Iterator[FleetClient]:
    settings = replace(broker.settings, version=version, port=port or broker.settings.port)
    client = FleetClient(settings, prefix, clock=clock, delays=SOON)
    client.start()
    try:
        yield client
    finally:
        with soon():
            assert client.stop()


def introduce(visitor: Visitor, prefix: str, node: str = "pi", *groups: CommandGroup) -> None:
    """Publish a node that is well, now."""

    said = info(commands=groups)
    for part, payload in (
        (STATUS, b"online"),
        (INFO, json.dumps(to_json(said)).encode()),
        (HEALTH, json.dumps(to_json(health(time.time()))).encode()),
    ):
        visitor.publish(f"{prefix}/{node}/{part}", payload, retain=True)


def test_what_the_broker_has_kept_is_there_after_a_moment(broker: Broker, prefix: str) -> None:
    with visiting(broker.settings) as node:
        for number in range(30):
            introduce(node, prefix, f"pi{number}")
        node.wait_for(lambda: len(node.confirmed) == 90)
        with knowing(broker, prefix) as client:
            assert client.wait_for_state(0.3, PATIENCE)
            view = client.view()
    assert [each.name for each in view.nodes] == [f"pi{number}" for number in range(30)]
    assert view.summary.count(Standing.OK) == 30
    assert view.link.is_connected


def test_a_large_fleet_is_there_as_a_whole(tmp_path: Path, prefix: str) -> None:
    """Mosquitto lets a thousand messages wait for their confirmations, and throws all others away."""
    with running(tmp_path) as broker, visiting(broker.settings) as node:
        for number in range(1, 501):
            introduce(node, prefix, f"pi{number}")
            if number % 100 == 0:
                node.wait_for(lambda: len(node.confirmed) == 3 * number)  # noqa: B023 - it is called here
        with knowing(broker, prefix) as client:
            assert client.wait_for_state(0.3, PATIENCE)
            assert client.view().summary.count(Standing.OK) == 500


def test_readings_come_only_of_an_opened_node(broker: Broker, prefix: str) -> None:
    with visiting(broker.settings) as node, knowing(broker, prefix) as client:
        introduce(node, prefix)
        until(lambda: client.view().nodes, PATIENCE)
        client.open("pi")
        node.publish(f"{prefix}/pi/bme680", reading(1), retain=True)
        until(lambda: (found := client.detail("pi")) and found.counts.received, PATIENCE)
        for number in (2, 2, 3, 5, 6, 7):
            node.publish(f"{prefix}/pi/bme680", reading(number, number_of=number))
        until(lambda: (found := client.detail("pi")) and found.counts.repeated, PATIENCE)
        until(lambda: (found := client.detail("pi")) and found.counts.missed == 1, PATIENCE)
        node.publish(f"{prefix}/pi/bme680/late", reading(4, number_of=4))
        until(lambda: (found := client.detail("pi")) and not found.counts.missed, PATIENCE)
        client.close("pi")
        node.publish(f"{prefix}/pi/{STATUS}", b"offline")
        until(lambda: client.view().nodes[0].standing is Standing.OFFLINE, PATIENCE)  # now we have unsubscribed
        messages = client.view().summary.messages
        node.publish(f"{prefix}/pi/bme680", reading(8))
        node.publish(f"{prefix}/pi/{STATUS}", b"online")
        until(lambda: client.view().nodes[0].standing is Standing.OK, PATIENCE)
        assert client.view().summary.messages <= messages + 2  # the node's status can be on its way twice


@pytest.mark.parametrize("version", ["5", "3.1.1"])
def test_a_node_answers(broker: Broker, prefix: str, version: str) -> None:
    with (
        visiting(broker.settings, f"{prefix}/pi/command/+") as node,
        knowing(broker, prefix, version=version) as client,
    ):
        introduce(node, prefix, "pi", CommandGroup.READ)
        until(lambda: client.view().nodes and client.view().nodes[0].commands, PATIENCE)
        answers: list[object] = []

        def answer() -> None:
            node.wait_for(lambda: node.arrived)
            asked = node.arrived.pop()
            body = json.loads(asked.payload)
            reply = json.dumps({"transaction": body["transaction"], "status": "ok", "data": body["plugin"]}).encode()
            node.publish(asked.response_topic or f"{prefix}/pi/response/history", reply)

        from hostcore.threads import HostThread

        thread = HostThread(answer, "node")
        thread.start()
        answers.append(client.ask("pi", "history", {"plugin": "bme680"}).data)
        thread.join()
        assert answers == ["bme680"]


@pytest.mark.parametrize("version", ["5", "3.1.1"])
def test_a_real_host_is_known_and_answers(broker: Broker, prefix: str, version: str) -> None:
    session = ScriptedSession(known=[plugin_facts("light")])
    session.past["light", "lux"] = (HistoryPoint(time.time_ns() - 10**9, 1.0, 2.0, 3.0, 4),)
    settings = MqttSettings(
        broker=broker.settings.url, user=broker.settings.user, password_file=broker.password_file,
        prefix=prefix, node="pi", tags=("attic",), commands=(CommandGroup.READ,),
    )  # fmt: skip
    front = MqttFront(session, settings, RealClock(), session.stream.publish, parts=(CommandPart,), delays=SOON)
    front.start()
    try:
        with knowing(broker, prefix, version=version) as client:
            until(lambda: client.view().nodes and client.view().nodes[0].standing is Standing.OK, PATIENCE)
            assert (client.known("pi").tags, client.known("pi").plugins) == (("attic",), 1)
            answer = client.ask("pi", "history", {"plugin": "light", "key": "lux"})
            assert answer.data["points"][0]["value"] == 2.0
            with pytest.raises(NodeError, match="plugin"):
                client.ask("pi", "history", {"key": "lux"})
            client.open("pi")
            session.publish([ReadingPublished(1, "light", {"lux": 1.5})])
            until(lambda: (found := client.detail("pi")) and found.counts.received, PATIENCE)
    finally:
        front.stop()


def test_a_screen_learns_at_once_that_its_node_is_gone_and_that_of_another_node_goes_on(
    broker: Broker, prefix: str
) -> None:
    """Its silence would tell only after half a minute, and until then the screen would show old readings as new."""
    with visiting(broker.settings, f"{prefix}/#") as nodes, knowing(broker, prefix) as client:
        for node in ("attic", "cellar"):
            introduce(nodes, prefix, node, CommandGroup.READ)
        until(lambda: len([each for each in client.view().nodes if each.run]) == 2, PATIENCE)
        (_, attic), (_, cellar) = (client._streams.open(node, lambda *_: None, 0) for node in ("attic", "cellar"))
        with attic, cellar:
            nodes.publish(f"{prefix}/attic/{STATUS}", OFFLINE, retain=True)
            attic.settimeout(PATIENCE)
            assert attic.recv(1) == b"", "the stream has ended"
            cellar.setblocking(False)
            with pytest.raises(BlockingIOError):
                cellar.recv(1)


def test_a_command_that_is_not_allowed_is_not_even_sent(broker: Broker, prefix: str) -> None:
    with visiting(broker.settings, f"{prefix}/#") as node, knowing(broker, prefix) as client:
        introduce(node, prefix)
        until(lambda: client.view().nodes and client.view().nodes[0].run, PATIENCE)
        with pytest.raises(NodeError, match="does not allow relay"):
            client.ask("pi", "relay", {"name": "fan"})
        assert not [each for each in node.arrived if "/command/" in each.topic]


def test_a_broker_that_is_away_is_told_and_its_return_noticed(tmp_path: Path, prefix: str) -> None:
    with running(tmp_path) as broker, knowing(broker, prefix) as client:
        assert client.wait_for_state(0.05, PATIENCE)
        broker.kill()
        until(lambda: not client.view().link.is_connected, PATIENCE)
        assert client.view().link.problem
        with pytest.raises(BrokerAwayError, match="the broker is not connected"):
            client.ask("pi", "history")
        broker.start()
        until(lambda: client.view().link.is_connected, PATIENCE)


def test_a_wrong_password_is_told(broker: Broker, prefix: str) -> None:
    client = FleetClient(broker.settings, prefix, password="wrong")
    client.start()
    until(lambda: client.view().link.problem, PATIENCE)
    assert "password" in client.view().link.problem
    with soon():
        client.stop()


def test_a_node_that_was_removed_while_we_were_away_is_gone(broker: Broker, prefix: str) -> None:
    clock, way = VirtualClock(), Proxy(broker.ports.plain)
    with visiting(broker.settings) as node, knowing(broker, prefix, port=way.port, clock=clock) as client:
        introduce(node, prefix, "kept")
        introduce(node, prefix, "removed")
        way.open()
        until(lambda: len(client.view().nodes) == 2, PATIENCE)
        way.close()
        until(lambda: not client.view().link.is_connected, PATIENCE)
        for part in (STATUS, INFO, HEALTH):
            node.publish(f"{prefix}/removed/{part}", b"", retain=True)
        node.wait_for(lambda: len(node.confirmed) == 9)
        way.open()
        until(lambda: client.view().link.is_connected, PATIENCE)
        assert client.wait_for_state(0.3, PATIENCE)
        clock.advance(GONE_SECONDS)
        assert [each.name for each in client.view().nodes] == ["kept"]
    way.end()


def test_a_stop_takes_less_than_a_second_although_a_live_screen_does_not_end(
    broker: Broker, prefix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never_ends(_streams: LiveStreams, seconds: float) -> bool:
        return Event().wait(seconds)

    monkeypatch.setattr(LiveStreams, "stop", never_ends)
    client = FleetClient(broker.settings, prefix)
    client.start()
    until(lambda: client.view().link.is_connected, PATIENCE)
    with soon(1.0):
        assert not client.stop()


def test_garbage_on_the_broker_disturbs_nobody(broker: Broker, prefix: str) -> None:
    with visiting(broker.settings) as stranger, knowing(broker, prefix) as client:
        client.open("pi")
        for topic, payload in {
            "pi/status": b"\xff" * 10, "pi/info": b"[" * 100_000, "pi/health": b"9" * 900_000, "pi/bme680": b"{",
            "a/b/c/d/e/f/g": b"x", "pi/events/crash": b"NaN", "pi/bme680/state": b"[]",
        }.items():  # fmt: skip
            stranger.publish(f"{prefix}/{topic}", payload, retain=True)
        stranger.publish(f"{prefix}/pi/{HEALTH}", b"x" * 900_000)
        introduce(stranger, prefix)
        until(lambda: client.view().nodes and client.view().nodes[0].standing is Standing.OK, PATIENCE)
        assert [each.name for each in client.view().nodes] == ["pi"]
