"""The MQTT broker in the output of ``wasi-host status`` and ``doctor``, and in their exit statuses."""

from __future__ import annotations

from pathlib import Path

from hostcore.cli.doctor_mqtt import check_broker
from hostcore.cli.finding_text import Told
from hostcore.cli.status import Condition
from hostcore.config.mqtt import MqttSettings
from hostcore.diagnosis.report import DiagnosisReport
from hostcore.events import BrokerLost, BrokerReached
from hostcore.quick_dataclass import replace
from tests.broker import USER, Broker
from tests.free_ports import free_ports
from tests.published import settings_of

URL = "mqtt://broker.local"


def condition(reached: BrokerReached | None = None, lost: BrokerLost | None = None) -> Condition:
    report = DiagnosisReport(12, 0, (), broker_reached=reached, broker_lost=lost)
    return Condition(Told(report, Path("host.toml"), 7), 7, None)


def test_a_host_without_a_broker_says_nothing_of_it() -> None:
    assert condition().is_well
    assert condition().json()["mqtt"] is None
    assert "mqtt" not in "\n".join(condition().lines(100))


def test_a_connection_is_told_with_what_waits() -> None:
    found = condition(BrokerReached(10**9, URL, 0, waiting=2, dropped=1))
    assert found.is_well
    assert "mqtt: connected to mqtt://broker.local; 2 readings wait; 1 reading dropped" in "\n".join(found.lines(100))
    assert found.json()["mqtt"] == {
        "connected": True,
        "broker": URL,
        "since": "1970-01-01T00:00:00.000Z",
        "problem": "",
        "waiting": 2,
        "dropped": 1,
        "not_kept": "",
        "twin": "",
        "refusal": "",
    }


def test_another_host_with_the_name_of_this_one_is_trouble() -> None:
    found = condition(BrokerReached(10**9, URL, 0, twin="another host has the name pi, too"))
    assert not found.is_well
    assert "connected to mqtt://broker.local; another host has the name pi, too" in "\n".join(found.lines(200))
    assert found.json()["mqtt"]["twin"] == "another host has the name pi, too"


def test_it_is_told_why_what_waits_is_not_kept() -> None:
    found = condition(BrokerReached(10**9, URL, 0, waiting=2, not_kept="history.sqlite is in use by another host"))
    assert "what waits is lost when the host ends: history.sqlite is in use by" in "\n".join(found.lines(200))


def test_a_broker_that_is_away_is_trouble() -> None:
    found = condition(lost=BrokerLost(10**9, URL, 0, "it refuses connections", 5))
    assert not found.is_well
    text = "\n".join(found.lines(200))
    assert "mqtt: away since 1970-01-01T00:00:00.000Z: it refuses connections; 5 readings wait" in text
    assert not found.json()["mqtt"]["connected"]


def test_a_broker_that_takes_a_connection_and_refuses_messages_is_trouble() -> None:
    found = condition(BrokerReached(10**9, URL, 0, waiting=3, refusal=f"{URL} refuses a message: no"))
    assert not found.is_well
    text = "\n".join(found.lines(100))
    assert "mqtt: connected, but mqtt://broker.local refuses a message: no; 3 readings wait" in text
    assert found.json()["mqtt"]["refusal"] == "mqtt://broker.local refuses a message: no"


def test_one_reading_waits_and_two_wait() -> None:
    found = condition(BrokerReached(10**9, URL, 0, waiting=1, dropped=0))
    assert "mqtt://broker.local; 1 reading waits" in "\n".join(found.lines(100))


def test_the_doctor_connects_as_the_host_would(broker: Broker) -> None:
    settings = settings_of(broker)
    found = check_broker(settings)
    assert found.is_fine
    assert found.text == f"mqtt://127.0.0.1:{broker.ports.plain} takes MQTT 5 as {USER}"


def test_the_doctor_says_why_it_cannot(broker: Broker) -> None:
    (port,) = free_ports(1)
    assert "refuses connections" in check_broker(MqttSettings(broker=f"mqtt://127.0.0.1:{port}")).text
    found = check_broker(replace(settings_of(broker), password_file=broker.ca_file))
    assert not found.is_fine
    assert "password" in found.text
