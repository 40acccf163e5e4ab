"""The read model of a fleet: folds the messages of all nodes into values for front ends."""

from __future__ import annotations

from hostcore.broker.message import Arrived
from hostcore.fleet.model import FleetView, NodeDetail

MOST_NODES = 3000
"""The most nodes that a fleet keeps. Anyone can publish as many names as they like."""


class Fleet:
    """All nodes below one prefix. It has no thread, no clock and no terminal: one thread at a time uses it.

    It keeps a line for each node from ``status``, ``info`` and ``health``, and everything of the nodes that are open.
    Nothing in a message can raise an error here, and the memory has a bound whatever comes.

    Args:
        prefix: the first levels of all topics.
        most_nodes: the most nodes to keep.
    """

    def __init__(self, prefix: str = "wasi-host", most_nodes: int = MOST_NODES) -> None:
        self.prefix, self._most_nodes = prefix, most_nodes
        self.revision = 0
        """Counts up whenever something has changed that a front end shows."""

    def connected(self, now: float) -> None:
        """Note that we have the broker. What it kept for us follows."""
        raise NotImplementedError

    def disconnected(self, now: float, problem: str) -> None:
        """Note that we have lost the broker, or could not reach it: what is known is stale from now on."""
        raise NotImplementedError

    def fold(self, arrived: Arrived, now: float) -> None:
        """Take a message in.

        Args:
            arrived: the message.
            now: the present, Unix seconds.
        """
        raise NotImplementedError

    def open(self, node: str) -> None:
        """Keep plugins, readings and events of a node from now on."""
        raise NotImplementedError

    def close(self, node: str) -> None:
        """Forget again what only an opened node has."""
        raise NotImplementedError

    def view(self, now: float) -> FleetView:
        """Return all nodes, the worst first. What has not changed are the same objects as before."""
        raise NotImplementedError

    def detail(self, node: str, now: float) -> NodeDetail | None:
        """Return all that is known of an opened node; None if it is not open or not known."""
        raise NotImplementedError
