"""The settings of `[mqtt]` in host.toml."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Literal

from hostcore.broker.groups import CommandGroup
from hostcore.broker.settings import BrokerSettings, parse_broker
from hostcore.broker.topics import LONGEST_NAME, MOST_LEVELS, is_name, is_prefix, node_name
from hostcore.config.web import is_loopback
from hostcore.quick_dataclass import dataclass, replace
from hostcore.toml.reader import KeyPath, Reader, array, choice, integer, parsed, read_text

MOST_TAGS, LONGEST_TAG = 20, 40
LONGEST_USER = 256
_NAMES = f"up to {LONGEST_NAME} ASCII letters, digits, - and _"
_PREFIXES = f"1 to {MOST_LEVELS} names with / between them, each of {_NAMES}"


def read_broker(found: object, at: KeyPath) -> str:
    """Read the URL of a broker. Errors show no password."""
    text = read_text(found, at)
    try:
        parse_broker(text)
    except ValueError as refusal:
        raise at.wrong(_without_password(text), str(refusal)) from None
    return text


def _without_password(text: str) -> str:
    """Return a URL that cannot be used, without what may be a password in it: what stands before @, or for a port."""
    return f"...@{text.rpartition('@')[2]}" if "@" in text else re.sub(r"(//[^:]*):(?!\d+/?$).*", r"\1:...", text)


def _prefix(text: str) -> str:
    """Return a prefix of topics. The ValueError for other texts says what is allowed."""
    if not is_prefix(text):
        raise ValueError(_PREFIXES)
    return text


def _name(text: str) -> str:
    """Return the name of a node. The ValueError for other texts says what is allowed."""
    if not is_name(text):
        raise ValueError(_NAMES)
    return text


def _user(text: str) -> str:
    if len(text) > LONGEST_USER or not text.isprintable():
        raise ValueError(f"up to {LONGEST_USER} printable characters")
    return text


def _tag(text: str) -> str:
    if len(text) > LONGEST_TAG or not text.isprintable() or text != text.strip():
        raise ValueError(f"up to {LONGEST_TAG} printable characters, without spaces around them")
    return text


def or_empty(reader: Reader) -> Reader:
    """Return a reader that also takes "", which stands for the default or for nothing."""
    return lambda found, at: "" if found == "" else reader(found, at)


def read_tags(found: object, at: KeyPath) -> tuple[str, ...]:
    """Read the tags of a node."""
    tags: tuple[str, ...] = array(parsed(_tag))(found, at)
    if len(tags) > MOST_TAGS:
        raise at.error(f"found {len(tags)} tags, allowed are {MOST_TAGS}")
    return tags


def read_qos(found: object, at: KeyPath) -> int:
    """Read the quality of service."""
    if found == 2:
        raise at.error(
            "found 2, allowed are 0 and 1; with 1, subscribers drop what comes twice by its id, which costs half as "
            "many packets as 2"
        )
    qos: int = integer(0, 1)(found, at)
    return qos


@dataclass(frozen=True, slots=True)
class MqttSettings:
    """``[mqtt]``: what the host publishes to an MQTT broker, and which commands it takes from there."""

    enabled: bool = False
    """Whether the host connects to the broker."""
    broker: Annotated[str, read_broker] = "mqtt://localhost"
    """The URL of the broker, without a password."""
    user: Annotated[str, or_empty(parsed(_user))] = ""
    """The user; "" for that of the URL, or for none."""
    password_file: Path | None = None
    """The file that has the password in its first line, absolute once loaded; None for the environment variable."""
    ca_file: Path | None = None
    """The certificates of trusted authorities, PEM, absolute once loaded; None for those of the system."""
    certificate_file: Path | None = None
    """The certificate of this client, PEM, absolute once loaded; None for none."""
    key_file: Path | None = None
    """The key of that certificate, PEM, absolute once loaded; None if it is in the same file."""
    version: Annotated[Literal["5", "3.1.1"], choice(("5", "3.1.1"))] = "5"
    """The version of MQTT."""
    keep_alive: Annotated[int, integer(5, 3600, "seconds")] = 30
    """Seconds without traffic after which the host and the broker ask whether the other is there."""
    prefix: Annotated[str, parsed(_prefix)] = "wasi-host"
    """What all topics begin with."""
    node: Annotated[str, or_empty(parsed(_name))] = ""
    """The name of this host among others; "" for that of the computer."""
    tags: Annotated[tuple[str, ...], read_tags] = ()
    """Words by which people group nodes."""
    qos: Annotated[int, read_qos] = 1
    """The quality of service of readings and events: 0, at most once; 1, at least once."""
    commands: tuple[CommandGroup, ...] = ()
    """The commands that others may give over the broker."""
    home_assistant: Annotated[str, or_empty(parsed(_prefix))] = "homeassistant"
    """The prefix of Home Assistant's discovery; "" turns it off."""
    backlog_mib: Annotated[int, integer(1, 1024, "MiB")] = 16
    """The most space for readings that wait for the broker, MiB."""
    backlog_per_second: Annotated[int, integer(1, 10_000)] = 50
    """How many readings that waited are sent each second."""

    @property
    def broker_settings(self) -> BrokerSettings:
        """How to reach the broker, and as whom."""
        broker = parse_broker(self.broker)
        return replace(
            broker,
            user=self.user or broker.user,
            password_file=self.password_file,
            ca_file=self.ca_file,
            certificate_file=self.certificate_file,
            key_file=self.key_file,
            version=self.version,
            keep_alive=self.keep_alive,
        )

    def node_or(self, host_name: str) -> str:
        """Return the name of the node; that of the computer if host.toml names none."""
        return self.node or node_name(host_name)

    @property
    def problem(self) -> tuple[str, str] | None:
        """The key of a setting that does not fit the others, and what to do. None if all fit."""
        broker = parse_broker(self.broker)
        if self.user and broker.user and self.user != broker.user:
            return "user", f"found {self.user!r}, but broker names the user {broker.user!r}; leave one of them out"
        if self.key_file and not self.certificate_file:
            return "key_file", "it belongs to a certificate, but certificate_file is missing here"
        if self.enabled and not broker.tls:
            for key in ("ca_file", "certificate_file"):
                if getattr(self, key):
                    return key, f"it needs TLS: broker must begin with mqtts://, found {self.broker}"
        return None

    @property
    def warning(self) -> str:
        """What is unwise in these settings, in one line, or ""."""
        broker = self.broker_settings
        if not self.enabled or broker.tls or not broker.user or is_loopback(broker.host):
            return ""
        return (
            f"[mqtt] sends the password of {broker.user} to {broker.host} without encryption, and the readings, too: "
            "anyone on the way can read them. Use mqtts:// if the broker can"
        )

    def backlog_warning(self, copied_mib: int) -> str:
        """Return what is unwise about the space for readings that wait, in one line, or "".

        Args:
            copied_mib: how much of it the history copies for the next start, MiB.
        """
        if not self.enabled or self.backlog_mib <= copied_mib:
            return ""
        return (
            f"backlog_mib of [mqtt] lets {self.backlog_mib} MiB of readings wait, and [history] keeps {copied_mib} MiB "
            "of them, a quarter of size_mib: when the host ends, the oldest of more are lost and not counted"
        )

    def in_folder(self, folder: Path) -> MqttSettings:
        """Return these settings with absolute paths; relative ones are in `folder`."""
        files = ("password_file", "ca_file", "certificate_file", "key_file")
        return replace(self, **{key: folder / path for key in files if (path := getattr(self, key)) is not None})
