"""The relays, modulated lines and LEDs of a node, as entities.

Where commands for outputs are allowed, they are switches, numbers and a light. Elsewhere they only show what is driven.
"""

from __future__ import annotations

from hostcore.actuation import USUAL_HZ
from hostcore.broker.groups import CommandGroup
from hostcore.broker.outputs import LEDS, PWM, RELAYS, NodeOutputs
from hostcore.broker.topics import OUTPUTS
from hostcore.home_assistant import jinja
from hostcore.home_assistant.names import entity_id, key_id, title
from hostcore.home_assistant.site import Component, Site

MOST_OUTPUTS = 50
"""Relays, and lines, that become entities."""
WHO = ("by", "simulated")
"""The keys of an output that say who drove it."""
FREQUENCY = "frequency_hz"
_FIRST_LIT = (
    "{%set c=value_json['leds']['colors']|reject('eq','000000')|list"
    " if value_json is mapping and value_json.get('leds') is mapping else []%}"
    "{%set c=c[0] if c else none%}"
)
"""Sets ``c`` to the colour of the first LED that is lit; to none if all are dark."""
_PARTS = "{%set r,g,b=(c[0:2]|int(0,16),c[2:4]|int(0,16),c[4:6]|int(0,16)) if c else (0,0,0)%}{%set m=[r,g,b]|max%}"
"""Sets ``r``, ``g`` and ``b`` to its parts, and ``m`` to the brightest of them."""
_NEW_COLOR = (
    "{%set o=state_attr(entity_id,'rgb_color') or (255,255,255)%}"
    "{%set p=(red,green,blue) if red is defined else o%}"
    "{%set n=brightness if brightness is defined else state_attr(entity_id,'brightness') or 255%}"
)
"""Sets ``p`` to the wanted parts of a colour and ``n`` to its brightness: those that are not asked for stay."""
_HEX = "'%02x%02x%02x'|format((p[0]*n/255)|round|int,(p[1]*n/255)|round|int,(p[2]*n/255)|round|int)"


def of_node(site: Site, outputs: NodeOutputs) -> dict[str, Component]:
    """Return the entities of a node's outputs."""
    may_drive = CommandGroup.OUTPUTS in site.commands
    relay, line = (_switch, _number) if may_drive else (_relay_state, _line_state)
    found = dict(relay(site, name) for name in [*outputs.relays][:MOST_OUTPUTS])
    found |= dict(line(site, number) for number in [*outputs.pwm][:MOST_OUTPUTS])
    if outputs.leds is not None and may_drive:
        found |= dict([_light(site)])
    return found


def _switch(site: Site, relay: str) -> tuple[str, Component]:
    ways = site.command("relay", {"name": jinja.literal(relay), "state": "value"})
    return _relay(site, "switch", relay, ways)


def _relay_state(site: Site, relay: str) -> tuple[str, Component]:
    return _relay(site, "binary_sensor", relay, {})


def _relay(site: Site, platform: str, relay: str, more: Component) -> tuple[str, Component]:
    path = [RELAYS, relay]
    return _output(site, platform, path, {"name": title([relay]), "val_tpl": jinja.text([*path, "state"]), **more})


def _number(site: Site, line: int) -> tuple[str, Component]:
    """The duty of a line. Its frequency stays as it was last set, which is an attribute of the entity."""
    hertz = f"state_attr(entity_id,{jinja.literal(FREQUENCY)}) or {USUAL_HZ:g}"
    ways = site.command("pwm", {"line": str(line), "duty": "value|float/100", FREQUENCY: hertz})
    return _line(site, "number", line, {"min": 0, "max": 100, "step": 0.1, "mode": "slider", **ways})


def _line_state(site: Site, line: int) -> tuple[str, Component]:
    return _line(site, "sensor", line, {"stat_cla": "measurement"})


def _line(site: Site, platform: str, line: int, more: Component) -> tuple[str, Component]:
    path = [PWM, str(line)]
    shown = {
        "name": f"PWM GPIO {line}",
        "unit_of_meas": "%",
        "val_tpl": jinja.number([*path, "percent"]),
        "json_attr_tpl": jinja.within(path, *WHO, FREQUENCY),
    }
    return _output(site, platform, path, {**shown, **more})


def _output(site: Site, platform: str, path: list[str], more: Component) -> tuple[str, Component]:
    """An entity of what is at `path` of the outputs: its IDs, its topic and who drove it last."""
    component_id = f"{platform}-{key_id(path)}"
    topic = site.topics.of(OUTPUTS)
    return component_id, {
        "p": platform,
        "uniq_id": site.identifier(component_id),
        "def_ent_id": entity_id(platform, site.node, *path),
        "stat_t": topic,
        "json_attr_t": topic,
        "json_attr_tpl": jinja.within(path, *WHO),
        **more,
    }


def _light(site: Site) -> tuple[str, Component]:
    """All LEDs as one light, which has the colour of the first LED that is lit."""
    turn_on, turn_off = site.command("leds", {"color": _HEX}), site.command("leds", {"state": "'OFF'"})
    parts = {part: f"{{{{({part}*255/m)|round|int if m else none}}}}" for part in "rgb"}
    more = {
        "name": "LEDs",
        "schema": "template",
        "stat_tpl": f"{_FIRST_LIT}{{{{'on' if c else 'off'}}}}",
        "bri_tpl": f"{_FIRST_LIT}{_PARTS}{{{{m or ''}}}}",
        **{f"{part}_tpl": f"{_FIRST_LIT}{_PARTS}{template}" for part, template in parts.items()},
        "cmd_t": turn_on["cmd_t"],
        "cmd_on_tpl": _NEW_COLOR + turn_on["cmd_tpl"],
        "cmd_off_tpl": turn_off["cmd_tpl"],
    }
    return _output(site, "light", [LEDS], more)
