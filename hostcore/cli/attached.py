"""A command's session with the running host of its settings."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import get_args

from hostcore.cli.settings_file import settings_and_host
from hostcore.control.attaching import attach
from hostcore.control.remote_session import RemoteSession
from hostcore.events import Event


def attached(config_file: Path | None, purpose: str, *wanted: type) -> RemoteSession | None:
    """Attach to the running host. Blocks for some seconds at most.

    Args:
        config_file: the settings file that the person named, if any.
        purpose: what the host would do, such as ``drives the outputs``.
        wanted: the kinds of events to get; no others cross.

    Returns:
        The session, which has not started; None if no host runs. Then a line on standard error says how to start one.

    Raises:
        HostError: the host cannot be reached, or refuses.
    """
    config, holder = settings_and_host(config_file)
    if holder is None:
        print(f"wasi-host: {config}: no host runs, which {purpose}; start it: wasi-host up", file=sys.stderr)
        return None
    return attach(config, holder, unwanted=tuple(kind for kind in get_args(Event) if kind not in wanted))
