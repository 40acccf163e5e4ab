"""The command for the screen. The screen itself comes from the caller of `hostcore.cli.main`."""

from __future__ import annotations

import argparse
from pathlib import Path

from hostcore.cli.commands.kinds import Commands, port, web_host
from hostcore.errors import CommandLineError
from hostcore.quick_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class ScreenOptions:
    """The screen that a person wants."""

    config: Path | None = None
    """The settings file; None for the usual one."""
    read_only: bool = False
    """Whether it only looks."""
    layout: str = ""
    """The name of the layout to begin with; "" for how the screen was left."""


def add(commands: Commands) -> None:
    """Add the commands."""
    screen = commands.add_parser("screen", help="show the screen, here or in a browser")
    screen.add_argument("--web", action="store_true", help="show it in a browser, behind the token of the web")
    screen.add_argument(
        "--host", type=web_host, metavar="HOST", help="the address for --web (default: that of host.toml)"
    )
    screen.add_argument("--port", type=port, metavar="PORT", help="the port for --web; 0 chooses a free port")
    screen.set_defaults(command=show_screen)


def show_screen(options: argparse.Namespace) -> int:
    """Show the screen that the command line asks for, and return the exit status. Blocks until the screen ends.

    Raises:
        CommandLineError: this program has no screen, or the options contradict each other.
    """
    if options.screen is None:
        raise CommandLineError("this program has no screen: start it as wasi-host")
    wanted = ScreenOptions(options.config, options.read_only, options.layout)
    if options.web:
        if wanted.layout:
            raise CommandLineError("--layout is for a screen on this terminal; a browser's screen remembers no layouts")
        from hostcore.cli.web import WebOptions  # noqa: PLC0415

        web = WebOptions(True, options.host, options.port)
        if options.on is not None:
            return int(options.screen.serve_on(options.on, wanted, web))
        return int(options.screen.serve(wanted, web))
    if options.host is not None or options.port is not None:
        raise CommandLineError("--host and --port say where a browser finds the screen; add --web to show it there")
    if options.on is not None:
        return int(options.screen.show_on(options.on, wanted))
    return int(options.screen.show(wanted))
