"""The command ``wasi-host``."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from hostcore import __version__
from hostcore.errors import HostError

FAILED = 1
"""The exit status when something was wrong that the message on standard error names."""


def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns its exit status."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.command(options))
    except HostError as error:
        print(f"wasi-host: {error}", file=sys.stderr)
        return FAILED
    except BrokenPipeError:
        # Whoever read our output has gone; nothing is left to say, and the interpreter must not try to flush it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="wasi-host", description="Run and debug sensor drivers, each in a WebAssembly sandbox."
    )
    parser.add_argument("--version", action="version", version=f"wasi-host {__version__}")
    parser.add_argument("--config", type=Path, metavar="FILE", help="the settings file (default: ./host.toml, ...)")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    run = commands.add_parser("run", help="run the plugins and print one JSON line a round")
    run.add_argument("--rounds", type=_positive, metavar="N", help="stop after N rounds")
    run.add_argument("--pretty", action="store_true", help="print the JSON indented")
    run.set_defaults(command=_run)

    build = commands.add_parser("build", help="seal a Python plugin into a stand-alone component")
    build.add_argument("name", metavar="NAME", help="the plugin's name, or the path of its .py")
    build.add_argument("-o", "--output", type=Path, metavar="FILE", help="default: NAME.wasm in build/")
    build.set_defaults(command=_build)
    return parser


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


if __name__ == "__main__":
    sys.exit(main())
