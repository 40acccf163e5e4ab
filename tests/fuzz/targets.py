"""All targets, in the order in which they run."""

from __future__ import annotations

from tests.fuzz import commands, components, fleet, keys, messages, readings, settings

TARGETS = (
    messages.TARGET,
    commands.TARGET,
    fleet.TARGET,
    settings.TARGET,
    readings.TARGET,
    keys.TARGET,
    components.TARGET,
)
