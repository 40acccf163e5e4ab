"""What simulated nodes say, as messages: the same words that a host publishes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hostcore.broker.bodies import ADDED, Stamp
from hostcore.broker.message import Message
from hostcore.events.event_json import json_text, to_json
from hostcore.events.readings import MARK


def reading(
    topic: str, values: Mapping[str, Any], simulated: tuple[str, ...], stamp: Stamp, qos: int, *, retain: bool
) -> Message:
    """Return a reading of a plugin for its own topic, or for that of its late ones, which are not retained."""
    marked = {**values, MARK: simulated, ADDED: {"id": stamp.id, "time": stamp.time}}
    return Message(topic, json_text(marked).encode(), qos, retain=retain)


def said(topic: str, body: object) -> Message:
    """Return a body of `hostcore.broker.bodies` as a message that the broker keeps."""
    return Message(topic, json_text(to_json(body)).encode(), retain=True)
