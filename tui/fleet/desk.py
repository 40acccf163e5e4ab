"""The screen of a fleet as its widgets see it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from hostcore.fleet.asking import Answer
from hostcore.fleet.model import FleetView, NodeDetail, NodeStatus
from tui.desk import Desk


class FleetDesk(Desk, Protocol):
    """What the widgets of a fleet may use of the screen around them. For the screen's own thread.

    `view`, `session` and `archive` are those of the node that is open, and there are none before the first.
    """

    @property
    def fleet(self) -> FleetView:
        """All nodes, as they were a moment ago."""

    @property
    def broker(self) -> str:
        """The broker and the prefix, as a person would write them."""

    @property
    def messages_per_second(self) -> float | None:
        """How many messages have come in a second of late; None if that is not known yet."""

    @property
    def waiting_seconds(self) -> float:
        """For how long the oldest question to a node has waited for its answer; 0 if none waits."""

    @property
    def detail(self) -> NodeDetail | None:
        """All that is known of the node that is open; None if none is open.

        One that the broker does not know any more is as it was last, and offline.
        """

    def ask_node(
        self, node: str, command: str, arguments: Mapping[str, Any], answered: Callable[[Answer], object]
    ) -> None:
        """Ask a node something over the broker. Returns at once.

        Args:
            node: its name.
            command: what to ask (docs/mqtt.md).
            arguments: what the command needs.
            answered: takes the answer. If there is none, the person is told why instead.
        """

    def may_ask(self, node: NodeStatus) -> bool:
        """Return whether a node answers over the broker. If not, the person has been told why, and what to do."""

    def open_node(self, node: NodeStatus) -> None:
        """Show all that is known of a node."""

    def close_node(self) -> None:
        """Forget what only an opened node has."""

    def open_live(self, node: NodeStatus) -> None:
        """Show the node's own screen in place of this one, over the broker, until the person leaves it."""

    def open_ssh(self, node: NodeStatus) -> None:
        """Show the node's own screen in place of this one, over ssh, until the person leaves it."""

    async def ask_address(self, node: NodeStatus) -> None:
        """Ask for the computer of a node, and show its screen over ssh."""
