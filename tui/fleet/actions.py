"""What can be done by name on the screen of a fleet: on the ``:`` line, and in the palette."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from difflib import get_close_matches
from functools import partial

from hostcore.errors import HostError
from hostcore.fleet.model import NodeStatus
from tui.actions.action import Action, key_of
from tui.actions.rows import filter_actions, sort_actions
from tui.fleet.crashes import show_crashes
from tui.fleet.desk import FleetDesk
from tui.fleet.node_screen import NodeScreen
from tui.fleet.nodes_pane import NodesPane
from tui.fleet.stream_screen import show_stream
from tui.text import safe

MOST_NAMED = 5
"""Nodes that an error names, at most."""

OnNode = Callable[[NodeStatus], object]


def fleet_actions(desk: FleetDesk, table: NodesPane, node: NodeStatus | None, go: OnNode) -> Iterator[Action]:
    """Yield everything that a person can do with the nodes.

    Args:
        desk: the screen.
        table: the nodes.
        node: the node that is meant if none is named; None if there is none.
        go: shows the page of a node.
    """

    of_screen = partial(key_of, NodeScreen)
    over_page = partial(_over_page, go)
    for words, title, key, do in (
        ("open", "All that is known of a node", key_of(NodesPane, "open"), go),
        ("live", "The own screen of a node, over the broker", of_screen("live"), desk.open_live),
        ("ssh", "The own screen of a node, over ssh", of_screen("ssh"), desk.open_ssh),
        ("crashes", "The last crashes of a node", of_screen("crashes"), over_page(partial(show_crashes, desk))),
        ("log", "The log of a node, for a minute", of_screen("stream('log')"), over_page(_streamed(desk, "log"))),
        (
            "traffic", "The transfers of a node, for a minute", of_screen("stream('traffic')"),
            over_page(_streamed(desk, "traffic")),
        ),
    ):  # fmt: skip
        yield Action(
            words, title, partial(_on_chosen, do, node), key, takes="NODE", with_text=partial(_on_named, do, desk),
            problem="" if desk.fleet.nodes else "No node has been heard yet.",
        )  # fmt: skip
    yield Action(
        "tags", "Let the nodes stand below their tags, or in one list", table.action_group, key_of(NodesPane, "group"),
        is_for_panes=True,
    )  # fmt: skip
    yield from filter_actions(table)
    yield from sort_actions(table)


def _over_page(go: OnNode, show: OnNode) -> OnNode:
    """Return what shows something of a node over its page."""

    def shown(node: NodeStatus) -> None:
        go(node)
        show(node)

    return shown


def _streamed(desk: FleetDesk, kind: str) -> OnNode:
    return lambda node: show_stream(desk, node, kind)


def _on_chosen(do: OnNode, node: NodeStatus | None) -> None:
    if node is None:
        raise HostError("no node is under the cursor: name one")
    do(node)


def _on_named(do: OnNode, desk: FleetDesk, text: str) -> None:
    do(_named(desk, text))


def _named(desk: FleetDesk, text: str) -> NodeStatus:
    """Return the node of a name, or the only one whose name begins so.

    Raises:
        HostError: there is none, or there are several.
    """
    nodes = {each.name: each for each in desk.fleet.nodes}
    begun = [name for name in nodes if name.casefold().startswith(text.casefold())]
    if text in nodes or len(begun) == 1:
        return nodes[text if text in nodes else begun[0]]
    if begun:
        more = f" and {len(begun) - MOST_NAMED} more" if len(begun) > MOST_NAMED else ""
        raise HostError(f"several nodes begin so: {', '.join(begun[:MOST_NAMED])}{more}")
    close = get_close_matches(text, nodes, MOST_NAMED)
    meant = f"; likely meant: {', '.join(close)}" if close else ""
    raise HostError(f"found no node {safe(text, 64)}{meant}")
