"""Shows the own screens of nodes: live over the broker, or over ssh."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from hostcore.broker.live.client import LiveScreen
from hostcore.broker.settings import BrokerSettings
from hostcore.cli.commands.screens import ScreenOptions
from hostcore.cli.fleet import asking
from hostcore.clock import RealClock
from hostcore.control.remote_session import RemoteSession
from hostcore.control.ssh import attached_over_ssh
from hostcore.errors import HostError
from hostcore.fleet.client import FleetClient
from hostcore.fleet.model import NodeStatus
from hostcore.threads import require_threads
from tui.attached import NOT_SHOWN
from tui.fleet.live_app import LiveApp, as_allowed
from tui.fleet.state import Wish
from tui.run import run
from tui.showing import NODE_THREADS, SCREEN_THREADS
from tui.text import safe


def run_node(settings: BrokerSettings, prefix: str, node: str) -> int:
    """Show the own screen of a node, over the broker, until the person leaves it. Blocks until then.

    Args:
        settings: the broker.
        prefix: the first levels of all topics.
        node: the name of the node.

    Returns:
        The exit status, as `tui.showing.show` has it.

    Raises:
        BrokerAwayError: the broker cannot be reached.
        NodeError: the node is not known, does not answer, or refuses.
        HostError: there are no threads for it, or paho-mqtt is not installed.
    """
    require_threads("screen", SCREEN_THREADS + NODE_THREADS)
    print(f"wasi-host: connecting to {safe(node)} ... Ctrl+C gives up")
    with asking(settings, prefix) as client:
        return _open_live(client, client.known(node))


def visit(client: FleetClient, wish: Wish) -> int:
    """Show the screen of a node until the person leaves it, and return its exit status.

    Raises:
        HostError: the node cannot be reached, or refuses.
        KeyboardInterrupt: the person gives up before it is shown.
    """
    node = wish.node
    where = f"{safe(node.name)}{f' on {safe(wish.computer)}' if wish.computer else ''}"
    print(f"wasi-host: connecting to {where} ... Ctrl+C gives up")
    if not wish.computer:
        return _open_live(client, node)
    with attached_over_ssh(wish.computer, None, unwanted=NOT_SHOWN) as remote:
        return run(remote, remote.start, remote=remote, wanted=ScreenOptions())


def _open_live(client: FleetClient, node: NodeStatus) -> int:
    """Show the screen of a node over the broker until the person leaves it, and return its exit status.

    Raises:
        HostError: the node cannot be reached, or refuses.
    """
    way = client.live(node.name)
    with live(way, node.name) as remote:
        app = partial(LiveApp, live=way)
        return run(as_allowed(remote, node), remote.start, remote=remote, wanted=ScreenOptions(), attached=app)


@contextmanager
def live(way: LiveScreen, node: str) -> Iterator[RemoteSession]:
    """Make a context with the session of a node over the broker, which has not started. Blocks for seconds.

    Raises:
        HostError: the node cannot be reached, or refuses.
    """
    try:
        session = RemoteSession(way.connect, RealClock(), NOT_SHOWN, computer=node)
    except (OSError, ValueError) as error:
        raise HostError(f"{node} does not answer: {error}") from None
    try:
        yield session
    finally:
        session.stop()
