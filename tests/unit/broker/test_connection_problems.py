"""Why there is no connection to a broker, in one line for a person that shows no password."""

from __future__ import annotations

import subprocess
from pathlib import Path

from hostcore.broker.settings import SETTINGS, BrokerSettings
from hostcore.quick_dataclass import replace
from tests.answering import answering
from tests.broker import PATIENCE, Broker, Visitor
from tests.free_ports import free_ports
from tests.waiting import until


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


def test_a_wrong_password(broker: Broker) -> None:
    problem = problem_with(broker.settings, password="wrong-hunter2")
    assert "refuses the connection: this user is not allowed to connect, or user and password are wrong" in problem


def test_no_user(broker: Broker) -> None:
    assert "no user is named: set user in [mqtt]" in problem_with(replace(broker.settings, user="", password_file=None))


def test_a_missing_password_file(broker: Broker, tmp_path: Path) -> None:
    problem = problem_with(replace(broker.settings, password_file=tmp_path / "none"))
    assert problem == f"password_file {tmp_path / 'none'} of [mqtt] cannot be read: No such file or directory"


def test_no_broker() -> None:
    (port,) = free_ports(1)
    problem = problem_with(BrokerSettings("127.0.0.1", port))
    assert problem == (
        f"mqtt://127.0.0.1:{port} refuses connections: is a broker running there, and is {port} its port?"
    )


def test_an_unknown_name() -> None:
    assert "the name nowhere.invalid of mqtt://nowhere.invalid is not known here" in problem_with(
        BrokerSettings("nowhere.invalid")
    )


def test_an_authority_that_the_host_does_not_know(broker: Broker) -> None:
    problem = problem_with(replace(broker.secured, ca_file=None))
    assert "the authorities of this system did not sign the certificate" in problem
    assert "set ca_file in [mqtt]" in problem


def test_another_authority(broker: Broker) -> None:
    assert "did not sign" in problem_with(replace(broker.secured, ca_file=broker.folder / "server.pem"))


def test_an_expired_certificate(broker: Broker) -> None:
    assert "has expired" in problem_with(replace(broker.secured, port=broker.ports.expired))


def test_a_certificate_for_another_name(broker: Broker) -> None:
    problem = problem_with(replace(broker.secured, port=broker.ports.misnamed))
    assert "is for another name" in problem
    assert ".. " not in problem


def test_no_client_certificate(broker: Broker) -> None:
    problem = problem_with(replace(broker.secured, port=broker.ports.certified))
    assert "asks for a certificate" in problem


def test_files_of_certificates_that_are_none(broker: Broker, tmp_path: Path) -> None:
    missing, text = tmp_path / "none.pem", broker.password_file
    assert f"ca_file {missing} of [mqtt] cannot be read" in problem_with(replace(broker.secured, ca_file=missing))
    assert "has no certificate in PEM" in problem_with(replace(broker.secured, ca_file=text))
    assert "cannot be read" in problem_with(replace(broker.secured, certificate_file=missing))
    mixed = replace(broker.secured, certificate_file=broker.folder / "client.pem", key_file=broker.folder / "ca.key")
    assert "do not belong together" in problem_with(mixed)


def test_a_key_with_a_passphrase_is_refused_and_nobody_is_asked_for_it(broker: Broker, tmp_path: Path) -> None:
    plain, sealed = broker.folder / "client.key", tmp_path / "sealed.key"
    seal = ("openssl", "pkey", "-in", plain, "-aes128", "-passout", "pass:hunter2", "-out", sealed)
    subprocess.run(seal, check=True, capture_output=True)
    settings = replace(broker.secured, certificate_file=broker.folder / "client.pem", key_file=sealed)
    assert "has a passphrase, which nobody can type here" in problem_with(settings)


def test_a_certificate_of_another_authority_is_not_accepted(broker: Broker, tmp_path: Path) -> None:
    made, key = tmp_path / "own.pem", tmp_path / "own.key"
    make = ("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
    subprocess.run([*make, "-subj", "/CN=x", "-keyout", key, "-out", made], check=True, capture_output=True)
    secured = replace(broker.secured, port=broker.ports.certified)
    problem = problem_with(replace(secured, certificate_file=made, key_file=key))
    assert f"does not accept certificate_file {made} of [mqtt]" in problem


def test_what_a_person_typed_in_a_command_is_named_as_its_option(broker: Broker, tmp_path: Path) -> None:
    typed = replace(broker.secured, typed=SETTINGS)
    missing = tmp_path / "none"
    problem = problem_with(replace(typed, password_file=missing))
    assert problem == f"--password-file {missing} cannot be read: No such file or directory"
    assert f"--ca-file {missing} cannot be read" in problem_with(replace(typed, ca_file=missing))
    assert "; use --ca-file, the certificate of" in problem_with(replace(typed, ca_file=None))
    certified = replace(typed, port=broker.ports.certified)
    assert problem_with(certified).endswith("use --certificate-file, and --key-file")
    with answering(b"\x20\x02\x00\x01") as port:
        problem = problem_with(BrokerSettings("127.0.0.1", port, typed=SETTINGS))
    assert problem.endswith("it does not speak MQTT 5: use --mqtt-version 3.1.1")


def test_tls_where_there_is_none(broker: Broker) -> None:
    assert "does not speak TLS on this port" in problem_with(replace(broker.secured, port=broker.ports.plain))


def test_no_tls_where_it_is_wanted(broker: Broker) -> None:
    assert "perhaps it wants TLS there" in problem_with(replace(broker.settings, port=broker.ports.tls))


def test_a_broker_that_speaks_only_3_1_1() -> None:
    with answering(b"\x20\x02\x00\x01") as port:
        assert 'set version = "3.1.1"' in problem_with(BrokerSettings("127.0.0.1", port))


def test_something_else_that_answers() -> None:
    with answering(b"HTTP/1.1 400 Bad Request\r\n\r\n") as port:
        assert problem_with(BrokerSettings("127.0.0.1", port))
