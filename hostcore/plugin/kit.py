"""What connects one plugin instance with the rest of the host."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from hostcore.access.decisions import Access
from hostcore.buses.call_limit import CallLimit
from hostcore.buses.share import BusShare
from hostcore.events import Event
from hostcore.log.plugin_log import PluginLog


@dataclass(frozen=True, slots=True)
class Ports:
    """One instance's connections; all but the limit may serve one instance after the other."""

    access: Access
    """What it may touch."""
    share: BusShare
    """How much of the buses' time it may use."""
    limit: CallLimit
    """How long its calls may take."""
    log: PluginLog
    """Takes what it logs and prints."""
    publish: Callable[[Event], None]
    """Takes its transfers."""
