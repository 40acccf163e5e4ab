"""A connection to a real broker: it is made, used, lost and made again, and it says why it cannot be made."""

from __future__ import annotations

import os
import socket
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from hostcore.broker import link
from hostcore.broker.message import Arrived, Message
from hostcore.broker.settings import BrokerSettings
from hostcore.errors import BrokerAwayError, MessageTooLargeError
from hostcore.quick_dataclass import replace
from tests.broker import PATIENCE, SILENT_USER, Broker, Visitor, free_ports, running, visiting
from tests.waiting import soon, until


def problem_with(settings: BrokerSettings, **options: object) -> str:
    """The first problem of a connection with these settings."""
    visitor = Visitor(settings, **options)
    visitor.connection.start()
    try:
        until(lambda: visitor.problems, PATIENCE)
    finally:
        visitor.connection.stop()
    assert not visitor.connections
    assert "hunter2" not in visitor.problems[0]
    return visitor.problems[0]


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


class TestProblems:
    def test_a_wrong_password(self, broker: Broker) -> None:
        problem = problem_with(broker.settings, password="wrong-hunter2")
        assert "refuses this host: this user is not allowed to connect, or user and password are wrong" in problem

    def test_no_user(self, broker: Broker) -> None:
        assert "[mqtt] names no user" in problem_with(replace(broker.settings, user="", password_file=None))

    def test_a_missing_password_file(self, broker: Broker, tmp_path: Path) -> None:
        problem = problem_with(replace(broker.settings, password_file=tmp_path / "none"))
        assert "password_file of [mqtt] cannot be read" in problem
        assert str(tmp_path / "none") in problem

    def test_no_broker(self) -> None:
        (port,) = free_ports(1)
        problem = problem_with(BrokerSettings("127.0.0.1", port))
        assert problem == (
            f"mqtt://127.0.0.1:{port} refuses connections: is a broker running there, and is {port} its port?"
        )

    def test_an_unknown_name(self) -> None:
        assert "the name nowhere.invalid of mqtt://nowhere.invalid is not known here" in problem_with(
            BrokerSettings("nowhere.invalid")
        )

    def test_an_authority_that_the_host_does_not_know(self, broker: Broker) -> None:
        problem = problem_with(replace(broker.secured, ca_file=None))
        assert "the authorities of this system did not sign the certificate" in problem
        assert "set ca_file in [mqtt]" in problem

    def test_another_authority(self, broker: Broker) -> None:
        assert "did not sign" in problem_with(replace(broker.secured, ca_file=broker.folder / "server.pem"))

    def test_an_expired_certificate(self, broker: Broker) -> None:
        assert "has expired" in problem_with(replace(broker.secured, port=broker.ports.expired))

    def test_a_certificate_for_another_name(self, broker: Broker) -> None:
        assert "is for another name" in problem_with(replace(broker.secured, port=broker.ports.misnamed))

    def test_no_client_certificate(self, broker: Broker) -> None:
        problem = problem_with(replace(broker.secured, port=broker.ports.certified))
        assert "asks for a certificate" in problem

    def test_files_of_certificates_that_are_none(self, broker: Broker, tmp_path: Path) -> None:
        missing, text = tmp_path / "none.pem", broker.password_file
        assert f"ca_file {missing} of [mqtt] cannot be read" in problem_with(replace(broker.secured, ca_file=missing))
        assert "has no certificate in PEM" in problem_with(replace(broker.secured, ca_file=text))
        assert "cannot be read" in problem_with(replace(broker.secured, certificate_file=missing))
        mixed = replace(
            broker.secured, certificate_file=broker.folder / "client.pem", key_file=broker.folder / "ca.key"
        )
        assert "do not belong together" in problem_with(mixed)

    def test_a_key_with_a_passphrase_is_refused_and_nobody_is_asked_for_it(
        self, broker: Broker, tmp_path: Path
    ) -> None:
        plain, sealed = broker.folder / "client.key", tmp_path / "sealed.key"
        seal = ("openssl", "pkey", "-in", plain, "-aes128", "-passout", "pass:hunter2", "-out", sealed)
        subprocess.run(seal, check=True, capture_output=True)
        settings = replace(broker.secured, certificate_file=broker.folder / "client.pem", key_file=sealed)
        assert "has a passphrase, which a host cannot type" in problem_with(settings)

    def test_a_certificate_of_another_authority_is_not_accepted(self, broker: Broker, tmp_path: Path) -> None:
        made, key = tmp_path / "own.pem", tmp_path / "own.key"
        make = ("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
        subprocess.run([*make, "-subj", "/CN=x", "-keyout", key, "-out", made], check=True, capture_output=True)
        secured = replace(broker.secured, port=broker.ports.certified)
        problem = problem_with(replace(secured, certificate_file=made, key_file=key))
        assert f"does not accept certificate_file {made} of [mqtt]" in problem

    def test_tls_where_there_is_none(self, broker: Broker) -> None:
        assert "does not speak TLS on this port" in problem_with(replace(broker.secured, port=broker.ports.plain))

    def test_no_tls_where_it_is_wanted(self, broker: Broker) -> None:
        assert "perhaps it wants TLS there" in problem_with(replace(broker.settings, port=broker.ports.tls))

    def test_a_broker_that_speaks_only_3_1_1(self) -> None:
        with answering(b"\x20\x02\x00\x01") as port:
            assert 'set version = "3.1.1"' in problem_with(BrokerSettings("127.0.0.1", port))

    def test_something_else_that_answers(self) -> None:
        with answering(b"HTTP/1.1 400 Bad Request\r\n\r\n") as port:
            assert problem_with(BrokerSettings("127.0.0.1", port))


def cut(visitor: Visitor) -> None:
    """Cut the connection of a visitor, as a network would."""
    link = visitor.connection._link
    assert link is not None
    with socket.socket(fileno=os.dup(link.fileno())) as copy:
        copy.shutdown(socket.SHUT_RDWR)


class answering:  # noqa: N801 - used like a function
    """A server that says the same to everyone."""

    def __init__(self, words: bytes) -> None:
        self._words = words

    def __enter__(self) -> int:
        self._server = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._serve, daemon=True).start()
        port: int = self._server.getsockname()[1]
        return port

    def _serve(self) -> None:
        while True:
            try:
                visitor, _ = self._server.accept()
            except OSError:
                return
            visitor.recv(1000)
            visitor.sendall(self._words)
            visitor.close()

    def __exit__(self, *_: object) -> None:
        self._server.close()


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


def test_a_refused_message_is_told(broker: Broker) -> None:
    with visiting(replace(broker.settings, user=SILENT_USER)) as visitor:
        visitor.publish("a/b", b"1")
        visitor.wait_for(lambda: visitor.refusals)
        assert not visitor.confirmed


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
