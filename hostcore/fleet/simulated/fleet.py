"""A simulated fleet: the messages of all its nodes, evenly over time."""

from __future__ import annotations

from collections.abc import Iterator

from hostcore.broker.message import Message
from hostcore.fleet.simulated.node import SimulatedNode
from hostcore.fleet.simulated.plan import Moment, Plan
from hostcore.fleet.simulated.shapes import Course
from hostcore.fleet.simulated.troubles import Trouble


class SimulatedFleet:
    """Nodes that take turns. One interval is divided into as many slots as there are readings in it.

    So all readings of a node come shortly after each other, as those of a host do, and the broker's load is even.
    One thread at a time uses it.

    Args:
        plan: what the fleet is like.
        start_ns: the time of day when it starts, nanoseconds since the epoch.
    """

    def __init__(self, plan: Plan, start_ns: int) -> None:
        course = Course(plan.seed)
        self.plan, self._start_ns = plan, start_ns
        self.nodes: list[SimulatedNode] = []
        for number in range(plan.nodes):
            self.nodes.append(node := SimulatedNode(plan, number, course))
            if node.trouble is Trouble.TWIN:
                self.nodes.append(SimulatedNode(plan, number, course, is_twin=True))
        self.by_name = {node.name: node for node in self.nodes}
        self.slots = len(self.nodes) * plan.plugins
        """The slots of an interval."""

    def due(self, slot: int) -> float:
        """Return when a slot is, in seconds since the start. Slots count up from 0 through all intervals."""
        return slot * self.plan.interval / self.slots

    def moment(self, elapsed: float) -> Moment:
        """Return a moment of the fleet."""
        return Moment(elapsed, self._start_ns)

    def slot_at(self, elapsed: float) -> int:
        """Return the slot that is next at a time, in seconds since the start."""
        return int(elapsed * self.slots / self.plan.interval)

    def messages(self, slot: int) -> Iterator[tuple[SimulatedNode, Message]]:
        """Yield what is said in a slot, and by whom. Slots are asked in their order; some can be left out."""
        number, plugin = divmod(slot % self.slots, self.plan.plugins)
        node, now = self.nodes[number], self.moment(self.due(slot))
        if plugin == 0:
            for message in node.turn(now):
                yield node, message
        for message in node.read(plugin, now):
            yield node, message

    def end(self) -> Iterator[tuple[SimulatedNode, Message]]:
        """Yield what the nodes, or the broker for them, say at their end."""
        for node in self.nodes:
            for message in node.end():
                yield node, message

    def traces(self) -> Iterator[tuple[SimulatedNode, Message]]:
        """Yield what removes all that the broker keeps of the fleet."""
        for node in self.by_name.values():
            for topic in node.retained_topics():
                yield node, Message(topic, b"", retain=True)
