"""A message of the broker, read as a command. Anyone with access to the broker may have written it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from reprlib import repr as shortened
from typing import Any

from hostcore.broker.message import Arrived
from hostcore.broker.topics import COMMAND, RESPONSE, NodeTopics, place_of
from hostcore.clock import NS_PER_S
from hostcore.errors import RefusedCommandError
from hostcore.log.safe_text import escaped
from hostcore.quick_dataclass import dataclass
from hostcore.strict_json import value_of

LONGEST_PAYLOAD = 16 << 10
"""The most bytes of a command."""
LONGEST_TRANSACTION = 64
"""The most characters of a transaction."""
LONGEST_CORRELATION = 256
"""The most bytes of the correlation data of MQTT 5, which the answer repeats."""
LONGEST_TIME = 40
"""The most characters of a time in RFC 3339."""
LAST_SECOND = 4_102_444_800
"""2100-01-01, in Unix seconds. A later time is no time but a number of something else, such as milliseconds."""
TRANSACTION, TIME = "transaction", "time"
"""The keys that every command has."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """Where a command came from, and where its answer goes. Known before its payload is read."""

    name: str
    """The last level of the topic."""
    response_topic: str
    correlation: bytes = b""


@dataclass(frozen=True, slots=True)
class Command:
    """A command whose form is right. It is not known yet whether it may be followed."""

    envelope: Envelope
    transaction: str
    time_ns: int
    """When it was made, by the clock of its sender; nanoseconds since the Unix epoch."""
    arguments: Mapping[str, Any]
    """Everything else that the object has."""


def envelope_of(arrived: Arrived, topics: NodeTopics) -> Envelope | None:
    """Return the envelope of a message; None if it is not on a topic of this node's commands, or only deletes one."""
    if arrived.retained and not arrived.payload:  # somebody deletes a command that the broker keeps
        return None
    place = place_of(arrived.topic, topics.prefix)
    if place is None or place.node != topics.node or place.levels[0] != COMMAND or len(place.levels) != 2:
        return None
    name = place.levels[1]
    return Envelope(name, topics.of(RESPONSE, name), arrived.correlation[:LONGEST_CORRELATION])


def answered_where_wanted(envelope: Envelope, arrived: Arrived, topics: NodeTopics) -> Envelope:
    """Return the envelope with the response topic of MQTT 5 that the message names, if it names one.

    Raises:
        RefusedCommandError: the topic is not one of this node's answers. Otherwise, who may publish only commands could
            let the node publish anything anywhere.
    """
    if len(arrived.correlation) > LONGEST_CORRELATION:
        raise RefusedCommandError(
            f"its correlation data has {len(arrived.correlation)} bytes, and {LONGEST_CORRELATION} are allowed"
        )
    if not arrived.response_topic:
        return envelope
    place = place_of(arrived.response_topic, topics.prefix)
    if place is None or place.node != topics.node or place.levels[0] != RESPONSE or len(place.levels) == 1:
        raise RefusedCommandError(
            f"its response topic is {shown(arrived.response_topic)}; allowed are those below {topics.of(RESPONSE)}/"
        )
    return Envelope(envelope.name, arrived.response_topic, envelope.correlation)


def object_of(payload: bytes) -> Mapping[str, Any]:
    """Return the JSON object of a payload.

    Raises:
        RefusedCommandError: it is too long, or is no such object.
    """
    if len(payload) > LONGEST_PAYLOAD:
        raise RefusedCommandError(f"it has {len(payload)} bytes, and {LONGEST_PAYLOAD} are allowed")
    try:
        found = value_of(payload.decode())
    except UnicodeDecodeError:
        raise RefusedCommandError("it is no UTF-8 text") from None
    except ValueError as problem:
        raise RefusedCommandError(escaped(f"it {problem}")) from None
    if not isinstance(found, dict):
        raise RefusedCommandError(
            f'it is {shown(found)}, not an object such as {{"{TRANSACTION}": "q1", "{TIME}": ...}}'
        )
    return found


def transaction_in(found: Mapping[str, Any]) -> str:
    """Return the transaction of a command; "" if it has none that can be repeated in an answer."""
    match found.get(TRANSACTION):
        case str(text) if len(text) <= LONGEST_TRANSACTION and text.isprintable():
            return text
    return ""


def command_of(envelope: Envelope, found: Mapping[str, Any]) -> Command:
    """Return the command that an object describes.

    Raises:
        RefusedCommandError: the transaction or the time is missing or cannot be read.
    """
    transaction = transaction_in(found)
    if not transaction:
        raise RefusedCommandError(
            f"its {TRANSACTION} is {shown(found.get(TRANSACTION))}; a text of 1 to {LONGEST_TRANSACTION} printable "
            "characters is needed that no other command has"
        )
    arguments = {key: value for key, value in found.items() if key not in (TRANSACTION, TIME)}
    return Command(envelope, transaction, time_in(found.get(TIME)), arguments)


def time_in(found: object) -> int:
    """Return a time, RFC 3339 or Unix seconds, in nanoseconds since the Unix epoch.

    Raises:
        RefusedCommandError: it is none.
    """
    if isinstance(found, int | float) and not isinstance(found, bool):
        if 0 <= found < LAST_SECOND:
            return round(found * NS_PER_S)
    elif isinstance(found, str) and len(found) <= LONGEST_TIME:
        try:
            read = datetime.fromisoformat(found)
        except ValueError:
            read = None
        if read is not None and read.tzinfo is not None and 0 <= (seconds := read.timestamp()) < LAST_SECOND:
            return round(seconds * NS_PER_S)
    raise RefusedCommandError(
        f"its {TIME} is {shown(found)}; needed is RFC 3339 with a time zone, such as 2026-01-31T08:00:00Z, or Unix "
        "seconds"
    )


def shown(found: object) -> str:
    """Return a value of a message for a person: short, and without what a terminal acts on."""
    return "missing" if found is None else escaped(shortened(found))
