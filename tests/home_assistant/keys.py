"""The keys of an announcement."""

from __future__ import annotations


def keys_in(found: object) -> set[str]:
    """All keys of the objects in a payload, apart from those that are IDs of components."""
    match found:
        case {"cmps": dict(components), **rest}:
            return keys_in(rest) | {"cmps"}.union(*map(keys_in, components.values()))
        case dict():
            return set(found).union(*map(keys_in, found.values()))
        case list():
            return set[str]().union(*map(keys_in, found))
        case _:
            return set()
