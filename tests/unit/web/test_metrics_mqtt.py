"""The connection to the MQTT broker at /metrics."""

from __future__ import annotations

from hostcore.events import BrokerLost, BrokerReached
from hostcore.web.metrics import Metrics
from hostcore.web.readers import Readers
from hostcore.web.web_view import WebView
from tests.scripted_session import host_facts


def exposed(*events: BrokerReached | BrokerLost) -> str:
    view = WebView(host_facts())
    view.fold(events)
    return Metrics(view, Readers(view)).exposition().decode()


def test_without_a_broker_there_are_no_metrics_of_it() -> None:
    assert "mqtt" not in exposed()


def test_the_connection_and_what_waits_are_metrics() -> None:
    text = exposed(BrokerReached(2, "mqtt://x", 1, waiting=3, dropped=4))
    assert "wasi_host_mqtt_connected 1.0" in text
    assert "wasi_host_mqtt_readings_waiting 3.0" in text
    assert "wasi_host_mqtt_readings_dropped_total 4.0" in text
    assert "wasi_host_mqtt_connected 0.0" in exposed(BrokerLost(2, "mqtt://x", 1, "it is away"))
