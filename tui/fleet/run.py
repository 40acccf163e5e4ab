"""Shows the screen of a fleet, and those of its nodes in between."""

from __future__ import annotations

import gc
import sys
import termios
from contextlib import suppress

from hostcore.broker.settings import BrokerSettings
from hostcore.errors import HostError
from hostcore.fleet.client import FleetClient
from hostcore.quick_dataclass import replace
from hostcore.threads import require_threads
from tui.fleet.addresses import Addresses
from tui.fleet.app import FleetApp
from tui.fleet.state import FleetState
from tui.keyboard import forget_screens
from tui.layouts.memory import Memory
from tui.showing import NODE_THREADS, SCREEN_THREADS, show
from tui.terminal_app import HUNG_UP

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
        from tui.fleet.visiting import visit  # noqa: PLC0415 - the first frame should not wait for it

        try:
            if (status := visit(client, app.wish)) == HUNG_UP:
                return status
            told = ""
        except HostError as error:
            told = _told(app.wish.node.name, str(error))
        except KeyboardInterrupt:
            told = f"{app.wish.node.name}: given up"
        if told:
            _forget_typed()
        state = replace(app.state, told=told)
        # Each app keeps what is there at its start from being collected, also the apps before it.
        del app
        forget_screens()
        gc.unfreeze()
        gc.collect()


def _told(node: str, problem: str) -> str:
    """Say why the screen of a node could not be shown. Most problems name it themselves."""
    return problem if problem.startswith(node) else f"{node}: {problem}"


def _forget_typed() -> None:
    """Drop the keys that were typed while a node did not answer: they were not meant for the fleet."""
    with suppress(OSError, ValueError, termios.error):
        termios.tcflush(sys.stdin.fileno(), termios.TCIFLUSH)
