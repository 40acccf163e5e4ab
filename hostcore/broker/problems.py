"""What keeps a host from its broker, as one line for a person."""

from __future__ import annotations

import socket
import ssl

from hostcore.broker.settings import PORTS, BrokerSettings
from hostcore.errors import HostError
from hostcore.log.safe_text import log_line

TAKEN_OVER = 0x8E
"""MQTT 5.0, section 3.14.2.1: another client has connected with the same ID."""
_REFUSALS = {
    0x84: "it does not speak MQTT 5",
    0x85: "it does not take the client ID",
    0x86: "user or password is wrong",
    0x87: "its access list (ACL) does not allow that to this user",
    0x88: "it is not available at the moment",
    0x89: "it is busy",
    0x8A: "it has banned this client",
    0x8C: "it wants another way to log in than with a password",
    0x95: "a message was larger than it takes",
    0x97: "a quota of it is used up",
    0x9A: "it keeps no messages (retain), which status, readings and discovery need",
    0x9B: "it takes only QoS 0, and status and the last will need QoS 1",
    0x9C: "it says that another broker is to be used",
    0x9D: "it has moved",
    0x9F: "it is reached too often",
}
"""CONNACK, PUBACK, SUBACK and DISCONNECT of MQTT 5.0, section 2.4."""
_AT_LOGIN = {0x87: "this user is not allowed to connect, or user and password are wrong"}
"""What some of them mean as the answer to CONNECT."""


def refusal(code: int, reason: str = "", *, is_login: bool = False) -> str:
    """Return why a broker refuses something.

    Args:
        code: the reason code of MQTT 5.
        reason: the broker's own words; it can be any text.
        is_login: whether it refuses the connection.
    """
    known = _REFUSALS | _AT_LOGIN if is_login else _REFUSALS
    text = known.get(code, f"reason code 0x{code:02x}")
    return f'{text} ("{log_line(reason)}")' if reason else text


def not_accepted(settings: BrokerSettings, code: int, reason: str = "") -> str:
    """Return the problem of a broker that refuses the connection."""
    text = f"{settings.url} refuses the connection: {refusal(code, reason, is_login=True)}"
    if code in {0x86, 0x87} and not settings.user:
        text += f"; no user is named: {settings.to_set('user')}"
    elif code == 0x84:
        text += f": {settings.to_set('version', '3.1.1')}"
    elif code == 0x85 and not settings.typed:
        text += ", which has the name of this node: set another node in [mqtt]"
    return text


def lost(settings: BrokerSettings) -> str:
    """Return the problem of a connection that the broker, or something on the way, has closed without a word."""
    return f"the connection to {settings.url} is lost"


def taken_over(settings: BrokerSettings, client_id: str, *, is_sure: bool = True) -> str:
    """Return the problem of two hosts with one name.

    Args:
        settings: the broker.
        client_id: our name there.
        is_sure: whether the broker has said so.
    """
    happened = (
        f"another client took over the name of this one ({client_id}) at {settings.url}"
        if is_sure
        else f"{lost(settings)}, probably to another client with the name of this one ({client_id})"
    )
    return f"{happened}: two hosts have the same name. Set another node in [mqtt] of one of them"


def closed_early(settings: BrokerSettings) -> str:
    """Return the problem of a broker that closes the connection before it has accepted it."""
    if settings.tls:
        setting = settings.named("certificate_file")
        return f"{settings.url} closes the connection: perhaps it asks for a certificate ({setting})"
    return (
        f"{settings.url} closes the connection without a word: perhaps it wants TLS there (mqtts://), "
        f"or does not speak MQTT {settings.version} ({settings.named('version')})"
    )


def too_large(topic: str, most: int) -> str:
    """Return the problem of a message of somebody else that has more than `most` bytes. The topic can be any text."""
    return (
        f"a message on {topic} has more than {most:,} bytes, and is left out. Limit the size at the broker "
        "(message_size_limit of mosquitto)"
    )


def problem_of(error: Exception, settings: BrokerSettings) -> str:
    """Return what an exception during the connecting means."""
    if isinstance(error, HostError):
        return str(error)
    if isinstance(error, OSError):
        return _of_network(error, settings)
    other = "3.1.1" if settings.version == "5" else "5"
    return f"{settings.url} answers with what is not MQTT {settings.version}: {settings.to_set('version', other)}"


def _of_network(error: OSError, settings: BrokerSettings) -> str:  # noqa: PLR0911 - a table
    url = settings.url
    match error:
        case ssl.SSLCertVerificationError():
            return _of_certificate(error, settings)
        case ssl.SSLError():
            return of_tls(error.reason or str(error), settings)
        case socket.gaierror():
            return f"the name {settings.host} of {url} is not known here: {error.strerror}"
        case ConnectionRefusedError():
            return f"{url} refuses connections: is a broker running there, and is {settings.port} its port?"
        case TimeoutError():
            return f"{url} does not answer: is that computer on, and does a firewall let port {settings.port} through?"
        case ConnectionResetError() | BrokenPipeError():  # brokers do so that expect MQTT, and get TLS
            return of_tls("WRONG_VERSION_NUMBER", settings) if settings.tls else closed_early(settings)
        case _:
            return f"{url} cannot be reached: {error.strerror or error}"


def of_tls(reason: str, settings: BrokerSettings) -> str:
    """Return what an error of TLS means, by OpenSSL's name for it."""
    url, certificate = settings.url, settings.named("certificate_file", settings.certificate_file)
    if "CERTIFICATE_REQUIRED" in reason or "HANDSHAKE_FAILURE" in reason:
        if settings.certificate_file is None:
            advice = f"{settings.to_set('certificate_file')}, and {settings.named('key_file')}"
            return f"{url} asks for a certificate of this client: {advice}"
        return f"{url} does not accept {certificate}"
    if "UNKNOWN_CA" in reason or "BAD_CERTIFICATE" in reason or "CERTIFICATE_EXPIRED" in reason:
        return f"{url} does not accept {certificate}: {_words(reason)}"
    if "WRONG_VERSION_NUMBER" in reason or "RECORD_LAYER" in reason or "EOF" in reason:
        usual = PORTS["mqtts"]
        return f"{url} does not speak TLS on this port: use mqtt://, or the broker's port for TLS (usually {usual})"
    return f"TLS with {url} fails: {_words(reason)}"


def _of_certificate(error: ssl.SSLCertVerificationError, settings: BrokerSettings) -> str:
    url, why = settings.url, error.verify_message.rstrip(".")
    if "mismatch" in why.lower():
        words = log_line(why).rstrip(" .")
        return f"the certificate of {url} is for another name: {words}. Use that in {settings.named('broker')}"
    if "expired" in why:
        return f"the certificate of {url} has expired, or this computer's clock is wrong"
    if "not yet valid" in why:
        return f"the certificate of {url} is not valid yet, or this computer's clock is wrong"
    signed = f"the certificate of {url} ({log_line(why)})"
    if settings.ca_file:
        return f"{settings.named('ca_file', settings.ca_file)} did not sign {signed}"
    advice = f"{settings.to_set('ca_file')}, the certificate of the authority that did"
    return f"the authorities of this system did not sign {signed}; {advice}"


def _words(reason: str) -> str:
    return log_line(reason.replace("_", " ").lower())
