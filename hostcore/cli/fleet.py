"""``wasi-host fleet``: shows the nodes of a broker, without a screen for scripts."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from time import time

from hostcore.broker.settings import BrokerSettings
from hostcore.cli.fleet_words import NO_TERMINAL, as_json, is_well, lines, text_of
from hostcore.cli.lines import say, terminal_width
from hostcore.cli.statuses import ExitStatus
from hostcore.errors import BrokerAwayError
from hostcore.fleet.client import FleetClient

QUIET_SECONDS = 0.4
"""After this time without a message that the broker had kept, it has delivered all of them."""
WAIT_SECONDS = 5.0
"""How long the broker may take for that, unless the person says something else."""


def fleet(settings: BrokerSettings, prefix: str, *, wait: float = WAIT_SECONDS, writes_json: bool = False) -> int:
    """Print the nodes of a broker, as it knows them now. Blocks up to `wait` seconds, usually for half a second.

    Returns:
        `ExitStatus.DONE` if all nodes are well; `FAILED` if one is not, or there is none; `NOT_RUNNING` if the broker
        cannot be reached.

    Raises:
        HostError: paho-mqtt is not installed.
    """
    client = FleetClient(settings, prefix)
    client.start()
    try:
        client.wait_for_state(QUIET_SECONDS, wait)
        is_whole, view = client.is_quiet(QUIET_SECONDS), client.view()
    finally:
        client.stop()
    if writes_json:
        print(text_of(as_json(settings.url, prefix, view)))
    elif view.link.is_connected:
        width = terminal_width() if sys.stdout.isatty() else NO_TERMINAL
        print(*lines(settings.url, prefix, view, time(), width), sep="\n")
    if not view.link.is_connected:
        say(f"wasi-host: {_away(settings, view.link.problem, wait)}", is_result=False)
        return ExitStatus.NOT_RUNNING
    if not is_whole:
        missing = f"after {wait:g} s the broker still delivers what it has kept, so nodes can be missing"
        say(f"wasi-host: {missing}; --wait gives it more time", is_result=False)
    if view.link.problem:
        say(f"wasi-host: {view.link.problem}", is_result=False)
    return ExitStatus.DONE if is_well(view) else ExitStatus.FAILED


@contextmanager
def asking(settings: BrokerSettings, prefix: str, wait: float = WAIT_SECONDS) -> Iterator[FleetClient]:
    """Make a context with a client that knows the nodes. Blocks up to `wait` seconds, usually for half a second.

    Raises:
        BrokerAwayError: the broker cannot be reached.
        HostError: paho-mqtt is not installed.
    """
    client = FleetClient(settings, prefix)
    client.start()
    try:
        if not client.wait_for_state(QUIET_SECONDS, wait):
            raise BrokerAwayError(_away(settings, client.view().link.problem, wait))
        yield client
    finally:
        client.stop()


def _away(settings: BrokerSettings, problem: str, wait: float) -> str:
    return problem or f"{settings.url} has not answered within {wait:g} s"
