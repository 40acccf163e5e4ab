"""The IDs and names of entities, made of the keys that a driver chose."""

from __future__ import annotations

import re
from collections.abc import Sequence

from hostcore.hashes import blake2b

LONGEST_ID = 48
"""Characters of an ID that are made of keys."""
LONGEST_TITLE = 60
_ACRONYMS = frozenset({"co", "co2", "cpu", "gps", "gpu", "id", "ip", "pm1", "pm10", "pm25", "rpm", "rssi", "uv", "voc"})
_KEY = re.compile("[A-Za-z0-9_-]+", re.ASCII)


def key_id(path: Sequence[str]) -> str:
    """Return an ID for the keys down to a value: the keys, with points between them. Other keys have another ID.

    It has only letters, digits, ``_``, ``-``, ``.`` and ``:``. For keys with other characters, and for long ones, it
    ends with their digest.
    """
    joined = ".".join(path)
    if len(joined) <= LONGEST_ID and all(map(_KEY.fullmatch, path)):
        return joined
    digest = blake2b("\0".join(path).encode(errors="surrogatepass"), digest_size=5).hexdigest()
    return f"{re.sub('[^A-Za-z0-9_-]+', '-', joined, flags=re.ASCII)[:LONGEST_ID]}:{digest}"


def entity_id(platform: str, *parts: str) -> str:
    """Return the entity ID that Home Assistant shall use, unless a person has chosen another."""
    words = re.sub("[^a-z0-9]+", "_", "_".join(parts).lower(), flags=re.ASCII).strip("_")
    return f"{platform}.{words}"


def title(path: Sequence[str]) -> str:
    """Return a name for people for the keys down to a value: "Air temperature" for ``air.temperature``."""
    words = re.sub(r"[\s_.]+", " ", " ".join(path)[:LONGEST_TITLE])
    safe = "".join(each for each in words if each.isprintable()).strip()
    spelled = " ".join(word.upper() if word.lower() in _ACRONYMS else word for word in safe.split())
    return spelled[:1].upper() + spelled[1:] or "Value"
