"""Reads JSON that a plugin wrote, within bounds: its depth, its numbers and its text."""

from __future__ import annotations

import json
import math
from functools import cache
from typing import Any

from hostcore.reasons import plain_reason

DEEPEST = 64
"""Most levels of objects and lists. Code that handles the values recurses once for each level."""
BOM = "\ufeff"
"""A byte order mark."""
ESCAPE = "\\u"
"""The beginning of what can stand for a lone surrogate."""


def value_of(text: str) -> Any:
    """Return the JSON value in `text`.

    Raises:
        ValueError: it is no JSON, is nested too deeply, or has a number that no double holds. The message is the
            problem in words, without a subject: "is not JSON: ...".
    """
    if not text:
        raise ValueError("is an empty text, not JSON")
    try:
        value = json.loads(text) if text.startswith(BOM) else _decoder().decode(text)  # which has no words for a BOM
        if ESCAPE in text or not text.isascii():
            json.dumps(value, ensure_ascii=False).encode()  # a lone surrogate can be escaped, but not encoded
        is_too_deep = text.count("{") + text.count("[") > DEEPEST and _is_deeper(value, DEEPEST)
    except ValueError as error:
        raise ValueError(f"is not JSON: {plain_reason(error)}: {text[:80]}") from None
    except RecursionError:
        is_too_deep = True
    if is_too_deep:
        raise ValueError(f"is nested too deeply: {DEEPEST} levels are allowed")
    return value


@cache
def _decoder() -> json.JSONDecoder:
    """The decoder. `json.loads` would make one for each reading, which takes as long as the decoding."""
    return json.JSONDecoder(parse_constant=_refuse_constant, parse_float=_finite)


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
