"""Converts parts of the view to JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hostcore.events import LedsShown, PwmSet, RelaySwitched
from hostcore.events.event_json import to_json
from hostcore.events.readings import FAULTY, MARK, STALE, is_error, unmarked
from hostcore.quantities import Quantity
from hostcore.view.condition import Condition
from hostcore.view.outputs import Outputs
from hostcore.view.plugins import PluginStatus
from hostcore.view.readings import MOST_ROWS, Path, flatten, is_group, is_number
from hostcore.web.web_view import WebView


def plugin_json(plugin: PluginStatus, condition: Condition) -> dict[str, Any]:
    """One plugin and how it is doing, for ``/api/plugins``."""
    facts = plugin.facts
    return {
        "name": plugin.name,
        "state": plugin.state,
        "condition": condition,
        "cause": plugin.cause,
        "since_ns": plugin.since_ns,
        "retry_ns": plugin.retry_ns,
        "is_searching": plugin.is_searching,
        "lacks_libraries": plugin.lacks_libraries,
        "rejected": plugin.rejected,
        "fetch_error": plugin.fetch_error,
        "last_error": plugin.last_error,
        "last_error_ns": plugin.last_error_ns,
        "version": plugin.version,
        "interval": facts.interval if facts else 0.0,
        "permissions": to_json(facts.permissions) if facts else [],
        "counters": to_json(plugin.counters),
    }


def values_json(view: WebView) -> dict[str, Any]:
    """The values of the newest round and what they measure, for ``/api/values``. A reading that failed has none."""
    readings = view.rounds.newest.readings if view.rounds.newest else {}
    told: list[dict[str, Any]] = []
    left_out = 0
    for plugin in view.plugins.all():
        reading = readings.get(plugin.name)
        if not isinstance(reading, Mapping) or is_error(reading):
            continue
        values = [each for each in flatten(plugin.name, unmarked(reading)) if not is_group(each[1])]
        left_out += max(0, len(values) - MOST_ROWS)
        told += [_value_json(view, path, value, reading) for path, value in values[:MOST_ROWS]]
    return {"values": told, "left_out": left_out}


def _value_json(view: WebView, path: Path, value: object, reading: Mapping[str, Any]) -> dict[str, Any]:
    plugin, *keys = path
    quantity = view.values.of(plugin, keys)
    if quantity.is_guessed and not is_number(value):
        quantity = Quantity(is_guessed=True)  # the words of a key name a number's unit, not a text's
    adjusted = view.values.adjusted(plugin, keys)
    return {
        "plugin": plugin,
        "key": ".".join(keys),
        "value": value,
        "raw": adjusted.measured if adjusted else None,
        "is_held": adjusted is not None and adjusted.is_held,
        "stale_seconds": reading.get(STALE),
        **to_json(quantity),
        MARK: reading.get(MARK, []),
        FAULTY: reading.get(FAULTY, []),
    }


def actuators_json(outputs: Outputs) -> dict[str, Any]:
    """All outputs, for ``/api/actuators``. An output with the ``time_ns`` 0 was never set: it is off."""
    leds = outputs.shown or (LedsShown(0, "", outputs.leds, outputs.are_leds_simulated) if outputs.leds else None)
    simulated = outputs.are_lines_simulated
    relays = (each or RelaySwitched(0, "", name, False, simulated) for name, each in outputs.relays.items())
    lines = sorted((outputs.pwm | outputs.modulated).items())
    pwm = (each or PwmSet(0, "", line, 0.0, 0.0, simulated) for line, each in lines)
    return {"leds": to_json(leds), "relays": to_json(tuple(relays)), "pwm": to_json(tuple(pwm))}
