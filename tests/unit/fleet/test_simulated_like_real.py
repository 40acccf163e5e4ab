"""Simulated nodes say what hosts say: the same kinds of messages, with the same keys and types in them."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from hostcore.broker.groups import CommandGroup
from hostcore.broker.interface import Listener
from hostcore.broker.message import Message
from hostcore.broker.topics import place_of
from hostcore.clock import VirtualClock
from hostcore.config.mqtt import MqttSettings
from hostcore.events import (
    Alarm,
    AlarmCleared,
    AlarmRaised,
    Event,
    FindingCleared,
    FindingRaised,
    ReadingPublished,
    State,
    StateChanged,
    ValuesDescribed,
)
from hostcore.fleet.simulated import happenings
from hostcore.fleet.simulated.plan import Plan
from hostcore.fleet.simulated.shapes import SHAPES
from hostcore.fleet.simulated.situation import finding_about
from hostcore.fleet.simulated.troubles import Trouble
from hostcore.mqtt import front
from hostcore.mqtt.front import MqttFront
from hostcore.place import BusName
from hostcore.quantities import DescribedValue, Quantity
from tests.scripted_session import ScriptedSession, plugin_facts
from tests.simulated_nodes import ObedientConnection, SentFleet
from tests.waiting import until

PLUGIN = "bme680"
BUS = BusName("i2c-1")
AIR = {"temperature": 21.5, "humidity": 40.2, "pressure": 1013.1, "gas_resistance": 120_000}
TEMPERATURE = DescribedValue("temperature", Quantity("°C", "temperature", decimals=2))
READING = {**AIR, "air_quality": {"index": 95.5, "method": "a sum"}}
ALARM = Alarm("too-warm", "bme680 measures more than 30 °C", plugin=PLUGIN, above=30.0)
SETTINGS = MqttSettings(enabled=True, tags=("cellar",), commands=(CommandGroup.READ,))
Kind = tuple[str, ...]


class RealFront:
    """The front end of a host without plugins, on a connection without a broker."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(front, "BrokerConnection", self._connect)
        self.clock = VirtualClock()
        self.session = ScriptedSession(known=[plugin_facts(PLUGIN)])
        self.front = MqttFront(self.session, SETTINGS, self.clock, lambda _: None)

    def _connect(self, _settings: object, _client_id: str, listener: Listener, **_: object) -> ObedientConnection:
        self.connection = FrontConnection(listener)
        return self.connection

    def tell(self, *events: Event) -> None:
        """Let something happen at the host."""
        self.session.publish(list(events))

    def wait_for(self, *levels: str) -> None:
        """Wait until there is a message of this kind."""
        self.wait_until(lambda: any(kind_of(message) == levels for message in [*self.connection.taken]))

    def wait_until(self, condition: Callable[[], bool]) -> None:
        """Wait, while the seconds of the host's clock pass quickly."""
        until(lambda: self.clock.advance(0.1) or condition(), seconds=20)


class FrontConnection(ObedientConnection):
    """One with all that a host needs of a connection."""

    @property
    def is_connected(self) -> bool:
        return self.is_up

    def unsubscribe(self, topics: str) -> None:
        """Nothing comes anyway."""

    def note_twin(self) -> None:
        """Nobody else has the name."""


@pytest.fixture(scope="module")
def real() -> list[Message]:
    """What a host says with all that happens to simulated nodes."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        host = RealFront(monkeypatch)
    host.front.start()
    now = host.clock.wall_ns()
    finding = finding_about(PLUGIN)
    reading = ReadingPublished(now, PLUGIN, READING, (BUS,))
    host.tell(StateChanged(now, PLUGIN, State.LOADING, State.RUNNING, ""))
    host.tell(ValuesDescribed(now, PLUGIN, (TEMPERATURE,)))
    host.tell(reading)
    host.wait_for("PLUGIN", "values")
    host.tell(FindingRaised(now, finding, now), AlarmRaised(now, ALARM, now, 31.5, is_simulated=True))
    host.tell(StateChanged(now, PLUGIN, State.RUNNING, State.BACKOFF, "KeyError: 'gain' in bme680.py line 9"))
    host.tell(happenings.crash(PLUGIN, now))
    host.wait_for("events", "crash")
    host.wait_until(lambda: any(healths_with_trouble(host.connection.taken)))
    host.tell(FindingCleared(now, finding), AlarmCleared(now, ALARM))
    host.connection.go_down()
    host.tell(reading, reading)
    host.wait_until(lambda: host.front.outbox.waiting >= 2)
    host.connection.come_up()
    host.wait_for("PLUGIN", "late")
    host.front.stop()
    return host.connection.taken


@pytest.fixture(scope="module")
def simulated() -> list[Message]:
    """What simulated nodes say, with all their troubles."""
    sent = SentFleet(Plan(nodes=len(Trouble), plugins=1, percent=100))
    sent.sender.begin()
    sent.sender.run(300)
    sent.sender.clear(keep=True)
    return sent.taken


def test_all_that_simulated_nodes_say_is_what_hosts_say(real: list[Message], simulated: list[Message]) -> None:
    assert {kind_of(message) for message in simulated} == {kind_of(message) for message in real}


def test_the_same_messages_are_retained_and_sent_with_the_same_quality(
    real: list[Message], simulated: list[Message]
) -> None:
    assert dict(how(simulated)) == dict(how(real))


def test_messages_have_the_same_keys_with_the_same_types(real: list[Message], simulated: list[Message]) -> None:
    of_hosts, of_nodes = (types_by_kind(messages) for messages in (real, simulated))
    for kind, types in of_nodes.items():
        assert types == of_hosts[kind], kind


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.name)
def test_values_are_described_as_the_shipped_driver_does(shape: Any) -> None:
    stated = {key: value for key, value in described(Path(f"plugins/{shape.name}.py")) if not key.endswith(".method")}
    assert {each.key: _stated(each) for each in shape.values} == stated


def described(file: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """What a driver says of its values, with `host.describe`."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "host.describe":
            yield (
                ast.literal_eval(node.args[0]),
                {each.arg or "": ast.literal_eval(each.value) for each in node.keywords},
            )


def _stated(value: Any) -> dict[str, Any]:
    parts = {name: getattr(value, name) for name in ("unit", "device_class", "state_class", "decimals", "name")}
    return {name: part for name, part in parts.items() if part not in ("", None)}


def kind_of(message: Message) -> Kind:
    """The levels of a topic below the node, with PLUGIN for the name of any plugin."""
    place = place_of(message.topic, "wasi-host")
    assert place is not None
    return tuple("PLUGIN" if level == PLUGIN else level for level in place.levels)


def how(messages: Iterable[Message]) -> Iterator[tuple[Kind, tuple[bool, int, int]]]:
    """How each kind of message is sent."""
    for message in messages:
        yield kind_of(message), (message.retain, message.qos, message.expires)


def healths_with_trouble(messages: Iterable[Message]) -> Iterator[bool]:
    """Whether each health has a plugin in trouble, a finding and an alarm."""
    for message in [*messages]:
        if kind_of(message) == ("health",):
            found = json.loads(message.payload)
            yield bool(found["troubled"] and found["findings"] and found["alarms"])


def types_by_kind(messages: Iterable[Message]) -> dict[tuple[Kind, str], Any]:
    """The keys and types in each kind of message. Events are told apart by their names."""
    found: dict[tuple[Kind, str], Any] = {}
    for message in messages:
        if message.payload and kind_of(message) != ("status",):
            body = json.loads(message.payload)
            key = kind_of(message), body.get("event", "") if isinstance(body, dict) else ""
            found[key] = merged(found.get(key), types_in(body))
    return found


def types_in(value: object) -> Any:
    """The type of a value of JSON, with those of all that is in it; None for nothing."""
    match value:
        case Mapping():
            return {key: types_in(each) for key, each in value.items()}
        case list():
            within: Any = None
            for each in value:
                within = merged(within, types_in(each))
            return [within]
        case bool():
            return "bool"
        case int() | float():
            return "number"
    return None if value is None else "text"


def merged(one: Any, other: Any) -> Any:
    """The types of two values that stand at the same place."""
    if one is None or other is None:
        return other if one is None else one
    if isinstance(one, dict) and isinstance(other, dict):
        return {key: merged(one.get(key), other.get(key)) for key in [*one, *(key for key in other if key not in one)]}
    if isinstance(one, list) and isinstance(other, list):
        return [merged(one[0], other[0])]
    return one
