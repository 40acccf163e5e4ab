"""Reads what nodes publish, within bounds: anyone with access to the broker may have written it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar

from hostcore.broker.bodies import ADDED, NodeHealth, NodeInfo, PluginHealth, ValueInfo
from hostcore.broker.bodies import MOST_LISTED as MOST_TOLD
from hostcore.broker.groups import CommandGroup
from hostcore.broker.topics import (
    EVENTS,
    HEALTH,
    INFO,
    LATE,
    OUTPUTS,
    RESERVED,
    RESPONSE,
    STATE,
    STATUS,
    VALUES,
    Place,
    is_name,
)
from hostcore.events.event_json import from_json
from hostcore.fleet.numbers import ReadingId, id_of
from hostcore.log.safe_text import log_line
from hostcore.quick_dataclass import replace
from hostcore.strict_json import value_of

T = TypeVar("T")

KIB = 1024
MOST_BYTES: Mapping[str, int] = {
    STATUS: 64, INFO: 64 * KIB, HEALTH: 64 * KIB, OUTPUTS: 32 * KIB, STATE: 16 * KIB, VALUES: 128 * KIB,
    EVENTS: 64 * KIB, RESPONSE: 512 * KIB,
}  # fmt: skip
"""The most bytes of each kind of message. Larger ones are dropped before anything looks at them."""
MOST_BYTES_OF_READING = 256 * KIB
MOST_LISTED = 200
"""The most entries of a list."""
MOST_CONTAINERS = 4000
"""The most objects and lists in a message of a node. They take 25 times as much memory as their text, and long to read:
256 KiB of them 100 ms, for which everybody else waits."""
LONGEST_TEXT = 300
"""The most characters of a text."""
LONGEST_WORD = 64
"""The most characters of a name, a version, a tag or a condition."""
MOST_COUNTED = 1_000_000_000
"""Numbers that count something are not shown larger than this."""
MOST_DECIMALS = 12
MOST_TAGS = 20
"""The most tags, and the most simulated buses, of a node."""
INTERVALS = (0.05, 86_400.0)
"""Seconds between two readings. host.toml allows fewer."""
NEXT_SECONDS = (5.0, 3600.0)
"""A node says between these seconds when it speaks next; what it claims beyond is taken as the nearer one."""
_WORDS = frozenset({"version", "host_name", "run", "plugin", "condition", "state", "plugins", "tags", "simulated"})
"""Keys with names rather than sentences."""
_STAMP = re.compile(
    rb'"mqtt": ?\{"id": ?"([0-9a-f]{8})-([0-9]{1,15})", ?"time": ?"([0-9TZ:.+-]{20,35})"\}\}$', re.ASCII
)
"""The end of a reading as hosts write it. A text of the driver cannot look like it: quotes in one are escaped, and what
follows the time closes the whole reading."""
_LONGEST_STAMP = 160
"""Bytes in which `_STAMP` lies."""


def most_bytes(place: Place) -> int:
    """Return how large the message of a place may be."""
    first, last = place.levels[0], place.levels[-1]
    if first in MOST_BYTES:
        return MOST_BYTES[first]
    return MOST_BYTES.get(last, MOST_BYTES_OF_READING) if len(place.levels) > 1 else MOST_BYTES_OF_READING


def info_of(payload: bytes) -> NodeInfo:
    """Read what a node says of itself.

    Raises:
        ValueError: it cannot be read. The message is safe to show.
    """
    found = _object(payload)
    if isinstance(groups := found.get("commands"), list):
        # A later version may have more groups.
        found["commands"] = [each for each in groups if isinstance(each, str) and each in set(CommandGroup)]
    info = _as(NodeInfo, found)
    _require_interval(info.interval)
    return replace(
        info,
        plugins=tuple(each for each in info.plugins if is_name(each) and each not in RESERVED),
        tags=info.tags[:MOST_TAGS],
        simulated=info.simulated[:MOST_TAGS],
    )


def health_of(payload: bytes) -> NodeHealth:
    """Read how a node is. Its numbers are within their bounds.

    Raises:
        ValueError: it cannot be read. The message is safe to show.
    """
    health = _as(NodeHealth, _object(payload))
    shortest, longest = NEXT_SECONDS
    plugins = _counted(health.plugins)
    return replace(
        health,
        troubled=health.troubled[:MOST_TOLD],
        findings=health.findings[:MOST_TOLD],
        alarms=health.alarms[:MOST_TOLD],
        next_seconds=min(max(health.next_seconds, shortest), longest),
        plugins=plugins,
        running=min(_counted(health.running), plugins),
        crashes=_counted(health.crashes),
        waiting=_counted(health.waiting),
        dropped=_counted(health.dropped),
        troubled_count=_counted(max(health.troubled_count, len(health.troubled))),
        findings_count=_counted(max(health.findings_count, len(health.findings))),
        alarms_count=_counted(max(health.alarms_count, len(health.alarms))),
        load=_amount(health.load),
        memory_mib=_amount(health.memory_mib),
    )


def plugin_health_of(payload: bytes) -> PluginHealth:
    """Read how a plugin is.

    Raises:
        ValueError: it cannot be read. The message is safe to show.
    """
    health = _as(PluginHealth, _object(payload))
    if health.interval:  # 0 says that it has none
        _require_interval(health.interval)
    return replace(
        health,
        readings=_counted(health.readings),
        errors=_counted(health.errors),
        crashes=_counted(health.crashes),
    )


def values_of(payload: bytes) -> tuple[ValueInfo, ...]:
    """Read what the numbers of a plugin measure.

    Raises:
        ValueError: it cannot be read. The message is safe to show.
    """
    found = json_of(payload)
    if not isinstance(found, list):
        raise ValueError("is not a list")
    values = _as(tuple[ValueInfo, ...], _cleaned(found, LONGEST_TEXT))
    return tuple(
        each if each.decimals is None else replace(each, decimals=min(max(each.decimals, 0), MOST_DECIMALS))
        for each in values
    )


def reading_of(payload: bytes) -> Mapping[str, Any]:
    """Read a reading, without what the host added. Texts in it are not escaped.

    Raises:
        ValueError: it cannot be read. The message is safe to show.
    """
    found = json_of(payload)
    if not isinstance(found, dict):
        raise ValueError("is not an object")
    found.pop(ADDED, None)
    return found


def stamp_of(payload: bytes) -> tuple[ReadingId | None, float | None]:
    """Return the ID of a reading, and its time in Unix seconds by the node's clock; None for what it has not.

    The JSON is not read for that if a host wrote it: there are thousands of readings in a second.
    """
    if own := own_stamp_of(payload):
        return own
    try:
        stamp = json_of(payload)[ADDED]
        return id_of(stamp["id"]), unix_seconds(stamp["time"])
    except (ValueError, TypeError, LookupError):
        return None, None


def own_stamp_of(payload: bytes) -> tuple[ReadingId, float | None] | None:
    """Return the same of a reading that a host wrote, and that can have any size; None for others."""
    if found := _STAMP.search(payload, max(0, len(payload) - _LONGEST_STAMP)):
        return ReadingId(found[1].decode(), int(found[2])), unix_seconds(found[3].decode())
    return None


def too_many(payload: bytes) -> str:
    """Return what is wrong with a message that is too large."""
    return f"has {len(payload)} bytes, which is too many"


def json_of(payload: bytes, most: int = MOST_CONTAINERS) -> Any:
    """Return the JSON value in a payload.

    Args:
        payload: the text.
        most: the most objects and lists in it.

    Raises:
        ValueError: it is none, too deep, or has too many objects. The message is safe to show.
    """
    if payload.count(b"{") + payload.count(b"[") > most:
        raise ValueError(f"has more than {most} objects and lists")
    try:
        return value_of(payload.decode())
    except UnicodeDecodeError:
        raise ValueError("is not UTF-8") from None
    except ValueError as error:
        raise ValueError(log_line(str(error), LONGEST_TEXT)) from None


def unix_seconds(text: object) -> float | None:
    """Return the Unix seconds of an RFC 3339 time; None if it is none. A time without a zone is taken as UTC."""
    if not isinstance(text, str) or len(text) > LONGEST_WORD:
        return None
    try:
        moment = datetime.fromisoformat(text)
        return moment.timestamp() if moment.tzinfo else datetime.fromisoformat(f"{text}+00:00").timestamp()
    except (ValueError, OverflowError, OSError):
        return None


def is_late(place: Place) -> bool:
    """Return whether a place is that of late readings."""
    return place.levels[1:] == (LATE,)


def _object(payload: bytes) -> dict[str, Any]:
    found = json_of(payload)
    if not isinstance(found, dict):
        raise ValueError("is not an object")
    cleaned: dict[str, Any] = _cleaned(found, LONGEST_TEXT)
    return cleaned


def _cleaned(value: Any, longest: int) -> Any:
    """Return a JSON value with safe texts and short lists."""
    if isinstance(value, str):
        return log_line(value, longest)
    if isinstance(value, list):
        return [_cleaned(each, longest) for each in value[:MOST_LISTED]]
    if isinstance(value, dict):
        return {key: _cleaned(each, LONGEST_WORD if key in _WORDS else longest) for key, each in value.items()}
    return value


def _as(kind: type[T], found: object) -> T:
    try:
        return from_json(kind, found)
    except ValueError as error:
        raise ValueError(log_line(str(error), LONGEST_TEXT)) from None


def _require_interval(seconds: float) -> None:
    shortest, longest = INTERVALS
    if not shortest <= seconds <= longest:
        raise ValueError(f"interval is {seconds:.6g} s, allowed is {shortest} to {longest:.0f} s")


def _counted(number: int) -> int:
    return min(max(number, 0), MOST_COUNTED)


def _amount(number: float | None) -> float | None:
    return None if number is None else min(max(number, 0.0), float(MOST_COUNTED))
