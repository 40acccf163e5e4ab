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
    if settings.ca_file is None:
        context.load_default_certs()
        return
    named = settings.named("ca_file", settings.ca_file)
    try:
        context.load_verify_locations(settings.ca_file)
    except ssl.SSLError:
        raise BrokerError(f"{named} has no certificate in PEM") from None
    except OSError as error:
        raise BrokerError(f"{named} cannot be read: {error.strerror}") from None


def _load_certificate(context: ssl.SSLContext, settings: BrokerSettings, certificate: Path) -> None:
    files = {"certificate_file": certificate, **({"key_file": settings.key_file} if settings.key_file else {})}
    for key, file in files.items():
        try:
            file.open("rb").close()
        except OSError as error:
            raise BrokerError(f"{settings.named(key, file)} cannot be read: {error.strerror}") from None
    named = " and ".join(settings.named(key, file) for key, file in files.items())
    key_named = settings.named(*list(files.items())[-1])

    def no_passphrase() -> str:
        """Refuse to ask a person at a terminal, as OpenSSL would."""
        raise BrokerError(
            f"the key in {key_named} has a passphrase, which nobody can type here; `openssl pkey -in KEY -out NEW_KEY` "
            "makes one without, and `chmod 600` protects it"
        )

    try:
        context.load_cert_chain(certificate, settings.key_file, password=no_passphrase)
    except ssl.SSLError as error:
        if error.reason == "KEY_VALUES_MISMATCH":
            raise BrokerError(f"{named} do not belong together: the key is that of another certificate") from None
        raise BrokerError(f"{named}: no certificate with its key in PEM") from None
