"""Reads the JSON of a reading. The text is the plugin's, so everything is bounded."""

from __future__ import annotations

import json
import math
from typing import Any

from hostcore.errors import plain_reason
from hostcore.events import Reading

DEEPEST_READING = 64
"""Most levels of objects and lists in a reading. Code that shows readings recurses once for each level."""


def reading_of(text: str) -> Reading:
    """Return the JSON object in `text`.

    Raises:
        ValueError: it is no JSON object, is nested too deeply, or has a number that no double holds. The message is the
            problem in words.
    """
    if not text:
        raise ValueError("is an empty text, not JSON")
    try:
        reading = json.loads(text, parse_constant=_refuse_constant, parse_float=_finite)
        json.dumps(reading, ensure_ascii=False).encode()  # a lone surrogate can be escaped, but not encoded
        is_too_deep = _is_deeper(reading, DEEPEST_READING)
    except ValueError as error:
        raise ValueError(f"is not JSON: {plain_reason(error)}: {text[:80]}") from None
    except RecursionError:
        is_too_deep = True
    if is_too_deep:
        raise ValueError(f"is nested too deeply: {DEEPEST_READING} levels are allowed")
    if not isinstance(reading, dict):
        raise ValueError(f"is not a JSON object: {text[:80]}")
    return reading


def _is_deeper(value: Any, levels: int) -> bool:
    if not isinstance(value, dict | list):
        return False
    within = value.values() if isinstance(value, dict) else value
    return not levels or any(_is_deeper(each, levels - 1) for each in within)


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON (RFC 8259 section 6)")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text} is too large for a double (RFC 8259 section 6)")
    return number
