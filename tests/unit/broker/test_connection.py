"""A connection to a real broker: it is made, used, lost and made again, and it says why it cannot be made."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from hostcore.broker import link
from hostcore.broker.message import Arrived, Message
from hostcore.broker.settings import BrokerSettings
from hostcore.errors import BrokerAwayError, MessageTooLargeError
from hostcore.quick_dataclass import replace
from tests.answering import answering
from tests.broker import PATIENCE, SILENT_USER, Broker, Visitor, running, visiting
from tests.waiting import soon


@pytest.mark.parametrize("version", ["5", "3.1.1"])
def test_a_message_is_confirmed_and_reaches_a_subscriber(broker: Broker, version: str) -> None:
    settings = replace(broker.settings, version=version)
    topic = f"connection/{version}"
    with visiting(settings, topic) as visitor:
        number = visitor.publish(topic, b"hello")
        visitor.wait_for(lambda: visitor.of(topic) == [b"hello"] and visitor.confirmed == [number])


def test_tls_with_the_right_authority_is_accepted(broker: Broker) -> None:
    with visiting(broker.secured) as visitor:
        assert visitor.connection.is_connected


def test_a_client_certificate_is_shown_to_a_broker_that_wants_one(broker: Broker) -> None:
    settings = replace(broker.secured, port=broker.ports.certified, certificate_file=broker.client_certificate)
    with visiting(settings, "connection/certified") as visitor:
        visitor.publish("connection/certified", b"1")
        visitor.wait_for(lambda: visitor.of("connection/certified"))
    apart = replace(settings, certificate_file=broker.folder / "client.pem", key_file=broker.folder / "client.key")
    with visiting(apart):
        pass


def cut(visitor: Visitor) -> None:
    """Cut the connection of a visitor, as a network would."""
    link = visitor.connection._link
    assert link is not None
    with socket.socket(fileno=os.dup(link.fileno())) as copy:
        copy.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Broker]:
    """A broker to do bad things to."""
    with running(tmp_path) as found:
        yield found


def test_after_a_loss_the_connection_and_its_subscriptions_are_made_again(own: Broker) -> None:
    with visiting(own.settings, "a/#") as visitor:
        own.kill()
        visitor.wait_for(lambda: not visitor.connection.is_connected)
        with pytest.raises(BrokerAwayError):
            visitor.publish("a/b", b"1")
        own.start()
        visitor.wait_for(lambda: visitor.connection.is_connected)
        visitor.publish("a/b", b"2")
        visitor.wait_for(lambda: visitor.of("a/b") == [b"2"])


def test_a_will_is_published_for_who_is_gone_and_not_for_who_says_goodbye(broker: Broker) -> None:
    with visiting(broker.settings, "will/#") as visitor:
        for word, end in ((b"polite", "stop"), (b"gone", "drop")):
            other = Visitor(broker.settings, "other", will=Message("will/other", word))
            other.start()
            if end == "stop":
                assert other.connection.stop()
            else:
                cut(other)
        visitor.wait_for(lambda: visitor.of("will/other"))
        other.connection.stop()
        assert visitor.of("will/other") == [b"gone"]


def test_what_was_published_before_a_stop_arrives(broker: Broker) -> None:
    with visiting(broker.settings, "stop/#") as visitor:
        other = Visitor(broker.settings, "other")
        other.start()
        for number in range(300):
            other.publish("stop/it", b"%d" % number)
        assert other.connection.stop()
        visitor.wait_for(lambda: len(visitor.of("stop/it")) == 300)
        assert visitor.of("stop/it") == [b"%d" % number for number in range(300)]


def test_two_clients_with_one_name_are_told() -> None:
    """Mosquitto 2.0 closes the connection of the first without a word. Other brokers say why."""
    accepted, taken_over = b"\x20\x03\x00\x00\x00", b"\xe0\x02\x8e\x00"
    with answering(accepted + taken_over) as port:
        visitor = Visitor(BrokerSettings("127.0.0.1", port))
        visitor.connection.start()
        visitor.wait_for(lambda: visitor.problems)
        visitor.connection.stop()
    assert "two hosts have the same name" in visitor.problems[0]


def test_a_refused_message_is_told_with_its_topic(broker: Broker) -> None:
    with visiting(replace(broker.settings, user=SILENT_USER)) as visitor:
        visitor.publish("a/b", b"1")
        visitor.wait_for(lambda: visitor.refusals)
        assert not visitor.confirmed
        assert "refuses a message for a/b: its access list (ACL)" in str(visitor.refusals)


def test_a_message_that_no_broker_takes_is_refused_at_once(broker: Broker) -> None:
    with visiting(broker.settings) as visitor, pytest.raises(MessageTooLargeError):
        visitor.publish("a/b", bytes(6 << 20))


@pytest.mark.parametrize("version", ["5", "3.1.1"])
def test_payloads_that_are_too_large_do_not_arrive_and_cost_no_connection(broker: Broker, version: str) -> None:
    settings = replace(broker.settings, version=version)
    topic = f"large/{version}"
    with visiting(settings, topic, largest=1000) as visitor, visiting(settings, name="giver") as giver:
        giver.publish(topic, bytes(200_000))
        giver.publish(topic, b"small")
        visitor.wait_for(lambda: visitor.of(topic))
        assert visitor.of(topic) == [b"small"]
        assert visitor.connections == 1


def test_a_paused_broker_blocks_neither_publishing_nor_a_stop(own: Broker) -> None:
    visitor = Visitor(own.settings)
    visitor.start()
    own.pause()
    with soon():
        for _ in range(10):
            visitor.publish("a/b", b"1")
        assert not visitor.connection.stop()


def test_a_will_is_published_for_who_could_not_say_everything_before_its_end(own: Broker) -> None:
    """Its last message may be that it is offline."""
    with visiting(own.settings, "will/#") as visitor:
        other = Visitor(own.settings, "other", will=Message("will/other", b"gone"))
        other.start()
        own.pause()
        for _ in range(link.MOST_IN_FLIGHT + 1):
            other.publish("a/b", b"1")
        assert not other.connection.stop()
        own.resume()
        visitor.wait_for(lambda: visitor.of("will/other") == [b"gone"])


def test_a_stop_can_be_given_less_time(own: Broker) -> None:
    visitor = Visitor(own.settings)
    visitor.start()
    own.pause()
    visitor.publish("a/b", b"1")
    with soon(0.5):
        assert not visitor.connection.stop(0.3)


def test_a_broker_that_never_answers_does_not_delay_a_stop() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        for tls in (False, True):
            visitor = Visitor(BrokerSettings("127.0.0.1", silent.getsockname()[1], tls=tls))
            visitor.connection.start()
            silent.accept()
            with soon():
                assert not visitor.connection.stop()


def test_a_name_that_is_looked_up_for_ever_does_not_delay_a_stop(monkeypatch: pytest.MonkeyPatch) -> None:
    asked, answer = threading.Event(), threading.Event()

    def hang(*_arguments: object, **_named: object) -> None:
        asked.set()
        answer.wait(PATIENCE)
        raise socket.gaierror(socket.EAI_AGAIN, "no answer")

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    visitor = Visitor(BrokerSettings("broker.example"))
    visitor.connection.start()
    assert asked.wait(PATIENCE)
    with soon():
        assert not visitor.connection.stop()
    answer.set()
    visitor.connection._thread.join(PATIENCE)
    assert not visitor.problems


def test_a_listener_that_fails_costs_the_connection_and_not_the_thread(broker: Broker) -> None:
    class Failing(Visitor):
        def received(self, arrived: Arrived) -> None:
            if arrived.payload == b"bad":
                raise RuntimeError("bad")
            super().received(arrived)

    visitor = Failing(broker.settings, "failing")
    visitor.subscribe("failing/#")
    visitor.start()
    visitor.publish("failing/a", b"bad")
    visitor.wait_for(lambda: visitor.connections == 2)
    visitor.publish("failing/a", b"good")
    visitor.wait_for(lambda: visitor.of("failing/a") == [b"good"])
    visitor.connection.stop()


def test_a_broker_that_confirms_nothing_any_more_is_given_up_and_is_back_later(
    own: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link, "SILENT_SECONDS", 0.1)
    with visiting(replace(own.settings, keep_alive=5), "a/#") as visitor:
        own.pause()
        visitor.publish("a/b", b"1")
        visitor.wait_for(lambda: not visitor.connection.is_connected)
        assert "does not answer any more" in visitor.problems[0]
        own.resume()
        visitor.wait_for(lambda: visitor.connection.is_connected)


def test_a_flood_of_messages_arrives_in_its_order(broker: Broker) -> None:
    """Many packets are read at once, also through TLS."""
    with visiting(broker.secured, "flood/#") as visitor:
        for number in range(900):
            visitor.publish("flood/x", b"%d" % number, qos=number % 2)
        visitor.wait_for(lambda: len(visitor.of("flood/x")) == 900)
        assert visitor.of("flood/x") == [b"%d" % number for number in range(900)]
