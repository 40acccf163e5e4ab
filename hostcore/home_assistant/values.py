"""The values of a plugin's readings, as entities."""

from __future__ import annotations

from enum import StrEnum

from hostcore.broker.bodies import ValueInfo
from hostcore.events.readings import FAULTY, MARK
from hostcore.home_assistant import jinja
from hostcore.home_assistant.accepted import accepted
from hostcore.home_assistant.names import entity_id, key_id, title
from hostcore.home_assistant.site import Component, Site, expiry
from hostcore.quick_dataclass import dataclass


class Kind(StrEnum):
    """What a value is. The words are part of the entity's ID, because Home Assistant has a platform for each."""

    NUMBER = "number"
    TRUTH = "truth"
    TEXT = "text"

    @property
    def platform(self) -> str:
        """Home Assistant's."""
        return "binary_sensor" if self is Kind.TRUTH else "sensor"


@dataclass(frozen=True, slots=True)
class Value:
    """A value that a plugin's readings have."""

    path: tuple[str, ...]
    """The keys down to it."""
    kind: Kind
    info: ValueInfo
    """What it measures."""

    @property
    def component(self) -> str:
        """Its ID among the components of the device."""
        return f"{self.kind}-{key_id(self.path)}"


def kind_of(value: object) -> Kind | None:
    """Return what a value of a reading is; None for null, which says nothing of it."""
    match value:
        case bool():
            return Kind.TRUTH
        case int() | float():
            return Kind.NUMBER
        case str():
            return Kind.TEXT
        case _:
            return None


def entity(site: Site, plugin: str, value: Value, interval: float) -> Component:
    """Return the entity of a value. Its state is on the topic of the plugin's newest reading."""
    platform = value.kind.platform
    return {
        "p": platform,
        "uniq_id": site.identifier(plugin, value.component),
        "def_ent_id": entity_id(platform, site.node, plugin, *value.path),
        "name": value.info.name or title(value.path),
        **_measured(value),
        **expiry(interval),
        "json_attr_t": site.topics.reading(plugin),
        "json_attr_tpl": jinja.marks(MARK, FAULTY),
    }


def _measured(value: Value) -> Component:
    match value.kind:
        case Kind.NUMBER:
            return {"val_tpl": jinja.number(value.path), **accepted(value.info)}
        case Kind.TRUTH:
            return {"val_tpl": jinja.truth(value.path)}
        case Kind.TEXT:
            return {"val_tpl": jinja.text(value.path)}
