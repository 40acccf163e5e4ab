"""The app of a fleet as the desk of its widgets: the source, the node that is open, and the questions to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from hostcore.broker.groups import CommandGroup
from hostcore.clock import NS_PER_S
from hostcore.errors import HostError
from hostcore.fleet.model import FleetView, NodeDetail, NodeStatus, Standing
from hostcore.quick_dataclass import replace
from tui.archive import Archive
from tui.command_app import CommandApp
from tui.fleet.addresses import Addresses
from tui.fleet.pulse import Pulse
from tui.fleet.source import FleetSource
from tui.fleet.state import Wish
from tui.terminal import Terminal

if TYPE_CHECKING:
    from hostcore.events.history import HistoryQuery, HistoryReport
    from hostcore.fleet.asking import Answer
    from tui.fleet.node_view import NodeFold

REMOVED = "the broker keeps nothing of it any more: it was removed"
"""Why a node is offline of which there is nothing left."""
ALLOWING = 'put commands = ["read"] into [mqtt] of its host.toml, and restart it'
"""How a person lets a node answer."""


class NodeApp(CommandApp):
    """An app that is the `tui.fleet.desk.FleetDesk` of its widgets.

    Args:
        source: knows the nodes.
        broker: the broker and the prefix, as a person would write them.
        addresses: how ssh reaches the nodes.
        terminal: what can be drawn; by default what this process's terminal can.
        clock: the wall clock, in nanoseconds since the Unix epoch.

    Attributes:
        fleet: all nodes, as they were a moment ago.
        broker: as above.
        opened: the node that is open, as it was when it was opened; None if none is.
        wish: the screen that the person wants to see in place of this one; None if they have left.
    """

    def __init__(
        self,
        source: FleetSource,
        broker: str,
        addresses: Addresses,
        terminal: Terminal | None,
        clock: Callable[[], int],
    ) -> None:
        super().__init__(terminal, clock, is_remote=True)
        self.fleet: FleetView = source.view()
        self.broker = broker
        self.opened: NodeStatus | None = None
        self.wish: Wish | None = None
        self.archive = Archive(self._history, self.call_later)
        self._source, self._addresses = source, addresses
        self._pulse = Pulse()
        self._detail: NodeDetail | None = None
        self._fold: NodeFold | None = None
        self._is_leaving = False

    def now_ns(self) -> int:
        """The wall clock. See `tui.desk.Desk`."""
        return self._clock()

    @property
    def frozen_since_ns(self) -> int:
        """Zero: this screen cannot be frozen. See `tui.desk.Desk`."""
        return 0

    @property
    def messages_per_second(self) -> float | None:
        """How many messages come. See `FleetDesk`."""
        return self._pulse.per_second

    @property
    def waiting_seconds(self) -> float:
        """For how long a node has not answered. See `FleetDesk`."""
        return self.requests.waiting_seconds

    @property
    def detail(self) -> NodeDetail | None:
        """What is known of the node that is open. See `FleetDesk`."""
        return self._detail

    def take_in(self) -> None:
        """Take in what the source knows now. A node that is open can be gone: then it is as it was, and offline."""
        self.fleet = self._source.view()
        self._pulse.look(self.fleet.summary.messages, self._clock() / NS_PER_S)
        if self.opened is not None:
            self._detail = self._source.detail(self.opened.name) or removed(self._detail or NodeDetail(self.opened))
            if self._fold is not None:
                self._fold.take(self._detail)

    def stop_asking(self) -> None:
        """Ask nothing more, and wait for no answer. Call it at the end: it blocks for some milliseconds."""
        self._is_leaving = True
        self._source.give_up()
        self.archive.stop()
        self.requests.stop()

    def _ask(self, node: str, command: str, arguments: Mapping[str, Any]) -> Answer:
        """Ask a node, on the thread for that. Blocks for seconds."""
        if self._is_leaving:
            raise HostError("the screen is closing")
        return self._source.ask(node, command, arguments)

    def ask_node(
        self, node: str, command: str, arguments: Mapping[str, Any], answered: Callable[[Answer], object]
    ) -> None:
        """Ask a node something over the broker. See `FleetDesk`."""
        self.find_out(partial(self._ask, node, command, arguments), answered)

    def may_ask(self, node: NodeStatus) -> bool:
        """Return whether a node answers over the broker, and say why not. See `FleetDesk`."""
        problem = unanswered(node)
        if problem:
            self._complain(problem)
        return not problem

    def open_node(self, node: NodeStatus) -> None:
        """Show all that is known of a node. See `FleetDesk`."""
        from hostcore.view.view import View  # noqa: PLC0415 - the first frame should not wait for these
        from tui.fleet.node_screen import NodeScreen  # noqa: PLC0415
        from tui.fleet.node_session import REASON, NodeSession  # noqa: PLC0415
        from tui.fleet.node_view import NodeFold  # noqa: PLC0415

        self.opened = node
        session = NodeSession(node, partial(self._ask, node.name))
        self.session, self.view = session, View(session.facts, ())
        self.read_only, self.has_session = REASON, True
        self._fold = NodeFold(self.view)
        if self._source.detail(node.name) is None:  # else it is open since before its own screen was shown
            self._source.open(node.name)
        self.take_in()
        self.push_screen(NodeScreen(self, node), self._show_again)

    def _show_again(self, _: None) -> None:
        """Draw the nodes again, which were hidden for long."""
        self.call_after_refresh(self.update_panes)

    def close_node(self) -> None:
        """Forget what only an opened node has. See `FleetDesk`."""
        if self.opened is not None:
            self._source.close(self.opened.name)
        self.opened = self._detail = self._fold = None

    def _history(self, query: HistoryQuery) -> HistoryReport:
        """Ask the node that is open for past values, on the thread for that."""
        return self.session.history(query)

    def open_live(self, node: NodeStatus) -> None:
        """Leave for the node's own screen, over the broker. See `FleetDesk`."""
        if self.may_ask(node):
            self._leave_for(Wish(node))

    async def ask_address(self, node: NodeStatus) -> None:
        """Ask for the computer of a node, and leave for its screen over ssh."""
        from hostcore.control.ssh import check_target  # noqa: PLC0415 - the first frame should not wait for it

        known = self._addresses.of(self.broker, node.name)
        question = f"{node.name} for ssh, such as pi@raspberrypi"
        await self.ask(question, known or node.host_name, check=check_target, done=partial(self._take_address, node))

    def open_ssh(self, node: NodeStatus) -> None:
        """Leave for the node's own screen, over ssh. See `FleetDesk`."""
        known = self._addresses.of(self.broker, node.name)
        if known:
            self._leave_for(Wish(node, known))
        else:
            self.call_later(self.ask_address, node)

    def _take_address(self, node: NodeStatus, computer: str) -> None:
        try:
            self._addresses.remember(self.broker, node.name, computer)
        except HostError as error:
            self._complain(str(error))
        self._leave_for(Wish(node, computer))

    def _leave_for(self, wish: Wish) -> None:
        self.wish = wish
        self.exit(0)


def removed(last: NodeDetail) -> NodeDetail:
    """Return what was known last of a node that the broker does not know any more."""
    if last.status.reason == REMOVED:
        return last
    status = replace(last.status, standing=Standing.OFFLINE, reason=REMOVED, quiet_after=None, is_stale=True)
    return replace(last, status=status)


def unanswered(node: NodeStatus) -> str:
    """Return why a node does not answer over the broker, and what to do; "" if it should."""
    if node.standing is Standing.OFFLINE:
        return f"{node.name} is offline, so it answers nothing"
    if not node.allows(CommandGroup.READ):
        return f"{node.name} answers nothing over the broker: {ALLOWING}. s shows it over ssh"
    return ""


def import_node() -> None:
    """Import what an opened node needs, so that the first one opens as quickly as the others."""
    from tui.fleet import node_screen, node_session, node_view  # noqa: F401, PLC0415 - see above
