"""The command for the screen. The screen itself comes from the caller of `hostcore.cli.main`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from hostcore.cli.commands.kinds import Commands, duration, port, web_host
from hostcore.errors import CommandLineError
from hostcore.quick_dataclass import dataclass

MOST_MIB = 1024
"""The largest session file that can be read again, in MiB."""


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
    _add_record(commands)


def _add_record(commands: Commands) -> None:
    record = commands.add_parser(
        "record",
        help="record all that a running host tells its screens, to show it again",
        description="Record a running host until Ctrl+C, with all plugins, readings, transfers, log lines and scans. "
        "wasi-host replay FILE shows it again, on any computer. Secrets are left out as far as they can be recognized.",
    )
    record.add_argument(
        "-o", "--output", type=Path, metavar="FILE", help="the new file (default: one in the working directory)"
    )
    record.add_argument("--for", dest="duration", type=duration, metavar="DURATION", help="such as 90s, 10m or 6h")
    record.add_argument(
        "--size", type=mebibytes, default=256, metavar="MIB", help="end when the file has this size (default: 256)"
    )
    record.set_defaults(command=_record)


def mebibytes(text: str) -> int:
    """Read the largest size of a session file."""
    if not (text.isascii() and text.isdecimal() and 1 <= int(text[:5]) <= MOST_MIB and len(text) <= 4):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of MiB, 1 to {MOST_MIB}")
    return int(text)


def _record(options: argparse.Namespace) -> int:
    from hostcore.cli.record import RecordWish, record  # noqa: PLC0415

    return record(options.config, RecordWish(options.output, options.duration, options.size))


def play_session(options: argparse.Namespace) -> int:
    """Show the session file that the command line names; without a terminal or a screen, say what is in it.

    Raises:
        HostError: it cannot be read, or there are options that are not for it.
    """
    from hostcore.cli.replay_session import require_session_options, tell_session  # noqa: PLC0415

    values = {
        "--with": options.changed, "--against": options.against, "--guess": options.guess, "-o": options.output,
        "--component": options.component, "--pytest": options.pytest, "--step": options.step,
        "--at": options.at, str(options.number): options.number,
    }  # fmt: skip
    require_session_options(tuple(name for name, value in values.items() if value))
    path = Path(options.what)
    if options.json or options.screen is None or not (sys.stdin.isatty() and sys.stdout.isatty()):
        return tell_session(path, None if options.all else options.last, as_json=options.json)
    return int(options.screen.play(path))


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
