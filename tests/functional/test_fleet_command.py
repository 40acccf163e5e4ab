"""wasi-host fleet, with a real mosquitto."""

from __future__ import annotations

import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from hostcore.broker.groups import CommandGroup
from hostcore.cli.main import main
from hostcore.events.event_json import to_json
from hostcore.threads import HostThread
from tests.broker import USER, Broker, Visitor, visiting
from tests.fleet_messages import health, info


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The broker of the tests is near."""
    monkeypatch.setattr("hostcore.cli.fleet.QUIET_SECONDS", 0.2)


@pytest.fixture
def prefix() -> str:
    return f"fleet-{secrets.token_hex(4)}"


def run(broker: Broker, prefix: str, *arguments: str, named: bool = False) -> int:
    url = f"mqtt://{USER}@127.0.0.1:{broker.ports.plain}"
    where = ("--broker", url) if named else (url,)
    return main(["fleet", *arguments, *where, "--prefix", prefix, "--password-file", str(broker.password_file)])


@contextmanager
def node(broker: Broker, prefix: str, answers: dict[str, Any] | None = None, **changes: Any) -> Iterator[Visitor]:
    """A node that is on the broker, and answers each command with what `answers` has for it."""
    with visiting(broker.settings, f"{prefix}/pi/command/+") as visitor:
        for part, body in (
            ("info", info(commands=(CommandGroup.READ,))),
            ("health", health(time.time(), **changes)),
        ):
            visitor.publish(f"{prefix}/pi/{part}", json.dumps(to_json(body)).encode(), retain=True)
        visitor.publish(f"{prefix}/pi/status", b"online", retain=True)
        visitor.wait_for(lambda: len(visitor.confirmed) == 3)
        done = threading.Event()
        thread = HostThread(_answer, "node", visitor, answers or {}, done)
        thread.start()
        yield visitor
        done.set()
        thread.join()


def _answer(visitor: Visitor, answers: dict[str, Any], done: threading.Event) -> None:
    while not done.wait(0.005):
        while visitor.arrived:
            asked = visitor.arrived.pop(0)
            body, command = json.loads(asked.payload), asked.topic.rpartition("/")[2]
            found = answers[command](body) if callable(answers[command]) else answers[command]
            reply = {"transaction": body["transaction"], "status": "ok", "data": found}
            visitor.publish(asked.response_topic, json.dumps(reply).encode())


def test_what_is_printed_before_all_has_come_says_so(
    broker: Broker, prefix: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hostcore.cli.fleet.QUIET_SECONDS", 60)
    with node(broker, prefix):
        run(broker, prefix, "--json", "--wait", "0.8")
    assert "after 0.8 s the broker still delivers what it has kept, so nodes can be missing" in capsys.readouterr().err


def test_a_fleet_that_is_well(broker: Broker, prefix: str, capsys: pytest.CaptureFixture[str]) -> None:
    with node(broker, prefix):
        assert run(broker, prefix, "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["connected"], found["well"]) == (True, True)
    assert [(each["name"], each["standing"]) for each in found["nodes"]] == [("pi", "ok")]


def test_a_fleet_that_is_not(broker: Broker, prefix: str, capsys: pytest.CaptureFixture[str]) -> None:
    with node(broker, prefix, alarms=("hot",), alarms_count=1):
        assert run(broker, prefix, "--plain") == 1
    assert "TROUBLE    alarm hot" in capsys.readouterr().out


def test_a_fleet_without_nodes(broker: Broker, prefix: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(broker, prefix) == 1
    assert "0 nodes" in capsys.readouterr().out


def test_a_broker_that_cannot_be_reached(broker: Broker, prefix: str, capsys: pytest.CaptureFixture[str]) -> None:
    began = time.monotonic()
    assert main(["fleet", "mqtt://127.0.0.1:1", "--json", "--wait", "60"]) == 3
    assert time.monotonic() - began < 30
    said = capsys.readouterr()
    assert json.loads(said.out)["connected"] is False
    assert "refuses connections" in said.err


def test_a_watched_broker_that_cannot_be_reached(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fleet", "mqtt://127.0.0.1:1", "--watch"]) == 3
    assert "refuses connections" in capsys.readouterr().err


def test_the_password_is_never_told(
    broker: Broker, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("WASI_HOST_MQTT_PASSWORD", "hunter2-but-wrong")
    assert main(["fleet", f"mqtt://{USER}@127.0.0.1:{broker.ports.plain}", "--json"]) == 3
    said = capsys.readouterr()
    assert "hunter2" not in said.out + said.err


POINT = {"time": "2026-01-01T00:00:00Z", "value": 21.5, "lowest": 20.0, "highest": 23.0, "count": 7, "simulated": True}


def test_past_values_of_a_node(broker: Broker, prefix: str, capsys: pytest.CaptureFixture[str]) -> None:
    asked: list[dict[str, Any]] = []
    marks = [{"time": "2026-01-01T00:00:00Z", "plugin": "bme680", "kind": "crash", "text": "bad\x1b[2J"}]
    answers = {"history": lambda body: asked.append(body) or {"points": [POINT, 7], "marks": marks}}
    with node(broker, prefix, answers) as there:
        values = [{"key": "temperature", "unit": "°C", "is_guessed": True}]
        there.publish(f"{prefix}/pi/bme680/values", json.dumps(values).encode(), retain=True)
        there.wait_for(lambda: len(there.confirmed) == 4)
        assert run(broker, prefix, "history", "pi", "bme680.temperature", "--since", "2h", named=True) == 0
    said = capsys.readouterr().out
    assert (asked[0]["plugin"], asked[0]["key"], asked[0]["seconds"]) == ("bme680", "temperature", 7200)
    assert said.splitlines()[1].split()[-7:] == ["20", "21.5", "23", "°C", "(guessed)", "7", "simulated"]
    assert r"crash: bad\x1b[2J" in said


def test_a_number_that_a_node_does_not_measure(broker: Broker, prefix: str, capsys: pytest.CaptureFixture[str]) -> None:
    with node(broker, prefix, {"history": {"points": []}}) as there:
        values = json.dumps([{"key": "temperature"}, {"key": "humidity"}]).encode()
        there.publish(f"{prefix}/pi/bme680/values", values, retain=True)
        there.wait_for(lambda: len(there.confirmed) == 4)
        assert run(broker, prefix, "history", "pi", "bme680.temp", named=True) == 0
        assert "; the node measures bme680.temperature, bme680.humidity" in capsys.readouterr().out
        assert run(broker, prefix, "history", "pi", "bme680.humidity", named=True) == 0
        assert "measures" not in capsys.readouterr().out


CRASH = {"id": "17", "time": "2026-01-01T00:00:00Z", "plugin": "bme680", "kind": "trap", "problem": "out of bounds"}


def test_crashes_of_a_node(broker: Broker, prefix: str, capsys: pytest.CaptureFixture[str]) -> None:
    with node(broker, prefix, {"crashes": {"crashes": [CRASH]}}):
        assert run(broker, prefix, "crashes", "pi", named=True) == 0
        assert "bme680, trap: out of bounds" in capsys.readouterr().out
        assert run(broker, prefix, "crashes", "pi", "2", named=True) == 2
        assert "there are 1 to 1" in capsys.readouterr().err


def test_what_a_node_answers_wrongly_is_told(broker: Broker, prefix: str, capsys: pytest.CaptureFixture[str]) -> None:
    def crashes(body: dict[str, Any]) -> object:
        return {"report": {"plugin": 7}} if "id" in body else {"crashes": [CRASH]}

    answers = {"crashes": crashes, "history": 7}
    with node(broker, prefix, answers):
        assert run(broker, prefix, "crashes", "pi", "1", named=True) == 1
        assert run(broker, prefix, "history", "pi", "bme680.temperature", named=True) == 1
    said = capsys.readouterr().err
    assert "pi: its report cannot be read" in said
    assert "pi answered with something else than past values" in said


def test_a_node_that_does_not_exist(broker: Broker, prefix: str, capsys: pytest.CaptureFixture[str]) -> None:
    with node(broker, prefix):
        assert run(broker, prefix, "history", "pj", "bme680.temperature", named=True) == 1
    assert "found no node pj; there are pi" in capsys.readouterr().err
