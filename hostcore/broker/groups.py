"""The groups of commands that a node can allow."""

from __future__ import annotations

from enum import StrEnum


class CommandGroup(StrEnum):
    """What commands of [mqtt] in host.toml can allow."""

    READ = "read"
    """Ask for what the node knows: history, crashes, log, traffic, and its live screen, which then only looks."""
    OUTPUTS = "outputs"
    """Drive relays, modulated lines and LEDs."""
    ORDERS = "orders"
    """Start, stop, restart and release plugins."""
    ALARMS = "alarms"
    """Acknowledge alarms."""
