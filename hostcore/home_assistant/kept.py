"""What the broker kept of an earlier announcement. Anyone with access to the broker may have written it."""

from __future__ import annotations

import json
import re
from typing import Any

from hostcore.home_assistant.device import MOST_BYTES
from hostcore.home_assistant.site import MAKER
from hostcore.quick_dataclass import dataclass

MOST_COMPONENTS = 200
"""Entities of one device that are remembered."""
PLATFORMS = frozenset({"sensor", "binary_sensor", "switch", "number", "light", "button", "event"})
"""The platforms of Home Assistant that this host uses."""
_COMPONENT = re.compile("[A-Za-z0-9_.:-]{1,80}", re.ASCII)


@dataclass(frozen=True, slots=True)
class KeptAnnouncement:
    """A device that this host announced."""

    components: dict[str, str]
    """The platform of each entity that it had."""


def read_kept(payload: bytes, status: str) -> KeptAnnouncement | None:
    """Return what the broker kept; None if it is not from this host, or cannot be read.

    Args:
        payload: the message.
        status: the topic of the node's status. A node of the same name with another prefix has another one.
    """
    if not 0 < len(payload) <= MOST_BYTES:
        return None
    try:
        found = json.loads(payload)
    except (ValueError, RecursionError):
        return None
    origin = found.get("o") if isinstance(found, dict) else None
    if not isinstance(origin, dict) or origin.get("name") != MAKER or not _depends_on(found.get("avty"), status):
        return None
    return KeptAnnouncement(_components(found.get("cmps")))


def _depends_on(availability: Any, status: str) -> bool:
    return isinstance(availability, list) and {"t": status} in availability


def _components(found: Any) -> dict[str, str]:
    """The entities; those that are only a platform were removed already."""
    if not isinstance(found, dict):
        return {}
    return {
        key: each["p"]
        for key, each in [*found.items()][:MOST_COMPONENTS]
        if _COMPONENT.fullmatch(key) and isinstance(each, dict) and len(each) > 1 and _is_platform(each.get("p"))
    }


def _is_platform(found: Any) -> bool:
    return isinstance(found, str) and found in PLATFORMS
