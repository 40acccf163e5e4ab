"""A command's session with the running host of its settings."""

from __future__ import annotations

from pathlib import Path

from hostcore.cli.lines import say
from hostcore.cli.settings_file import settings_and_host
from hostcore.control.attaching import reached
from hostcore.control.remote_session import RemoteSession
from hostcore.control.session_lines import kinds_except
from hostcore.errors import HostError


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
        say(f"wasi-host: {config}: no host runs, which {purpose}; start it: wasi-host up", is_result=False)
        return None
    try:
        return reached(config, kinds_except(*wanted))
    except HostError as problem:
        raise HostError(f"{config}: {holder} cannot be reached: {problem}") from None
