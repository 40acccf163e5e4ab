"""The read model of a fleet: folds the messages of all nodes into values for front ends."""

from __future__ import annotations

from collections import Counter

from hostcore.broker.message import Arrived
from hostcore.broker.topics import STATUS, Place, place_of
from hostcore.fleet.left_out import LeftOut
from hostcore.fleet.model import FleetSummary, FleetView, Link, NodeDetail, NodeStatus
from hostcore.fleet.natural import natural
from hostcore.fleet.node import GONE_SECONDS, PARTS, Node
from hostcore.fleet.opened import Opened
from hostcore.fleet.reading import LONGEST_TEXT, most_bytes, too_many
from hostcore.fleet.room import Room
from hostcore.log.safe_text import log_line
from hostcore.quick_dataclass import replace

MOST_NODES = 3000
"""The most nodes that a fleet keeps. Anyone can publish as many names as they like."""
SMALL_BYTES = 4096
"""Bytes of an `info` or a `health` that always find room."""
MOST_LARGE_BYTES = 8 << 20
"""Bytes of all larger ones together."""
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
        self._room = Room(SMALL_BYTES, MOST_LARGE_BYTES)
        self._left_out = LeftOut()
        self._check_until = float("inf")
        """When those nodes are forgotten of which the broker has delivered nothing again."""
        self._messages = self._ignored = self._lost = 0

    def connected(self, now: float) -> None:
        """Note that we have the broker. What it kept for us follows."""
        self._change_link(Link(is_connected=True, since=now))
        self.check(now)

    def disconnected(self, now: float, problem: str) -> None:
        """Note that we have lost the broker, or could not reach it: what is known is stale from now on."""
        link = self._link
        since = now if link.is_connected or link.since is None else link.since
        self._change_link(Link(is_connected=False, since=since, problem=log_line(problem, LONGEST_TEXT)))
        self._check_until = float("inf")
        self._pause()

    def refuse(self, problem: str) -> None:
        """Note that the broker does not let us read."""
        self._change_link(replace(self._link, problem=log_line(problem, LONGEST_TEXT)))

    def lose(self, count: int) -> None:
        """Note that messages came which nobody could take in."""
        self._lost += count
        self.revision += 1
        self._pause()
        for each in self._nodes.values():
            each.lose()

    def check(self, now: float) -> None:
        """Note that the broker delivers again what it has kept. Nodes of which nothing comes are forgotten later."""
        self.revision += 1
        self._left_out.clear()
        self._check_until = now + GONE_SECONDS
        for each in self._nodes.values():
            each.check(now)

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
        part = place.levels[0] if len(place.levels) == 1 else ""
        opened = self._opened.get(place.node)
        if part in PARTS:
            self._fold_part(place, part, arrived, now)
            if opened is not None and part == STATUS:
                opened.note_status(arrived, now)
        elif opened is None:
            self._ignored += 1
        else:
            self._fold_opened(place.node, opened, place, arrived, now)

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
        self._forget_gone(now)
        since = self._since(now)
        lines = [(each.status(now, since), each.order) for each in self._nodes.values()]
        lines.sort(key=lambda line: (line[0].standing.rank, line[1]))
        nodes = [status for status, _ in lines]
        return FleetView(tuple(nodes), self._summary(nodes, now), self._link)

    def detail(self, node: str, now: float) -> NodeDetail | None:
        """Return all that is known of an opened node; None if it is not open or not known."""
        opened, known = self._opened.get(node), self._nodes.get(node)
        if opened is None or known is None:
            return None
        return opened.detail(known.status(now, self._since(now)), known.plugins)

    def status(self, node: str, now: float) -> NodeStatus | None:
        """Return the line of a node; None if it is not known."""
        known = self._nodes.get(node)
        return known.status(now, self._since(now)) if known else None

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
    def has_room_again(self) -> bool:
        """Whether nodes were left out, and others have made room since."""
        return len(self._nodes) < self._most_nodes and self._left_out.any

    def _since(self, now: float) -> float | None:
        """Return since when we have the broker; None if we have not. The clock can have been set back meanwhile."""
        link = self._link
        if link.since is not None and link.since > now:
            self._link = link = replace(link, since=now)
        return link.since if link.is_connected else None

    def _change_link(self, link: Link) -> None:
        self._link = link
        self.revision += 1
        for each in self._nodes.values():
            each.change_link()

    def _pause(self) -> None:
        """Note that readings of opened nodes may have come which we did not get."""
        for each in self._opened.values():
            each.pause()

    def _fold_part(self, place: Place, part: str, arrived: Arrived, now: float) -> None:
        node = self._nodes.get(place.node)
        if node is None:
            if not arrived.payload:
                self._left_out.discard(place.node)
                return
            if len(self._nodes) >= self._most_nodes:
                self._ignored += 1
                self._left_out.add(place.node, now)
                return
            self._left_out.discard(place.node)
            node = self._nodes[place.node] = Node(place.node, self._room)
        if len(arrived.payload) <= most_bytes(place):
            node.fold(part, arrived, now)
        else:
            self._ignored += 1
            node.refuse(part, too_many(arrived.payload))
        if node.is_empty:
            del self._nodes[place.node]

    def _fold_opened(self, name: str, opened: Opened, place: Place, arrived: Arrived, now: float) -> None:
        node = self._nodes.get(name)
        taken = opened.fold(place, arrived, now, node.plugins or () if node else ())
        self._ignored += not taken.is_own
        if node is None:
            return
        if taken.is_heard:
            node.hear(taken.run, now)
        if taken.doubt:
            node.suspect(taken.doubt, now)

    def _forget_gone(self, now: float) -> None:
        if now < self._check_until:
            return
        self._check_until = float("inf")
        for name, node in list(self._nodes.items()):
            if node.is_gone(now):
                node.clear()
                del self._nodes[name]

    def _summary(self, nodes: list[NodeStatus], now: float) -> FleetSummary:
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
            left_out=self._left_out.count(now),
            lost=self._lost,
        )
