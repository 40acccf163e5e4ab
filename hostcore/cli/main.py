"""The command ``wasi-host``."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path

from hostcore import __version__
from hostcore.cli.commands import buses, chips, computer, plugins, readings
from hostcore.errors import HostError

FAILED = 1
"""The exit status when something was wrong that the message on standard error names. A command for which 1 means
something else sets another one as the default of ``failed``."""
INTERRUPTED = 130
"""The exit status when a person interrupted what would have ended by itself: 128 and the number of SIGINT."""


Screen = Callable[[Path | None], int]
"""Shows the screen for a settings file (None: the usual one), and returns the exit status."""


def main(arguments: list[str] | None = None, screen: Screen | None = None) -> int:
    """Run the command and return its exit status. Blocks until the command ends.

    Args:
        arguments: the arguments after ``wasi-host``; by default those of the process.
        screen: runs the screen if there is no command; without it, a command is required.
    """
    parser = _parser(needs_command=screen is None)
    if screen is not None:
        parser.set_defaults(command=lambda options: screen(options.config))
    options = parser.parse_args(arguments)
    failed: int = options.failed
    try:
        return int(options.command(options))
    except HostError as error:
        print(f"wasi-host: {_printable(error)}", file=sys.stderr)
        return failed
    except KeyboardInterrupt:
        return INTERRUPTED
    except OSError as error:
        # The interpreter must not try at its end to write the rest of the output again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if isinstance(error, BrokenPipeError):
            return 0  # the reader of the output has ended, as with `| head`: this is not an error
        print(f"wasi-host: {error}", file=sys.stderr)
        return failed


def _printable(error: HostError) -> str:
    from hostcore.log.safe_text import escaped  # noqa: PLC0415

    return "\n".join(map(escaped, str(error).splitlines()))  # file names may contain control characters


def _parser(needs_command: bool) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="wasi-host",
        description="Run and debug sensor drivers, each in a WebAssembly sandbox.",
        epilog=None if needs_command else "Without a command, it shows the screen.",
    )
    parser.add_argument("--version", action="version", version=f"wasi-host {__version__}")
    parser.add_argument("--config", type=Path, metavar="FILE", help="the settings file (default: ./host.toml, ...)")
    parser.set_defaults(failed=FAILED)
    commands = parser.add_subparsers(title="commands", required=needs_command, metavar="COMMAND")

    for group in (plugins, readings, buses, chips, computer):
        group.add(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())
