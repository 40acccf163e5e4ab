"""The front end as a host opens it: which commands it takes, and which it says that it takes."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from hostcore.broker.groups import CommandGroup
from hostcore.clock import RealClock
from hostcore.config.mqtt import MqttSettings
from hostcore.errors import HostError
from hostcore.mqtt import open_mqtt
from hostcore.quick_dataclass import replace
from tests.broker import Broker
from tests.live_client import LiveClient, live_client
from tests.scripted_session import ScriptedSession, host_facts

ALL = tuple(CommandGroup)


@contextmanager
def opened(broker: Broker, name: str, session: ScriptedSession, **wanted: object) -> Iterator[LiveClient]:
    settings = MqttSettings(
        enabled=True, broker=broker.settings.url, user=broker.settings.user, password_file=broker.password_file,
        prefix=name, node="pi", home_assistant="", **wanted,  # type: ignore[arg-type]
    )  # fmt: skip
    front = open_mqtt(session, settings, RealClock(), session.stream.publish)
    front.start()
    try:
        with live_client(broker.settings, name) as client:
            client.subscribe(f"{name}/pi/#")
            client.wait_for(lambda: client.of(f"{name}/pi/info") and client.of(f"{name}/pi/status")[-1:] == [b"online"])
            yield client
    finally:
        front.stop()


def commands_of(client: LiveClient) -> list[str]:
    """What the node says that it takes."""
    return list(json.loads(client.of(f"{client.prefix}/pi/info")[-1])["commands"])


@pytest.mark.parametrize("version", ["5", "3.1.1"])
def test_it_takes_what_its_settings_allow(broker: Broker, version: str) -> None:
    session = ScriptedSession()
    with opened(broker, f"open-{version[0]}", session, commands=ALL, version=version) as client:
        assert commands_of(client) == [each.value for each in ALL]
        assert client.ask("pi", "acknowledge", {"name": "warm"}) == {"name": "warm"}
        assert session.acknowledged == ["warm"]


def test_a_host_that_only_looks_says_that_it_takes_no_orders(broker: Broker) -> None:
    session = ScriptedSession(facts=replace(host_facts(), is_read_only=True))
    with opened(broker, "open-read-only", session, commands=ALL) as client:
        assert commands_of(client) == ["read"]
        assert client.ask("pi", "crashes", {}) == {"crashes": []}


def test_a_host_that_allows_no_commands_says_so_to_who_sends_one(broker: Broker) -> None:
    session = ScriptedSession()
    with opened(broker, "open-none", session) as client:
        assert commands_of(client) == []
        with pytest.raises(HostError, match="allows no commands: name their groups in commands of"):
            client.ask("pi", "crashes", {})
        client.publish("open-none/pi/command/acknowledge", b"garbage")
        client.wait_for(lambda: client.of("open-none/pi/response/acknowledge"))
        client.wait_for(lambda: len(client.of("open-none/pi/events/denial")) == 2)
    assert session.acknowledged == []


def test_a_host_that_only_looks_refuses_orders_in_words_also_if_it_answers_no_questions(broker: Broker) -> None:
    session = ScriptedSession(facts=replace(host_facts(), is_read_only=True))
    with opened(broker, "open-mute", session, commands=(CommandGroup.ORDERS,)) as client:
        assert commands_of(client) == []
        with pytest.raises(HostError, match="has read_only = true in"):
            client.ask("pi", "start", {"plugin": "bme680"})


def test_no_command_waits_for_a_node_that_is_away(broker: Broker) -> None:
    session, name = ScriptedSession(), "open-away"
    with opened(broker, name, session, commands=ALL) as client:
        client.ask("pi", "acknowledge", {"name": "first"})
    with live_client(broker.settings, name) as client:
        body = {"transaction": "while-away", "time": time.time(), "name": "second"}
        client.publish(f"{name}/pi/command/acknowledge", json.dumps(body).encode())
        client.wait_for(lambda: client.confirmed)
    with opened(broker, name, session, commands=ALL) as client:
        client.ask("pi", "acknowledge", {"name": "third"})
    assert session.acknowledged == ["first", "third"]
