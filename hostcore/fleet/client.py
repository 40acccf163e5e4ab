"""The fleet's client: a connection to the broker, and a thread that folds what it delivers into the read model."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from hostcore.broker.bodies import CommandGroup
from hostcore.broker.settings import BrokerSettings
from hostcore.fleet.model import FleetView, NodeDetail
from hostcore.quick_dataclass import dataclass

ANSWER_SECONDS = 10.0
"""How long the answer of a node is awaited."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a node answered to a command."""

    data: Any
    """What it has found or done, as JSON. Texts in it are NOT escaped."""


class FleetClient:
    """Knows a fleet. All methods can be called on any thread.

    Args:
        settings: the broker.
        prefix: the first levels of all topics.
        changed: called on the client's own thread when `view` may return something new, at most four times a second.
            It must not block.
        password: for the broker; None for that of the settings' file or variable.
    """

    def __init__(
        self,
        settings: BrokerSettings,
        prefix: str = "wasi-host",
        changed: Callable[[], object] = lambda: None,
        password: str | None = None,
    ) -> None:
        raise NotImplementedError

    def start(self) -> None:
        """Connect, and connect again whenever the broker is lost. Returns at once."""
        raise NotImplementedError

    def stop(self) -> bool:
        """Disconnect. Blocks for up to a second.

        Returns:
            Whether all of it has ended in that time.
        """
        raise NotImplementedError

    def view(self) -> FleetView:
        """Return all nodes as they are now. Takes a millisecond for a thousand nodes if nothing changed."""
        raise NotImplementedError

    def detail(self, node: str) -> NodeDetail | None:
        """Return all that is known of an opened node; None if it is not open or not known."""
        raise NotImplementedError

    def open(self, node: str) -> None:
        """Subscribe to plugins, readings and events of a node. Returns at once; `detail` has them as they come."""
        raise NotImplementedError

    def close(self, node: str) -> None:
        """Unsubscribe from them again. Closing what is not open does nothing."""
        raise NotImplementedError

    def ask(
        self, node: str, command: str, arguments: Mapping[str, Any] | None = None, timeout: float = ANSWER_SECONDS
    ) -> Answer:
        """Ask a node, and return its answer. Blocks up to `timeout` seconds.

        Args:
            node: its name.
            command: ``history``, ``crashes``, ``log``, ``relay``, ... (docs/mqtt.md).
            arguments: what the command needs.
            timeout: how long to wait, in seconds.

        Raises:
            BrokerAwayError: the broker is not connected.
            NodeError: the node is not known, does not allow it, refused it, or does not answer. The message is safe
                to show, and says what to do.
        """
        raise NotImplementedError


def group_of(command: str) -> CommandGroup | None:
    """Return the group that a node must allow for a command; None for an unknown command."""
    raise NotImplementedError
