"""Converts parts of the view to JSON."""

from __future__ import annotations

from typing import Any

from hostcore.events import LedsShown, PwmSet, RelaySwitched
from hostcore.events.event_json import to_json
from hostcore.view.outputs import Outputs
from hostcore.view.plugins import PluginStatus


def plugin_json(plugin: PluginStatus) -> dict[str, Any]:
    """One plugin, for ``/api/plugins``."""
    facts = plugin.facts
    return {
        "name": plugin.name,
        "state": plugin.state,
        "cause": plugin.cause,
        "since_ns": plugin.since_ns,
        "retry_ns": plugin.retry_ns,
        "is_searching": plugin.is_searching,
        "lacks_libraries": plugin.lacks_libraries,
        "fetch_error": plugin.fetch_error,
        "last_error": plugin.last_error,
        "last_error_ns": plugin.last_error_ns,
        "version": plugin.version,
        "interval": facts.interval if facts else 0.0,
        "permissions": to_json(facts.permissions) if facts else [],
        "counters": to_json(plugin.counters),
    }


def actuators_json(outputs: Outputs) -> dict[str, Any]:
    """All outputs, for ``/api/actuators``. An output with the ``time_ns`` 0 was never set: it is off."""
    leds = outputs.shown or (LedsShown(0, "", outputs.leds, outputs.are_leds_simulated) if outputs.leds else None)
    simulated = outputs.are_lines_simulated
    relays = (each or RelaySwitched(0, "", name, False, simulated) for name, each in outputs.relays.items())
    lines = sorted((outputs.pwm | outputs.modulated).items())
    pwm = (each or PwmSet(0, "", line, 0.0, 0.0, simulated) for line, each in lines)
    return {"leds": to_json(leds), "relays": to_json(tuple(relays)), "pwm": to_json(tuple(pwm))}
