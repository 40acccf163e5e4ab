"""Shows the screen of a fleet, and those of its nodes in between."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from hostcore.broker.live import LiveScreen
from hostcore.broker.settings import BrokerSettings
from hostcore.cli.commands.screens import ScreenOptions
from hostcore.cli.fleet import asking
from hostcore.clock import RealClock
from hostcore.control.remote_session import RemoteSession
from hostcore.control.ssh import attached_over_ssh
from hostcore.errors import HostError
from hostcore.fleet.client import FleetClient
from hostcore.fleet.model import NodeStatus
from hostcore.quick_dataclass import replace
from hostcore.threads import require_threads
from tui.attached import NOT_SHOWN
from tui.fleet.addresses import Addresses
from tui.fleet.app import FleetApp
from tui.fleet.live_app import LiveApp, as_allowed
from tui.fleet.state import FleetState, Wish
from tui.keyboard import forget_screens
from tui.layouts.memory import Memory
from tui.run import run
from tui.showing import SCREEN_THREADS, show
from tui.terminal_app import HUNG_UP
from tui.text import safe

NODE_THREADS = 5
"""Threads that a fleet needs beside those of a screen: two for the broker, one for the nodes, two for questions."""
AFTER_DEFECT = "The nodes go on."


def run_fleet(settings: BrokerSettings, prefix: str) -> int:
    """Show the nodes of a broker until the person quits or the terminal hangs up. Blocks until then.

    Args:
        settings: the broker.
        prefix: the first levels of all topics.

    Returns:
        The exit status, as `tui.showing.show` has it.

    Raises:
        HostError: there are no threads for it, or paho-mqtt is not installed.
    """
    require_threads("screen", SCREEN_THREADS + NODE_THREADS)
    client = FleetClient(settings, prefix)
    client.start()
    try:
        return _shown(client, name_of(settings, prefix))
    finally:
        client.stop()


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
    with asking(settings, prefix) as client:
        return _open_live(client, client.known(node))


def name_of(settings: BrokerSettings, prefix: str) -> str:
    """Return a broker and a prefix as a person would write them: ``mqtt://pi5/wasi-host``."""
    return f"{settings.url}/{prefix}"


def _shown(client: FleetClient, broker: str) -> int:
    """Show the fleet, and again after each screen of a node."""
    memory, addresses = Memory.of_user(f"fleet {broker}"), Addresses.of_user()
    state: FleetState | None = None
    while True:
        app = FleetApp(client, broker, state=state, memory=memory, addresses=addresses)
        app.after_defect = AFTER_DEFECT
        status = show(app)
        if app.wish is None or app.defect is not None:
            return status
        try:
            if (status := _visit(client, app.wish)) == HUNG_UP:
                return status
            state = app.state
        except HostError as error:
            state = replace(app.state, told=f"{app.wish.node.name}: {error}")
        # Each app keeps what is there at its start from being collected, also the apps before it.
        del app
        forget_screens()
        gc.unfreeze()
        gc.collect()


def _visit(client: FleetClient, wish: Wish) -> int:
    """Show the screen of a node until the person leaves it, and return its exit status.

    Raises:
        HostError: the node cannot be reached, or refuses.
    """
    node = wish.node
    print(f"wasi-host: connecting to {safe(node.name)}{f' on {safe(wish.computer)}' if wish.computer else ''} ...")
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
