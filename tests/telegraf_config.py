"""docs/telegraf.conf as Telegraf reads it: which measurement it makes of a message.

This knows what the file uses of Telegraf 1.39 and nothing more: topic parsing, the data format "value", and the XPath
queries of processors.parser. `tests/functional/test_telegraf.py` compares it with a real Telegraf.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from hostcore import shipped
from hostcore.quick_dataclass import dataclass

FILE = shipped.folder() / "docs" / "telegraf.conf"
CONFIG: dict[str, Any] = tomllib.loads(FILE.read_text(encoding="utf-8"))
INPUT: dict[str, Any] = CONFIG["inputs"]["mqtt_consumer"][0]
PARSERS: list[dict[str, Any]] = CONFIG["processors"]["parser"]
STATUS: dict[str, Any] = CONFIG["processors"]["enum"][0]
UNNAMED = "mqtt_consumer"
"""The measurement of a message whose topic names none."""
_LEFT_OUT = re.compile(r"name\(\)='(\w+)'")


@dataclass(frozen=True, slots=True)
class Made:
    """A point of a measurement."""

    measurement: str
    tags: Mapping[str, str]
    fields: Mapping[str, Any]
    time_ms: int | None = None
    """Milliseconds since the epoch; None for the time at which the message came."""


def made_of(topic: str, payload: bytes) -> Made | None:
    """Return what Telegraf makes of a message; None for nothing."""
    if not any(_matches(each, topic) for each in INPUT["topics"]):
        return None
    measurement, tags = _by_topic(topic)
    if measurement in INPUT["namedrop"]:
        return None
    text = payload.decode()
    if measurement in STATUS["namepass"]:
        mapping = STATUS["mapping"][0]
        return Made(measurement, _without(tags, STATUS), {mapping["dest"]: mapping["value_mappings"][text]})
    parser = next(each for each in PARSERS if measurement in each["namepass"])
    return _parsed(parser, _without(tags, parser), json.loads(text))


def _matches(pattern: str, topic: str) -> bool:
    levels, parts = pattern.split("/"), topic.split("/")
    return len(levels) == len(parts) and all(level in {"+", part} for level, part in zip(levels, parts, strict=True))


def _by_topic(topic: str) -> tuple[str, dict[str, str]]:
    """Return the measurement and the tags. Every rule that fits adds to what those before it found."""
    measurement, tags, parts = UNNAMED, {}, topic.split("/")
    for rule in INPUT["topic_parsing"]:
        if not _matches(rule["topic"], topic):
            continue
        for level, part in zip(rule.get("measurement", "").split("/"), parts, strict=False):
            measurement = measurement if level in {"", "_"} else part
        tags |= {
            level: part
            for level, part in zip(rule.get("tags", "").split("/"), parts, strict=False)
            if level not in {"", "_"}
        }
    return measurement, tags


def _without(tags: Mapping[str, str], processor: Mapping[str, Any]) -> dict[str, str]:
    return {name: value for name, value in tags.items() if name not in processor.get("tagexclude", ())}


def _parsed(parser: Mapping[str, Any], tags: dict[str, str], document: Mapping[str, Any]) -> Made | None:
    (rules,) = parser["xpath"]
    if rules.get("metric_selection") == "/mqtt/.." and not isinstance(document.get("mqtt"), dict):
        return None
    fields: dict[str, Any] = {}
    if "field_selection" in rules:
        left_out = _LEFT_OUT.findall(rules["field_selection"])
        fields |= dict(_leaves({key: value for key, value in document.items() if key not in left_out}))
    for name, query in (rules.get("fields", {}) | rules.get("fields_int", {})).items():
        fields[name] = _at(query, document)
    for name, query in rules.get("tags", {}).items():
        (key,) = re.findall(r"string-join\((\w+)/\*, ' '\)", query)
        tags |= {name: " ".join(document.get(key, ()))}
    time = datetime.fromisoformat(_at(rules["timestamp"], document))
    found = {name: value for name, value in fields.items() if value is not None}
    return Made(rules["metric_name"].strip("'"), tags, found, round(time.timestamp() * 1000))


def _at(query: str, document: Mapping[str, Any]) -> Any:
    found: Any = document
    for key in query.strip("/").split("/"):
        found = found[key]
    return found


def _leaves(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    """Yield each value in which there are no others, with the keys and indexes down to it."""
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        yield from _leaves(child, (*path, str(key)))
    if not children and path:
        yield "_".join(path), value
