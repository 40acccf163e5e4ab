"""A message that is larger than we take costs neither memory nor the connection, and is told."""

from __future__ import annotations

import socket
import subprocess
import threading
from contextlib import suppress

import pytest

from hostcore.broker.settings import BrokerSettings
from hostcore.quick_dataclass import replace
from tests.broker import Broker, visiting
from tests.memory import MIB, growth
from tests.programs import require

HUGE = 40 * MIB


def publish(broker: Broker, topic: str, payload: bytes) -> None:
    require("mosquitto_pub", packages="mosquitto-clients")
    command = ("mosquitto_pub", "-p", str(broker.ports.anonymous), "-t", topic, "-q", "1", "-s")
    subprocess.run(command, input=payload, check=True)


@pytest.mark.parametrize("secured", [False, pytest.param(True, marks=pytest.mark.thorough)], ids=["plain", "TLS"])
def test_a_huge_message_of_mqtt_3_1_1_is_thrown_away_as_it_comes(broker: Broker, secured: bool) -> None:
    """MQTT 3.1.1 cannot tell a broker what we take."""
    settings = replace(broker.secured if secured else broker.settings, version="3.1.1")
    topic, told = f"huge/{secured}", list[str]()
    with visiting(settings, topic, largest=100_000, tell=told.append) as visitor:
        payload = bytes(HUGE)
        with growth() as grown:
            for each in (payload, b"small"):
                publish(broker, topic, each)
            visitor.wait_for(lambda: visitor.of(topic))
        assert visitor.of(topic) == [b"small"]
        assert visitor.connections == 1
        assert grown.peak < 8 * MIB
    assert "more than 100,000 bytes, and is left out" in told[0]
    assert topic in told[0]
    assert len(told) == 1


def test_one_that_is_only_a_little_too_large_is_left_out_too(broker: Broker) -> None:
    settings = replace(broker.settings, version="3.1.1")
    with visiting(settings, "edge/+", largest=1000) as visitor, visiting(broker.settings, name="giver") as giver:
        for size in (999, 1000, 1001, 60_000, 66_000, 68_000, 70_000, 140_000):
            giver.publish(f"edge/{size}", bytes(size))
        giver.publish("edge/end", b"")
        visitor.wait_for(lambda: visitor.of("edge/end"))
        assert [each.topic for each in visitor.arrived] == ["edge/999", "edge/1000", "edge/end"]
        assert visitor.connections == 1


def test_a_broker_goes_on_with_confirmed_messages_after_many_that_were_left_out(broker: Broker) -> None:
    """Each is confirmed: otherwise a broker sends no more after some."""
    settings = replace(broker.settings, version="3.1.1")
    with visiting(settings, "many", largest=1000) as visitor, visiting(broker.settings, name="giver") as giver:
        for _ in range(40):
            giver.publish("many", bytes(80_000))
        giver.publish("many", b"end")
        visitor.wait_for(lambda: visitor.of("many") == [b"end"])


class SlowBroker:
    """A broker of MQTT 3.1.1 whose huge message takes seconds, and that answers no ping before its end."""

    def __enter__(self) -> int:
        self._server = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._serve, daemon=True).start()
        port: int = self._server.getsockname()[1]
        return port

    def __exit__(self, *_: object) -> None:
        self._server.close()

    def _serve(self) -> None:
        with suppress(OSError):
            visitor, _ = self._server.accept()
            with visitor:
                visitor.sendall(b"\x20\x02\x00\x00" + b"\x30\x80\x80\x80\x01" + b"\x00\x04slow")  # 2 MiB follow
                pace = threading.Event()
                left = (2 << 20) - 6
                while left:
                    left -= visitor.send(bytes(min(left, 40_000)))
                    pace.wait(0.06)
                visitor.sendall(b"\x30\x07\x00\x04slowx")
                while visitor.recv(1000):
                    pass


@pytest.mark.thorough
def test_a_slow_one_does_not_cost_the_connection_while_it_comes() -> None:
    """Answers to pings come after it."""
    told: list[str] = []
    with SlowBroker() as port:
        settings = BrokerSettings("127.0.0.1", port, version="3.1.1", keep_alive=1)
        with visiting(settings, "slow", largest=1000, tell=told.append) as visitor:
            visitor.wait_for(lambda: visitor.of("slow"))
            assert visitor.of("slow") == [b"x"]
            assert (visitor.connections, visitor.problems) == (1, [])
    assert len(told) == 1
