"""Where a screen of a fleet gets its nodes from. `hostcore.fleet.client.FleetClient` is one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from hostcore.fleet.asking import Answer
from hostcore.fleet.model import FleetView, NodeDetail


class FleetSource(Protocol):
    """Knows a fleet. No method blocks but `ask`. See `FleetClient`."""

    def view(self) -> FleetView:
        """Return all nodes as they are now."""

    def detail(self, node: str) -> NodeDetail | None:
        """Return all that is known of an opened node; None if it is not open or not known."""

    def open(self, node: str) -> None:
        """Follow plugins, readings and events of a node."""

    def close(self, node: str) -> None:
        """Follow them no more."""

    def ask(self, node: str, command: str, arguments: Mapping[str, Any] | None = None) -> Answer:
        """Ask a node, and return its answer. Blocks for seconds.

        Raises:
            HostError: there is none. The message says why, and what to do.
        """

    def give_up(self) -> None:
        """Let no `ask` wait any longer: each raises its error now."""
