"""The exit statuses of ``wasi-host``: one table for the code, ``--help``, the man page and docs/commands.md."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from types import MappingProxyType


class ExitStatus(IntEnum):
    """How the command ended."""

    DONE = 0
    FAILED = 1
    NOT_DONE = 2
    """Nothing was begun. argparse exits with it, too."""
    NOT_RUNNING = 3
    """As the Linux Standard Base has it for services."""
    HUNG_UP = 129
    """128 and the number of SIGHUP, as shells report a process that the signal ended."""
    INTERRUPTED = 130
    """128 and the number of SIGINT."""


MEANINGS: Mapping[ExitStatus, str] = MappingProxyType(
    {
        ExitStatus.DONE: "It did what it was asked to do. SIGTERM and Ctrl+C end the screen and `run` with 0, too.",
        ExitStatus.FAILED: (
            "Something is wrong, and standard error says what. For `diagnose`: a finding is certain or likely, or a "
            "plugin crashed. For `doctor`: something cannot be used. For `selftest`: a step failed. "
            "For `test`: the driver hangs, lies or does not recover. "
            "For `chip`: a chip file has mistakes. For `unstick`: a line is still low. "
            "For `status`: an alarm is raised, a finding is certain or likely, a plugin crashed, reports only errors, "
            "is on a stuck bus or runs its old version, the MQTT broker is away, refuses messages or has another host "
            "with the same name, or the host does not answer. "
            "For `fleet`: a node is not well, or there is none; "
            "for `fleet simulate`: it could not keep up, or the broker refused messages."
        ),
        ExitStatus.NOT_DONE: (
            "The command line is wrong, or the screen has no terminal. For `diagnose`: no diagnosis could be made."
        ),
        ExitStatus.NOT_RUNNING: (
            "For `status`, `logs`, `relay`, `pwm`, `leds`, `world`, `record` and `bridge`: no host runs with these "
            "settings. For `fleet`: the broker cannot be reached."
        ),
        ExitStatus.HUNG_UP: "The terminal of the screen hung up.",
        ExitStatus.INTERRUPTED: "Ctrl+C interrupted what would have ended by itself.",
    }
)
"""What each status means, for people."""
