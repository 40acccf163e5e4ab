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
    0x84: 'it does not speak MQTT 5: set version = "3.1.1" in [mqtt]',
    0x85: "it does not take the client ID of this node; choose another node in [mqtt]",
    0x86: "user or password is wrong",
    0x87: "its access list (ACL) does not allow that to this user",
    0x88: "it is not available at the moment",
    0x89: "it is busy",
    0x8A: "it has banned this client",
    0x8C: "it wants another way to log in than with a password",
    0x95: "a message was larger than it takes",
    0x97: "a quota of it is used up",
    0x9A: "it keeps no messages (retain), which status, readings and discovery need",
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
    text = f"{settings.url} refuses this host: {refusal(code, reason, is_login=True)}"
    if code in {0x86, 0x87} and not settings.user:
        text += "; [mqtt] names no user"
    return text


def taken_over(settings: BrokerSettings, client_id: str) -> str:
    """Return the problem of two hosts with one name."""
    return (
        f"another client took over the name of this one ({client_id}) at {settings.url}: two hosts have the same name. "
        "Set another node in [mqtt] of one of them"
    )


def closed_early(settings: BrokerSettings) -> str:
    """Return the problem of a broker that closes the connection before it has accepted it."""
    if settings.tls:
        return f"{settings.url} closes the connection: perhaps it asks for a certificate (certificate_file of [mqtt])"
    return (
        f"{settings.url} closes the connection without a word: perhaps it wants TLS there (mqtts://), "
        f"or does not speak MQTT {settings.version} (version in [mqtt])"
    )


def problem_of(error: Exception, settings: BrokerSettings) -> str:
    """Return what an exception during the connecting means."""
    if isinstance(error, HostError):
        return str(error)
    if isinstance(error, OSError):
        return _of_network(error, settings)
    return f"{settings.url} answers with what is not MQTT {settings.version}: set the other version in [mqtt]"


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
            return f"{url} does not answer"
        case ConnectionResetError() | BrokenPipeError():  # brokers do so that expect MQTT, and get TLS
            return of_tls("WRONG_VERSION_NUMBER", settings) if settings.tls else closed_early(settings)
        case _:
            return f"{url} cannot be reached: {error.strerror or error}"


def of_tls(reason: str, settings: BrokerSettings) -> str:
    """Return what an error of TLS means, by OpenSSL's name for it."""
    url = settings.url
    if "CERTIFICATE_REQUIRED" in reason or "HANDSHAKE_FAILURE" in reason:
        if settings.certificate_file is None:
            return f"{url} asks for a certificate of this host: set certificate_file and key_file in [mqtt]"
        return f"{url} does not accept certificate_file {settings.certificate_file} of [mqtt]"
    if "UNKNOWN_CA" in reason or "BAD_CERTIFICATE" in reason or "CERTIFICATE_EXPIRED" in reason:
        return f"{url} does not accept certificate_file {settings.certificate_file} of [mqtt]: {_words(reason)}"
    if "WRONG_VERSION_NUMBER" in reason or "RECORD_LAYER" in reason or "EOF" in reason:
        usual = PORTS["mqtts"]
        return f"{url} does not speak TLS on this port: use mqtt://, or the broker's port for TLS (usually {usual})"
    return f"TLS with {url} fails: {_words(reason)}"


def _of_certificate(error: ssl.SSLCertVerificationError, settings: BrokerSettings) -> str:
    url, why = settings.url, error.verify_message
    if "mismatch" in why.lower():
        words = log_line(why).rstrip(" .")
        return f"the certificate of {url} is for another name: {words}. Use its name in broker of [mqtt]"
    if "expired" in why:
        return f"the certificate of {url} has expired, or this computer's clock is wrong"
    if "not yet valid" in why:
        return f"the certificate of {url} is not valid yet, or this computer's clock is wrong"
    known = f"ca_file {settings.ca_file}" if settings.ca_file else "the authorities of this system"
    advice = "" if settings.ca_file else "; set ca_file in [mqtt] to the certificate of its authority"
    return f"{known} did not sign the certificate of {url} ({log_line(why)}){advice}"


def _words(reason: str) -> str:
    return log_line(reason.replace("_", " ").lower())
