"""Converts parts of the view to JSON."""

from __future__ import annotations

from typing import Any

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
        "last_error": plugin.last_error,
        "last_error_ns": plugin.last_error_ns,
        "version": plugin.version,
        "interval": facts.interval if facts else 0.0,
        "permissions": to_json(facts.permissions) if facts else [],
        "counters": to_json(plugin.counters),
    }


def actuators_json(outputs: Outputs) -> dict[str, Any]:
    """The outputs that plugins have set, for ``/api/actuators``."""
    return {
        "leds": to_json(outputs.shown),
        "relays": to_json(outputs.switched),
        "pwm": to_json(tuple(outputs.modulated.values())),
    }
