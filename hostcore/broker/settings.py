"""How to reach a broker, and as whom."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from hostcore.quick_dataclass import dataclass, field

PORTS = {"mqtt": 1883, "mqtts": 8883}
"""The ports of plain MQTT and of MQTT over TLS (IANA)."""
PASSWORD_VARIABLE = "WASI_HOST_MQTT_PASSWORD"
"""The environment variable that has the password, if no file has."""
SETTINGS = frozenset({
    "broker", "user", "password_file", "ca_file", "certificate_file", "key_file", "version"
})  # fmt: skip
"""The keys of `[mqtt]` that have an option, or an argument, in commands that take a broker."""
_OPTIONS = {"broker": "BROKER", "version": "--mqtt-version"}
"""Those of them that are not named after their key."""
ALLOWED = "mqtt://HOST, mqtts://HOST (with TLS) or mqtts://USER@HOST:PORT"


@dataclass(frozen=True, slots=True)
class BrokerSettings:
    """A broker, and the client's identity. The password itself is in none of these: see `password_file`."""

    host: str
    port: int = 1883
    tls: bool = False
    user: str = ""
    password_file: Path | None = None
    """The file that has the password in its first line; None for `PASSWORD_VARIABLE`."""
    ca_file: Path | None = None
    """The certificates of authorities that are trusted, PEM; None for those of the system."""
    certificate_file: Path | None = None
    """The client's own certificate, PEM; None for none."""
    key_file: Path | None = None
    """The key of that certificate, PEM; None if it is in the same file."""
    version: Literal["5", "3.1.1"] = "5"
    """The version of MQTT."""
    keep_alive: int = 30
    """Seconds without traffic after which each side asks whether the other is there (MQTT 5.0, section 3.1.2.10)."""
    typed: frozenset[str] = field(default=frozenset(), compare=False)
    """Which of `SETTINGS` a person typed in a command. Errors then name the option, not the key of `[mqtt]`."""

    def named(self, key: str, value: object = "") -> str:
        """Return what a person calls a setting: ``ca_file VALUE of [mqtt]``, or ``--ca-file VALUE``."""
        found = f" {value}" if value else ""
        return f"{_option(key)}{found}" if key in self.typed else f"{key}{found} of [mqtt]"

    def to_set(self, key: str, value: str = "") -> str:
        """Return what a person does to change a setting: ``set ca_file in [mqtt]``, or ``use --ca-file``."""
        if key in self.typed:
            return f"use {_option(key)} {value}".rstrip()
        return f'set {key} = "{value}" in [mqtt]' if value else f"set {key} in [mqtt]"

    @property
    def url(self) -> str:
        """The broker as a person would write it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        scheme = "mqtts" if self.tls else "mqtt"
        port = "" if self.port == PORTS[scheme] else f":{self.port}"
        return f"{scheme}://{host}{port}"


def _option(key: str) -> str:
    return _OPTIONS.get(key) or f"--{key.replace('_', '-')}"


def parse_broker(text: str) -> BrokerSettings:
    """Return the broker of a URL. The ValueError for other texts says what is allowed, and shows no password."""
    from urllib.parse import urlsplit  # noqa: PLC0415 - most hosts have no broker

    try:
        url = urlsplit(text)
        port = url.port
    except ValueError:
        raise ValueError(ALLOWED) from None
    if url.password is not None:
        raise ValueError(f"{ALLOWED}; a password belongs in a file, or in the variable {PASSWORD_VARIABLE}")
    if url.scheme not in PORTS or not url.hostname or url.path not in {"", "/"} or url.query or url.fragment:
        raise ValueError(ALLOWED)
    return BrokerSettings(
        host=url.hostname, port=port or PORTS[url.scheme], tls=url.scheme == "mqtts", user=url.username or ""
    )
