"""How a screen attaches to the running host of its settings file."""

from __future__ import annotations

import socket
import time
from functools import partial
from pathlib import Path

from hostcore.clock import RealClock
from hostcore.control.awaited import RETRY_SECONDS, START_SECONDS
from hostcore.control.client import SilentHost, running_host_of
from hostcore.control.holder import Holder, in_use
from hostcore.control.remote_session import RemoteSession
from hostcore.errors import HostError


def attach(config: Path, holder: Holder, unwanted: tuple[type, ...] = ()) -> RemoteSession:
    """Attach to a running host. Blocks for some seconds at most.

    Args:
        config: the settings file.
        holder: the host that runs with it, as it said in its lock.
        unwanted: the kinds of events that nobody here subscribes to. They do not cross.

    Returns:
        The session, which has not started.

    Raises:
        HostError: the host cannot be reached, refuses, or has ended.
    """
    try:
        return reached(config, unwanted)
    except HostError as problem:
        raise HostError(f"{in_use(config, holder)}. This screen cannot attach to it: {problem}") from None


def reached(config: Path, unwanted: tuple[type, ...] = ()) -> RemoteSession:
    """Do the same as `attach`, with an error that only says why the host cannot be reached."""
    latest = time.monotonic() + START_SECONDS
    while True:
        try:
            return RemoteSession(partial(connection_to, config), RealClock(), unwanted)
        except (OSError, ValueError) as error:
            if time.monotonic() > latest:
                raise HostError(str(error)) from None
        time.sleep(RETRY_SECONDS)


def connection_to(config: Path) -> socket.socket:
    """Connect to the running host of a settings file. Blocks for 2 s, and 2 s for each silent host.

    Raises:
        OSError: no host listens that has these settings.
        HostError: the folder of the sockets cannot be trusted any more.
    """
    silent: list[SilentHost] = []
    host = running_host_of(config, silent.append)
    if host is None:
        problem = "; ".join(map(str, silent)) or "it does not listen in this user's folder of sockets"
        raise ConnectionRefusedError(problem)
    return host.connected()
