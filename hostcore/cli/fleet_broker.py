"""The broker that a command of ``wasi-host fleet`` means."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from hostcore.broker.settings import SETTINGS, BrokerSettings, parse_broker
from hostcore.broker.topics import MOST_LEVELS, is_prefix
from hostcore.config.loading import find_and_load
from hostcore.errors import CommandLineError
from hostcore.quick_dataclass import dataclass, replace

FILES = ("password_file", "ca_file", "certificate_file", "key_file")
TLS_FILES = FILES[1:]
KEEP_ALIVE_SECONDS = 10
"""Seconds without a message after which a fleet asks whether the broker is there. Nobody else would tell a person that
a broker hangs: it is known after twice this time at most."""


@dataclass(frozen=True, slots=True)
class Reach:
    """What a person said about the broker. "" and None stand for what they did not say."""

    config: Path | None = None
    broker: str = ""
    """Its URL, which `parse_broker` takes; "" for that of [mqtt]."""
    prefix: str = ""
    user: str = ""
    password_file: Path | None = None
    ca_file: Path | None = None
    certificate_file: Path | None = None
    key_file: Path | None = None
    mqtt_version: Literal["", "5", "3.1.1"] = ""


def found_broker(reach: Reach) -> tuple[BrokerSettings, str]:
    """Return the broker and the prefix of topics: as the person said, and else as in [mqtt] of host.toml.

    If they named a broker, nothing is taken from host.toml: its password is for another one.

    Raises:
        ConfigError: host.toml cannot be used.
        CommandLineError: what the person said is contradictory.
    """
    if reach.broker:
        settings, prefix = parse_broker(reach.broker), "wasi-host"
    else:
        mqtt = find_and_load(reach.config).mqtt
        settings, prefix = mqtt.broker_settings, mqtt.prefix
    said: dict[str, Any] = {name: found for name in FILES if (found := getattr(reach, name)) is not None}
    version = reach.mqtt_version or settings.version
    said["keep_alive"] = min(settings.keep_alive, KEEP_ALIVE_SECONDS)
    settings = replace(settings, user=reach.user or settings.user, version=version, typed=_typed(reach), **said)
    _check(reach, settings)
    return settings, reach.prefix or prefix


def _typed(reach: Reach) -> frozenset[str]:
    """Return the settings that do not come from host.toml."""
    said = {key for key in SETTINGS if getattr(reach, "mqtt_version" if key == "version" else key)}
    return SETTINGS if reach.broker else frozenset(said)


def _check(reach: Reach, settings: BrokerSettings) -> None:
    if not settings.tls and (named := [name for name in TLS_FILES if getattr(reach, name)]):
        option = named[0].replace("_", "-")
        raise CommandLineError(f"--{option} needs TLS: the broker must begin with mqtts://, found {settings.url}")
    if settings.key_file and not settings.certificate_file:
        raise CommandLineError("--key-file belongs to a certificate; add --certificate-file")
    if reach.prefix and not is_prefix(reach.prefix):
        raise CommandLineError(
            f"--prefix: found {reach.prefix!r}, allowed are up to {MOST_LEVELS} names of letters, digits, - and _ with "
            "/ between them"
        )
