"""The command ``wasi-host``."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from hostcore import __version__
from hostcore.cli.commands import screens
from hostcore.cli.commands.kinds import computer_for_ssh
from hostcore.cli.commands.screens import ScreenOptions
from hostcore.cli.parser import Parser, RawHelpFormatter
from hostcore.cli.statuses import MEANINGS, ExitStatus
from hostcore.errors import CommandLineError, HostError
from hostcore.quick_dataclass import dataclass

if TYPE_CHECKING:
    from hostcore.broker.settings import BrokerSettings
    from hostcore.cli.web import WebOptions
    from hostcore.stepping.subject import Subject


GROUPS: Mapping[str, tuple[str, ...]] = {
    "screens": ("screen", "record"),
    "plugins": ("run", "try", "test", "new", "grant", "state", "build", "compile", "fetch", "push", "receive"),
    "recordings": ("crashes", "replay"),
    "readings": ("history",),
    "services": ("up", "down", "status", "logs", "service", "bridge"),
    "buses": ("scan", "i2c", "unstick", "capture"),
    "outputs": ("relay", "pwm", "leds"),
    "fleet": ("fleet",),
    "world": ("world",),
    "chips": ("chip",),
    "computer": ("doctor", "diagnose", "selftest"),
    "shell": ("completion",),
}
"""The modules of `hostcore.cli.commands`, and the commands that each adds. Only that of the command is loaded."""
_WITH_VALUE = ("--config", "--layout", "--on")
"""The options before a command that have a value."""


@dataclass(frozen=True, slots=True)
class Screen:
    """The ways to show the screen. All return the exit status."""

    show: Callable[[ScreenOptions], int]
    """On this terminal."""
    serve: Callable[[ScreenOptions, WebOptions], int]
    """In browsers."""
    show_on: Callable[[str, ScreenOptions], int]
    """On this terminal, of the host on another computer, as ssh takes it."""
    serve_on: Callable[[str, ScreenOptions, WebOptions], int]
    """In browsers of this computer, of the host on another one."""
    play: Callable[[Path], int]
    """On this terminal, of a recorded session."""
    step: Callable[[Subject], int]
    """On this terminal, of a replay through which a person steps."""
    fleet: Callable[[BrokerSettings, str, str], int]
    """On this terminal, of all nodes of a broker, below a prefix; or the own screen of one of them, if it is named."""


def main(arguments: list[str] | None = None, screen: Screen | None = None) -> int:
    """Run the command and return its exit status. Blocks until the command ends.

    Args:
        arguments: the arguments after ``wasi-host``; by default those of the process.
        screen: shows the screen, also if there is no command; without it, a command is required.
    """
    parser = make_parser(
        needs_command=screen is None, groups=_groups_of(sys.argv[1:] if arguments is None else arguments)
    )
    parser.set_defaults(screen=screen)
    if screen is not None:
        parser.set_defaults(command=screens.show_screen, web=False, host=None, port=None)
    options = parser.parse_args(arguments)
    if options.read_only and options.command is not screens.show_screen:
        parser.error("--read-only is for the screen, not for commands")
    if options.layout and options.command is not screens.show_screen:
        parser.error("--layout is for the screen, not for commands")
    if options.on is not None and options.command is not screens.show_screen and not options.goes_over_ssh:
        parser.error(
            "--on is for the screen and push, not for other commands: run them there, as in: ssh pi wasi-host ..."
        )
    failed: int = options.failed
    try:
        status = int(options.command(options))
        _flush_output()
        return status
    except HostError as error:
        print(f"wasi-host: {_printable(error)}", file=sys.stderr)
        return ExitStatus.NOT_DONE if isinstance(error, CommandLineError) else failed
    except KeyboardInterrupt:
        return ExitStatus.INTERRUPTED
    except OSError as error:
        # The interpreter must not try at its end to write the rest of the output again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if isinstance(error, BrokenPipeError):
            return ExitStatus.DONE  # the reader of the output has ended, as with `| head`: this is not an error
        print(f"wasi-host: {_words_of(error)}", file=sys.stderr)
        return failed


def _flush_output() -> None:
    """Write what is left of the output. The interpreter would do it later, where nobody can say what went wrong.

    Raises:
        OSError: the output takes no more.
    """
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OSError(error.errno, error.strerror, "standard output") from None


def _words_of(error: OSError) -> str:
    """Return what is wrong for a person, without the number of the error."""
    problem = error.strerror or str(error)
    return _escaped(f"{error.filename}: {problem}" if error.filename else problem)


def _printable(error: HostError) -> str:
    return "\n".join(map(_escaped, str(error).splitlines()))


def _escaped(text: str) -> str:
    """Return text that is safe to show: file names may contain control characters."""
    from hostcore.log.safe_text import escaped  # noqa: PLC0415

    return escaped(text)


def _groups_of(arguments: Sequence[str]) -> Iterable[str]:
    """Return the groups of commands that a command line needs: that of its command, or all for help and mistakes."""
    rest = iter(arguments)
    for each in rest:
        if not each.startswith("-"):
            found = [group for group, commands in GROUPS.items() if each in commands]
            return GROUPS if found in ([], ["shell"]) else found  # the completion is that of all commands
        if _is_option(each, _WITH_VALUE):
            next(rest, None)
        elif _is_option(each, ("-h", "--help")):
            return GROUPS
    return ()


def _is_option(argument: str, options: Iterable[str]) -> bool:
    """Whether argparse may take an argument for one of these options, which may be shortened."""
    return argument not in {"-", "--"} and any(option.startswith(argument) for option in options)


def make_parser(needs_command: bool, groups: Iterable[str] = GROUPS) -> argparse.ArgumentParser:
    """Return the parser of the command line. Options have the function of their command as ``command``, the parser as
    ``parser``, and as ``failed`` the exit status after a `HostError`; a command for which `ExitStatus.FAILED` means
    something else sets another one.
    """
    parser = Parser(
        prog="wasi-host",
        description="Run and debug sensor drivers, each in a WebAssembly sandbox.",
        epilog=_epilog(needs_command) if groups is GROUPS else None,
        formatter_class=RawHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"wasi-host {__version__}")
    parser.add_argument("--config", type=Path, metavar="FILE", help="the settings file (default: ./host.toml, ...)")
    parser.add_argument("--read-only", action="store_true", help="show a screen that only looks, and changes nothing")
    parser.add_argument("--layout", default="", metavar="NAME", help="show the screen with a layout that you saved")
    parser.add_argument(
        "--on", type=computer_for_ssh, metavar="COMPUTER", help="show the host on this computer, over ssh"
    )
    parser.set_defaults(failed=ExitStatus.FAILED, parser=parser, goes_over_ssh=False)
    commands = parser.add_subparsers(title="commands", required=needs_command, metavar="COMMAND", prog=parser.prog)
    for group in groups:
        import_module(f"hostcore.cli.commands.{group}").add(commands)
    return parser


def _epilog(needs_command: bool) -> str:
    """Return what ends ``--help``: what happens without a command, and the table of exit statuses."""
    import textwrap  # noqa: PLC0415 - only for the help

    first = [] if needs_command else ["Without a command, it shows the screen.", ""]
    lines = [
        textwrap.fill(meaning, 78, initial_indent=f"  {status:<5}", subsequent_indent=" " * 7)
        for status, meaning in MEANINGS.items()
    ]
    return "\n".join([*first, "exit status:", *lines])


if __name__ == "__main__":
    sys.exit(main())
