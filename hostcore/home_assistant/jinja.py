"""Templates for Home Assistant, in Jinja. Nothing that a driver wrote can become code in them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

LONGEST_STATE = 250
"""Characters of a text. Home Assistant takes no state of more than 255."""
_PLAIN = re.compile("[A-Za-z0-9_ -]", re.ASCII)
_PLACE = re.compile("0|[1-9][0-9]{0,5}", re.ASCII)
"""A key that can be a place in a list."""


def literal(text: str) -> str:
    """Return a text as a constant of a template. All but plain letters, digits, ``_``, ``-`` and spaces is escaped."""
    return "'" + "".join(each if _PLAIN.match(each) else _escaped(each) for each in text) + "'"


def _escaped(character: str) -> str:
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def number(path: Sequence[str]) -> str:
    """Return the template of the number at `path`, the keys down to it; it is unknown if there is no number."""
    return f"{_found(path)}{{{{x if x is number and x is not boolean else none}}}}"


def truth(path: Sequence[str]) -> str:
    """Return the template of the true or false at `path`, as ON and OFF; it is unknown if there is neither."""
    return f"{_found(path)}{{{{'ON' if x is true else 'OFF' if x is false else none}}}}"


def text(path: Sequence[str]) -> str:
    """Return the template of the text at `path`; it is unknown if there is none. A long text is cut."""
    return f"{_found(path)}{{{{(x|string)[:{LONGEST_STATE}] if x is string or x is number or x is boolean else none}}}}"


def _found(path: Sequence[str]) -> str:
    """Set ``x`` to what is at `path` of a payload; to none if it is not there, or if the payload is not JSON."""
    return "".join(["{%set x=value_json%}", *(f"{{%set x={_step(key)}%}}" for key in path)])


def _step(key: str) -> str:
    """One key down. A place in a list is its number as text, and an object can have such a key, too."""
    name = literal(key)
    within = f"x[{name}] if x is mapping and {name} in x else "
    if not _PLACE.fullmatch(key):
        return within + "none"
    return f"{within}x[{key}] if x is sequence and x is not mapping and x is not string and x|length>{key} else none"


def marks(*keys: str) -> str:
    """Return the template of an object with some keys of a payload, each an empty list if the payload lacks it."""
    listed = ",".join(f"{literal(key)}:x.get({literal(key)},[])" for key in keys)
    return "{%set x=value_json if value_json is mapping else {}%}{{{" + listed + "}|tojson}}"


def fields(*keys: str) -> str:
    """Return the template of an object with some keys of a payload, each none if the payload lacks it."""
    return within((), *keys)


def within(path: Sequence[str], *keys: str) -> str:
    """Return the template of an object with some keys of what is at `path`, each none if it is not there."""
    listed = ",".join(f"{literal(key)}:x.get({literal(key)})" for key in keys)
    return f"{_found(path)}{{%set x=x if x is mapping else {{}}%}}{{{{{{{listed}}}|tojson}}}}"


def command(values: Mapping[str, str]) -> str:
    """Return the template of a command's payload: a transaction that no other command has, the time, and `values`.

    Args:
        values: an expression of Jinja for each key. Use `literal` for texts.
    """
    listed = "".join(f",{literal(key)}:{expression}" for key, expression in values.items())
    unique = "'ha-%d-%05d%05d'|format(now().timestamp()*1000000,range(100000)|random,range(100000)|random)"
    return "{{{'transaction':" + unique + ",'time':now().timestamp()" + listed + "}|tojson}}"
