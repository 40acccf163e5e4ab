"""How a plugin and a node are, as diagnostic entities. They stay available when the plugin fails, to say so.

None of them is announced as disabled (``en``): when Home Assistant 2026.2 removes such an entity, it deletes what the
broker keeps of the whole device.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hostcore.broker.groups import CommandGroup
from hostcore.broker.topics import EVENTS, HEALTH, INFO, STATE
from hostcore.home_assistant import jinja
from hostcore.home_assistant.names import entity_id
from hostcore.home_assistant.site import Component, Site
from hostcore.view.condition import Condition

FIXED = "host-"
"""How the IDs of these components begin. No value of a reading has such an ID."""
DIAGNOSTIC = {"ent_cat": "diagnostic"}
COUNTED = {"stat_cla": "total_increasing"}
"""A counter that begins again at 0 when the host starts."""
MEASURED = {"stat_cla": "measurement"}
HEALTH_EXPIRES = 90
"""Seconds after which the health of a node is not known any more. It comes every 30 s."""
CRASHES = {"PluginCrashed": "crashed"}
HAPPENINGS = {
    "alarm": {"AlarmRaised": "raised", "AlarmAcknowledged": "acknowledged", "AlarmCleared": "cleared"},
    "finding": {"FindingRaised": "raised", "FindingCleared": "cleared"},
    "denial": {"AccessDenied": "denied"},
}
"""The events of a node, by the last level of their topics: the words for each type of message."""
TROUBLED = tuple(each for each in Condition if each.is_troubled)


class _Place:
    """Where the entities of one device are: their topic, their availability and the beginning of their IDs."""

    def __init__(self, site: Site, topic: str, *parts: str) -> None:
        self._site = site
        self._parts = parts
        self._common = {"stat_t": topic, "avty": [site.online]}

    def __call__(self, key: str, platform: str, name: str, **more: Any) -> tuple[str, Component]:
        """Return an entity with its ID among the components. `more` replaces what all have in common."""
        ids = {
            "uniq_id": self._site.identifier(*self._parts, f"{FIXED}{key}"),
            "def_ent_id": entity_id(platform, self._site.node, *self._parts, key),
        }
        return f"{FIXED}{key}", {"p": platform, **ids, "name": name, **self._common, **DIAGNOSTIC, **more}


def of_plugin(site: Site, plugin: str) -> dict[str, Component]:
    """Return the entities that say how a plugin is."""
    state, crashes = site.topics.of(plugin, STATE), site.topics.of(EVENTS, "crash")
    is_its = f"value_json is mapping and value_json.get('plugin')=={jinja.literal(plugin)}"
    at = _Place(site, state, plugin)
    about = {
        "ops": [*Condition],
        "json_attr_t": state,
        "json_attr_tpl": jinja.fields("state", "reason", "since", "simulated"),
    }
    entities = [
        at("condition", "sensor", "Condition", dev_cla="enum", val_tpl=jinja.text(["condition"]), **about),
        at("problem", "binary_sensor", "Problem", dev_cla="problem", val_tpl=_one_of("condition", TROUBLED)),
        at("crashes", "sensor", "Crashes", val_tpl=jinja.number(["crashes"]), **COUNTED),
        at("errors", "sensor", "Errors", val_tpl=jinja.number(["errors"]), **COUNTED),
        at("last_error", "sensor", "Last error", val_tpl=_text_or_none("last_error")),
        at("crash", "event", "Crash event", **_event(crashes, CRASHES, is_its)),
    ]
    if CommandGroup.ORDERS in site.commands:
        order = site.command("restart", {"plugin": jinja.literal(plugin)})
        entities.append(at("restart", "button", "Restart", dev_cla="restart", ent_cat="config", **order))
    return dict(entities)


def of_node(site: Site) -> dict[str, Component]:
    """Return the entities that say how a node is."""
    health = site.topics.of(HEALTH)
    at = _Place(site, health)
    expires = {"exp_aft": HEALTH_EXPIRES}
    counted, measured = {**COUNTED, **expires}, {**MEASURED, **expires}
    memory = {"unit_of_meas": "MiB", "dev_cla": "data_size", "sug_dsp_prc": 0}
    raised = {"json_attr_t": health, "json_attr_tpl": jinja.fields("alarms")}
    found = {"json_attr_t": health, "json_attr_tpl": jinja.fields("findings")}
    troubled = {"json_attr_t": health, "json_attr_tpl": jinja.fields("troubled")}
    online = "{{'ON' if value=='online' else 'OFF'}}"
    return dict((
        at("status", "binary_sensor", "Status", dev_cla="connectivity", val_tpl=online, **_always(site)),
        at("troubled", "sensor", "Troubled plugins", val_tpl=jinja.number(["troubled_count"]), **measured, **troubled),
        at("findings", "sensor", "Findings", val_tpl=jinja.number(["findings_count"]), **measured, **found),
        at("alarm", "binary_sensor", "Alarm", dev_cla="problem", val_tpl=_any_of("alarms_count"), **expires, **raised),
        at("crashes", "sensor", "Crashes", val_tpl=jinja.number(["crashes"]), **counted),
        at("waiting", "sensor", "Readings that wait", val_tpl=jinja.number(["waiting"]), **measured),
        at("dropped", "sensor", "Readings dropped", val_tpl=jinja.number(["dropped"]), **counted),
        at("load", "sensor", "Load", val_tpl=jinja.number(["load"]), sug_dsp_prc=2, **measured),
        at("memory", "sensor", "Memory", val_tpl=jinja.number(["memory_mib"]), **memory, **measured),
        at("started", "sensor", "Started", dev_cla="timestamp", **_started(site)),
        *(
            at(f"event_{kind}", "event", f"{kind.capitalize()} event", **_event(site.topics.of(EVENTS, kind), types))
            for kind, types in HAPPENINGS.items()
        ),
    ))  # fmt: skip


def _always(site: Site) -> Component:
    """The availability of the entity that says whether the node is online: it is always available."""
    return {"stat_t": site.online["t"], "avty": []}


def _started(site: Site) -> dict[str, str]:
    return {"stat_t": site.topics.of(INFO), "val_tpl": jinja.text(["started"])}


def _event(topic: str, types: Mapping[str, str], only_if: str = "value_json is mapping") -> Component:
    """Something that happens, with all that is said of it. What is of no known type is no event for Home Assistant."""
    words = "{" + ",".join(f"{jinja.literal(name)}:{jinja.literal(word)}" for name, word in types.items()) + "}"
    found = f"{words}.get(value_json.get('event')|string) if {only_if} else none"
    template = f"{{%set t={found}%}}{{{{dict(value_json,event_type=t)|tojson if t else ''}}}}"
    return {"stat_t": topic, "evt_typ": [*types.values()], "val_tpl": template}


def _one_of(key: str, words: Sequence[str]) -> str:
    listed = ",".join(map(jinja.literal, words))
    found = f"value_json is mapping and value_json.get({jinja.literal(key)}) in [{listed}]"
    return f"{{{{'ON' if {found} else 'OFF'}}}}"


def _any_of(key: str) -> str:
    found = f"value_json is mapping and value_json.get({jinja.literal(key)})"
    return f"{{{{'ON' if {found} else 'OFF'}}}}"


def _text_or_none(key: str) -> str:
    """A text that is often empty; Home Assistant shows nothing at all for an empty one."""
    found = f"value_json.get({jinja.literal(key)}) if value_json is mapping else ''"
    return f"{{{{((({found}) or 'none')|string)[:{jinja.LONGEST_STATE}]}}}}"
