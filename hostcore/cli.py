"""The command ``wasi-host``."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import Any

from hostcore import __version__
from hostcore.errors import HostError

Commands = Any
"""What `ArgumentParser.add_subparsers` returns; argparse has no public name for it."""
FAILED = 1
"""The exit status when something was wrong that the message on standard error names."""
INTERRUPTED = 130
"""The exit status when a person interrupted what would have ended by itself: 128 and the number of SIGINT."""


def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns its exit status."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.command(options))
    except HostError as error:
        print(f"wasi-host: {error}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        return INTERRUPTED
    except OSError as error:
        # What standard output did not take must not be tried again when the interpreter ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if isinstance(error, BrokenPipeError):
            return 0  # whoever read our output has gone; nothing is left to say
        print(f"wasi-host: {error}", file=sys.stderr)
        return FAILED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="wasi-host", description="Run and debug sensor drivers, each in a WebAssembly sandbox."
    )
    parser.add_argument("--version", action="version", version=f"wasi-host {__version__}")
    parser.add_argument("--config", type=Path, metavar="FILE", help="the settings file (default: ./host.toml, ...)")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    _add_run(commands)
    _add_grant(commands)
    _add_crashes(commands)
    _add_build(commands)
    return parser


def _add_run(commands: Commands) -> None:
    run = commands.add_parser("run", help="run the plugins and print one JSON line a round")
    run.add_argument("--rounds", type=_positive, metavar="N", help="stop after N rounds")
    run.add_argument("--pretty", action="store_true", help="print the JSON indented")
    run.set_defaults(command=_run)


def _add_build(commands: Commands) -> None:
    build = commands.add_parser("build", help="seal a Python plugin into a stand-alone component")
    build.add_argument("name", metavar="NAME", help="the plugin's name, or the path of its .py")
    build.add_argument("-o", "--output", type=Path, metavar="FILE", help="default: NAME.wasm in build/")
    build.set_defaults(command=_build)


def _add_grant(commands: Commands) -> None:
    grant = commands.add_parser("grant", help="let a plugin have what it asked for, or the permissions named")
    grant.add_argument("name", metavar="NAME", help="the plugin")
    grant.add_argument("permissions", metavar="PERMISSION", nargs="*", help='such as "i2c:1:0x77" (see host.toml)')
    grant.add_argument("-y", "--yes", action="store_true", help="grant all it asked for without asking back")
    grant.set_defaults(command=_grant)


def _add_crashes(commands: Commands) -> None:
    crashes = commands.add_parser("crashes", help="list the crash reports, or show one")
    crashes.add_argument("number", type=_positive, nargs="?", metavar="N", help="the report to show; 1 is the newest")
    crashes.add_argument("--json", action="store_true", help="print JSON")
    crashes.set_defaults(command=_crashes)


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1 on")
    return int(text)


def _run(options: argparse.Namespace) -> int:
    from hostcore.cli_run import run  # noqa: PLC0415 - each command loads only what it needs

    return run(options.config, options.rounds, options.pretty)


def _build(options: argparse.Namespace) -> int:
    from hostcore.cli_build import build  # noqa: PLC0415

    return build(options.config, options.name, options.output)


def _grant(options: argparse.Namespace) -> int:
    from hostcore.cli_grant import grant  # noqa: PLC0415

    return grant(options.config, options.name, options.permissions, options.yes)


def _crashes(options: argparse.Namespace) -> int:
    from hostcore.cli_crashes import crashes  # noqa: PLC0415

    return crashes(options.config, options.number, as_json=options.json)


if __name__ == "__main__":
    sys.exit(main())
