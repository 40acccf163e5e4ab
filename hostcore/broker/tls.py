"""TLS towards a broker."""

from __future__ import annotations

import ssl
from pathlib import Path

from hostcore.broker.settings import BrokerSettings
from hostcore.errors import BrokerError


def tls_context(settings: BrokerSettings) -> ssl.SSLContext:
    """Return the context of a connection: TLS 1.2 or newer, the broker's certificate and its name are checked.

    Blocks while files are read.

    Raises:
        BrokerError: a file of certificates or keys cannot be used.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # it checks certificates and names
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    _load_authorities(context, settings)
    if settings.certificate_file is not None:
        _load_certificate(context, settings, settings.certificate_file)
    return context


def _load_authorities(context: ssl.SSLContext, settings: BrokerSettings) -> None:
    if (file := settings.ca_file) is None:
        context.load_default_certs()
        return
    try:
        context.load_verify_locations(file)
    except ssl.SSLError:
        raise BrokerError(f"{settings.named('ca_file', file)} has no certificate in PEM") from None
    except OSError as error:
        raise BrokerError(f"{settings.named('ca_file', file)} cannot be read: {error.strerror}") from None


def _load_certificate(context: ssl.SSLContext, settings: BrokerSettings, certificate: Path) -> None:
    key = settings.key_file
    for name, file in (("certificate_file", certificate), ("key_file", key)):
        try:
            if file is not None:
                file.open("rb").close()
        except OSError as error:
            raise BrokerError(f"{settings.named(name, file)} cannot be read: {error.strerror}") from None
    named = settings.named("certificate_file", certificate)
    named += f" and {settings.named('key_file', key)}" if key else ""
    try:
        context.load_cert_chain(certificate, key, password=_no_passphrase)
    except ssl.SSLError as error:
        if error.reason == "KEY_VALUES_MISMATCH":
            raise BrokerError(f"{named} do not belong together: the key is that of another certificate") from None
        raise BrokerError(f"{named}: no certificate with its key in PEM") from None


def _no_passphrase() -> str:
    """Refuse to ask a person at a terminal, as OpenSSL would."""
    raise BrokerError(
        "the key of the certificate has a passphrase, which a program cannot type; "
        "`openssl pkey -in KEY -out NEW_KEY` makes one without, and `chmod 600` protects it"
    )
