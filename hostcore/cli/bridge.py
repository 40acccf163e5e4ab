"""``wasi-host bridge``: what ``wasi-host --on`` runs over ssh on the computer of the host."""

from __future__ import annotations

import sys
from pathlib import Path

from hostcore.cli.lines import say
from hostcore.cli.statuses import ExitStatus
from hostcore.config.finding import find_config
from hostcore.control.bridge import bridge as pass_on
from hostcore.control.client import RunningHost, all_running_hosts


def bridge(config_file: Path | None) -> int:
    """Connect standard input and output to the running host. Blocks until one of them ends.

    Args:
        config_file: the settings file that the person named, if any.

    Returns:
        0; `ExitStatus.NOT_RUNNING` if no host can be reached, and standard error says what to do.

    Raises:
        HostError: the folder of the sockets cannot be trusted.
        OSError: the connection broke.
    """
    config = find_config(config_file, Path.cwd())
    try:
        pass_on(config, sys.stdin.fileno(), sys.stdout.fileno())
    except ConnectionRefusedError as problem:
        say(f"no host runs with {config}: {problem}. {_advice()}", is_result=False)
        return ExitStatus.NOT_RUNNING
    return ExitStatus.DONE


def _advice() -> str:
    others = [each.report.config for each in all_running_hosts() if isinstance(each, RunningHost)]
    if others:
        return f"Name the settings of one that runs (--config FILE): {', '.join(others)}"
    return "Start it there: wasi-host up"
