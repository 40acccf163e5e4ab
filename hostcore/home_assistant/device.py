"""A device of Home Assistant: the payload that announces it with all its entities."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from hostcore.home_assistant import diagnostics
from hostcore.home_assistant.site import MAKER, Component, Site
from hostcore.home_assistant.values import Value, entity
from hostcore.quick_dataclass import dataclass

MOST_VALUES = 100
"""Values of one plugin that become entities."""
MOST_BYTES = 128 * 1024
"""The longest payload. Some brokers refuse more than 256 KiB unless they are set to."""


@dataclass(frozen=True, slots=True)
class Announcement:
    """What is published of one device."""

    payload: bytes
    components: Mapping[str, str]
    """The platform of each component that is there."""
    left_out: int = 0
    """Values that became no entity, because there are too many."""


def of_plugin(
    site: Site,
    plugin: str,
    values: Sequence[Value],
    *,
    interval: float,
    simulated: Sequence[str] = (),
    gone: Mapping[str, str] | None = None,
) -> Announcement:
    """Return the device of a plugin.

    Args:
        site: the node.
        plugin: its name.
        values: what its readings have, the first `MOST_VALUES` of which become entities.
        interval: seconds between two readings; 0 if they come at any time.
        simulated: the simulated buses that it has used. The device's name then says that it is simulated.
        gone: the platforms of components that are to be removed.
    """
    device = {
        "ids": [site.identifier(plugin)],
        "name": _name(site, plugin, simulated),
        "mf": MAKER,
        "mdl": f"Plugin {plugin}" + (f", on simulated {', '.join(simulated)[:100]}" if simulated else ""),
        "via_device": site.identifier(),
        **_page(site),
    }
    available = {"avty": [site.online, site.running(plugin)], "avty_mode": "all"}
    common = {"stat_t": site.topics.reading(plugin), **available}
    shown = values[:MOST_VALUES]
    while True:
        entities = {each.component: entity(site, plugin, each, interval) for each in shown}
        components = {**diagnostics.of_plugin(site, plugin), **entities}
        payload = _payload(site, device, components, gone or {}, common)
        if len(payload) <= MOST_BYTES or not shown:
            return Announcement(payload, _platforms(components), len(values) - len(shown))
        shown = shown[: len(shown) // 2]


def of_node(site: Site, outputs: Mapping[str, Component], *, gone: Mapping[str, str] | None = None) -> Announcement:
    """Return the device of the node itself, with the entities of its outputs."""
    device = {
        "ids": [site.identifier()],
        "name": f"{site.node} (simulated)" if site.is_simulated else site.node,
        "mf": MAKER,
        "mdl": site.model or "Host",
        "sw": site.version,
        **_page(site),
    }
    components = {**diagnostics.of_node(site), **outputs}
    payload = _payload(site, device, components, gone or {}, {"avty": [site.online]})
    return Announcement(payload, _platforms(components))


def _name(site: Site, plugin: str, simulated: Iterable[str]) -> str:
    return f"{site.node} {plugin}" + (" (simulated)" if simulated else "")


def _page(site: Site) -> dict[str, str]:
    return {"cu": site.page} if site.page else {}


def _platforms(components: Mapping[str, Component]) -> dict[str, str]:
    return {key: each["p"] for key, each in components.items()}


def _payload(
    site: Site,
    device: Mapping[str, Any],
    components: Mapping[str, Component],
    gone: Mapping[str, str],
    common: Mapping[str, Any],
) -> bytes:
    removed = {key: {"p": platform} for key, platform in gone.items() if key not in components}
    whole = {"dev": device, "o": site.origin, **common, "qos": 1, "cmps": {**removed, **components}}
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode(errors="backslashreplace")
