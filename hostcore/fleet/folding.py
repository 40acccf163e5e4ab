"""The read model of a fleet: folds the messages of all nodes into values for front ends."""

from __future__ import annotations

from collections import Counter

from hostcore.broker.message import Arrived
from hostcore.broker.topics import place_of
from hostcore.fleet.model import FleetSummary, FleetView, Link, NodeDetail, NodeStatus
from hostcore.fleet.natural import natural
from hostcore.fleet.node import PARTS, Node
from hostcore.fleet.opened import Opened
from hostcore.fleet.reading import LONGEST_TEXT, most_bytes
from hostcore.log.safe_text import log_line
from hostcore.quick_dataclass import replace

MOST_NODES = 3000
"""The most nodes that a fleet keeps. Anyone can publish as many names as they like."""
MOST_LEFT_OUT = 10_000
"""The most names of nodes without room that are told apart."""
MOST_VERSIONS = 20


class Fleet:
    """All nodes below one prefix. It has no thread, no clock and no terminal: one thread at a time uses it.

    It keeps a line for each node from ``status``, ``info`` and ``health``, and everything of the nodes that are open.
    No message can raise an error here, and the memory is bounded.

    Args:
        prefix: the first levels of all topics.
        most_nodes: the most nodes to keep.
    """

    def __init__(self, prefix: str = "wasi-host", most_nodes: int = MOST_NODES) -> None:
        self.prefix, self._most_nodes = prefix, most_nodes
        self.revision = 0
        """Counts up whenever something has come."""
        self._nodes: dict[str, Node] = {}
        self._opened: dict[str, Opened] = {}
        self._link = Link()
        self._left_out: set[int] = set()
        self._messages = self._ignored = self._lost = 0

    def connected(self, now: float) -> None:
        """Note that we have the broker. What it kept for us follows."""
        self._change_link(Link(is_connected=True, since=now))

    def disconnected(self, now: float, problem: str) -> None:
        """Note that we have lost the broker, or could not reach it: what is known is stale from now on."""
        link = self._link
        since = now if link.is_connected or link.since is None else link.since
        self._change_link(Link(is_connected=False, since=since, problem=log_line(problem, LONGEST_TEXT)))
        for each in self._opened.values():
            each.arrivals.pause()

    def refuse(self, problem: str) -> None:
        """Note that the broker does not let us read."""
        self._change_link(replace(self._link, problem=log_line(problem, LONGEST_TEXT)))

    def lose(self, count: int) -> None:
        """Note that messages came which nobody could take in."""
        self._lost += count
        self.revision += 1

    def fold(self, arrived: Arrived, now: float) -> None:
        """Take a message in.

        Args:
            arrived: the message.
            now: the present, Unix seconds.
        """
        self.revision += 1
        self._messages += 1
        if (place := place_of(arrived.topic, self.prefix)) is None:
            self._ignored += 1
            return
        is_fit = len(arrived.payload) <= most_bytes(place)
        part = place.levels[0] if len(place.levels) == 1 else ""
        if part in PARTS:
            self._fold_part(place.node, part, arrived, now, is_fit=is_fit)
            return
        opened, node = self._opened.get(place.node), self._nodes.get(place.node)
        if not is_fit or opened is None or not opened.fold(place, arrived, now):
            self._ignored += 1
        elif node and arrived.payload and not arrived.retained:
            node.touch(now)

    def open(self, node: str) -> None:
        """Keep plugins, readings and events of a node from now on."""
        self._opened.setdefault(node, Opened())
        self.revision += 1

    def close(self, node: str) -> None:
        """Forget again what only an opened node has."""
        self._opened.pop(node, None)
        self.revision += 1

    def view(self, now: float) -> FleetView:
        """Return all nodes, the worst first. What has not changed are the same objects as before."""
        lines = [(each.status(now, self._since), each.order) for each in self._nodes.values()]
        lines.sort(key=lambda line: (line[0].standing.rank, line[1]))
        nodes = [status for status, _ in lines]
        return FleetView(tuple(nodes), self._summary(nodes), self._link)

    def detail(self, node: str, now: float) -> NodeDetail | None:
        """Return all that is known of an opened node; None if it is not open or not known."""
        opened, known = self._opened.get(node), self._nodes.get(node)
        if opened is None or known is None:
            return None
        return opened.detail(known.status(now, self._since), known.info.plugins if known.info else None)

    def status(self, node: str, now: float) -> NodeStatus | None:
        """Return the line of a node; None if it is not known."""
        known = self._nodes.get(node)
        return known.status(now, self._since) if known else None

    @property
    def link(self) -> Link:
        """The connection to the broker."""
        return self._link

    @property
    def opened(self) -> tuple[str, ...]:
        """The names of the opened nodes."""
        return tuple(self._opened)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all nodes, as people sort them."""
        return tuple(each.name for each in sorted(self._nodes.values(), key=lambda each: each.order))

    @property
    def _since(self) -> float | None:
        """Since when we have the broker; None if we have not."""
        return self._link.since if self._link.is_connected else None

    def _change_link(self, link: Link) -> None:
        self._link = link
        self.revision += 1
        for each in self._nodes.values():
            each.change_link()

    def _fold_part(self, name: str, part: str, arrived: Arrived, now: float, *, is_fit: bool) -> None:
        node = self._nodes.get(name)
        if node is None:
            if not arrived.payload:
                return
            if len(self._nodes) >= self._most_nodes:
                self._leave_out(name)
                return
            node = self._nodes[name] = Node(name)
        if is_fit:
            node.fold(part, arrived, now)
        else:
            self._ignored += 1
            node.refuse(part, f"has {len(arrived.payload)} bytes, which is too many")
        if node.is_empty:
            del self._nodes[name]

    def _leave_out(self, name: str) -> None:
        self._ignored += 1
        if len(self._left_out) < MOST_LEFT_OUT:
            self._left_out.add(hash(name))

    def _summary(self, nodes: list[NodeStatus]) -> FleetSummary:
        versions = sorted({each.version for each in nodes if each.version}, key=natural)
        return FleetSummary(
            nodes=len(nodes),
            standings=Counter(each.standing for each in nodes),
            plugins=sum(each.plugins for each in nodes),
            troubled=sum(each.troubled_count for each in nodes),
            findings=sum(each.findings_count for each in nodes),
            alarms=sum(each.alarms_count for each in nodes),
            waiting=sum(each.waiting for each in nodes),
            dropped=sum(each.dropped for each in nodes),
            versions=tuple(versions[:MOST_VERSIONS]),
            messages=self._messages,
            ignored=self._ignored,
            left_out=len(self._left_out),
            lost=self._lost,
        )
