"""Simulated nodes answer questions for past values and crashes, and survive all others."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostcore.broker.message import Arrived, Message
from hostcore.fleet.simulated.answers import answer_to
from hostcore.fleet.simulated.fleet import SimulatedFleet
from hostcore.fleet.simulated.plan import Plan
from hostcore.fleet.simulated.troubles import Trouble

START_NS = 1_704_110_400_000_000_000
SECONDS = 60.0


@pytest.fixture(scope="module")
def fleet() -> SimulatedFleet:
    """One node that has crashed, after a minute."""
    made = SimulatedFleet(Plan(nodes=1, plugins=2, percent=100, troubles=(Trouble.CRASHES,)), START_NS)
    for slot in range(made.slot_at(SECONDS)):
        list(made.messages(slot))
    return made


def ask(fleet: SimulatedFleet, command: str, **arguments: Any) -> dict[str, Any]:
    """What the node answers."""
    found = asked(fleet, command, json.dumps({"transaction": "q1", **arguments}).encode())
    assert found is not None
    body = json.loads(found.payload)
    assert body["transaction"] == "q1"
    return body  # type: ignore[no-any-return]


def asked(fleet: SimulatedFleet, command: str, payload: bytes, response_topic: str = "") -> Message | None:
    arrived = Arrived(f"wasi-host/sim-1/command/{command}", payload, response_topic=response_topic)
    found = answer_to(arrived, fleet, fleet.moment(SECONDS))
    return found[1] if found else None


def test_past_values_are_those_that_were_published(fleet: SimulatedFleet) -> None:
    again = SimulatedFleet(fleet.plan, START_NS)
    said = [message for slot in range(again.slot_at(SECONDS)) for _, message in again.messages(slot)]
    plugin = next(each.name for number, each in enumerate(again.nodes[0].plugins) if number != again.nodes[0].victim)
    readings = [json.loads(each.payload) for each in said if each.topic.endswith(f"/{plugin}")]
    published = [(each["mqtt"]["time"], each["temperature"]) for each in readings]
    found = ask(fleet, "history", plugin=plugin, key="temperature", until=published[-1][0], seconds=20, points=10)
    points = [(each["time"], each["value"]) for each in found["data"]["points"]]
    assert points == published[-11:-1]
    assert all(each["simulated"] for each in found["data"]["points"])


def test_a_node_knows_the_time_before_it_started(fleet: SimulatedFleet) -> None:
    found = ask(fleet, "history", plugin="bme680", key="air_quality.index", seconds=86_400, points=100)
    points = found["data"]["points"]
    times = [datetime.fromisoformat(each["time"]) for each in points]
    assert len(points) == 100
    assert (times[-1] - times[0]).total_seconds() == pytest.approx(86_400 * 0.99)
    assert all(each["lowest"] <= each["value"] <= each["highest"] for each in points)


def test_crashes_are_listed_and_reported(fleet: SimulatedFleet) -> None:
    crashes = ask(fleet, "crashes")["data"]["crashes"]
    assert crashes
    report = ask(fleet, "crashes", id=crashes[0]["id"])["data"]["report"]
    assert report["problem"] == crashes[0]["problem"]


@pytest.mark.parametrize(
    ("command", "arguments"),
    [
        ("history", {}),
        ("history", {"plugin": "none", "key": "temperature"}),
        ("history", {"plugin": "dht22", "key": "none"}),
        ("history", {"plugin": "dht22", "key": "temperature", "until": "yesterday"}),
        ("history", {"plugin": "dht22", "key": "temperature", "seconds": 0}),
        ("crashes", {"id": "7"}),
        ("restart", {"plugin": "dht22"}),
    ],
)
def test_what_cannot_be_answered_is_refused(fleet: SimulatedFleet, command: str, arguments: dict[str, Any]) -> None:
    found = ask(fleet, command, **arguments)
    assert found["status"] == "error"
    assert found["error"]


def test_an_answer_goes_only_to_topics_for_answers_of_the_node(fleet: SimulatedFleet) -> None:
    payload = b'{"transaction": "q1"}'
    wanted = {
        "wasi-host/sim-1/response/me": "wasi-host/sim-1/response/me",
        "wasi-host/sim-2/response/me": "wasi-host/sim-1/response/crashes",
        "wasi-host/sim-1/status": "wasi-host/sim-1/response/crashes",
        "lights/kitchen": "wasi-host/sim-1/response/crashes",
    }
    for response_topic, topic in wanted.items():
        found = asked(fleet, "crashes", payload, response_topic)
        assert found is not None
        assert found.topic == topic
        assert not found.retain


LEVELS = ("sim-1/command/history", "sim-2/command/x", "sim-1/status")
TOPICS = st.sampled_from([f"wasi-host/{each}" for each in LEVELS])
KEYS = st.sampled_from(["transaction", "plugin", "key", "seconds", "points", "until", "id"])
WORDS = st.sampled_from(["dht22", "temperature", "q1"])
VALUES = WORDS | st.integers() | st.floats(allow_nan=False) | st.text() | st.none()
PAYLOADS = st.binary(max_size=40) | st.dictionaries(KEYS, VALUES).map(lambda found: json.dumps(found).encode())


@given(topic=TOPICS, payload=PAYLOADS)
def test_nothing_disturbs_a_node(fleet: SimulatedFleet, topic: str, payload: bytes) -> None:
    found = answer_to(Arrived(topic, payload), fleet, fleet.moment(SECONDS))
    assert found is None or json.loads(found[1].payload)["transaction"]
