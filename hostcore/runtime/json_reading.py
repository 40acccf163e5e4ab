"""Reads the JSON of a reading."""

from __future__ import annotations

from hostcore.events import Reading
from hostcore.strict_json import value_of


def reading_of(text: str) -> Reading:
    """Return the JSON object in `text`.

    Raises:
        ValueError: it is no JSON object, is nested too deeply, or has a number that no double holds. The message is the
            problem in words.
    """
    reading = value_of(text)
    if not isinstance(reading, dict):
        raise ValueError(f"is not a JSON object: {text[:80]}")
    return reading
