"""The command ``wasi-host``."""

from __future__ import annotations

import argparse
import gc
import os
import sys
from collections.abc import Callable
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
    try:
        return int(options.command(options))
    except HostError as error:
        print(f"wasi-host: {_printable(error)}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        return INTERRUPTED
    except OSError as error:
        # The interpreter must not try at its end to write the rest of the output again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if isinstance(error, BrokenPipeError):
            return 0  # the reader of the output has ended, as with `| head`: this is not an error
        print(f"wasi-host: {error}", file=sys.stderr)
        return FAILED


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
    commands = parser.add_subparsers(title="commands", required=needs_command, metavar="COMMAND")

    _add_run(commands)
    _add_try(commands)
    _add_new(commands)
    _add_grant(commands)
    _add_crashes(commands)
    _add_build(commands)
    _add_fetch(commands)
    _add_scan(commands)
    _add_i2c(commands)
    _add_doctor(commands)
    return parser


def _add_run(commands: Commands) -> None:
    run = commands.add_parser("run", help="run the plugins and print one JSON line per round")
    run.add_argument("--rounds", type=_positive, metavar="N", help="stop after N rounds")
    run.add_argument("--pretty", action="store_true", help="print the JSON indented")
    run.add_argument("--web", action="store_true", help="serve a web page, JSON, events and metrics")
    run.add_argument(
        "--host", type=_web_host, metavar="HOST", help="the address for --web (default: that of host.toml)"
    )
    run.add_argument("--port", type=_port, metavar="PORT", help="the port for --web; 0 chooses a free port")
    run.set_defaults(command=_run)


def _add_try(commands: Commands) -> None:
    try_file = commands.add_parser("try", help="run one script or plugin alone, and print what it prints and reads")
    try_file.add_argument("file", type=Path, metavar="FILE", help="a .py or .wasm file, anywhere")
    try_file.add_argument(
        "--grant",
        action="append",
        default=[],
        metavar="PERMISSION",
        help='let it use a device during this run, such as "i2c:1:0x77" (see host.toml)',
    )
    try_file.set_defaults(command=_try)


def _add_new(commands: Commands) -> None:
    new = commands.add_parser("new", help="write a first driver, or a plugin for a library of PyPI")
    new.add_argument("name", metavar="NAME", nargs="?", help="the name of the new plugin")
    new.add_argument("--from", dest="package", metavar="PACKAGE", help="write it for this library of PyPI")
    new.add_argument("--address", type=_i2c_address, metavar="ADDRESS", help="the chip's I2C address (with --from)")
    new.add_argument("--grant", action="store_true", help="grant it what it needs, without asking (with --from)")
    new.set_defaults(command=_new)


def _add_build(commands: Commands) -> None:
    build = commands.add_parser("build", help="turn a Python plugin into a stand-alone component")
    build.add_argument("name", metavar="NAME", help="the plugin's name, or the path of a .py file")
    build.add_argument("-o", "--output", type=Path, metavar="FILE", help="default: NAME.wasm in build/")
    build.set_defaults(command=_build)


def _add_fetch(commands: Commands) -> None:
    fetch = commands.add_parser("fetch", help="fetch the libraries that a plugin names")
    fetch.add_argument("name", nargs="?", metavar="NAME", help="a plugin, or the path of a .py file (default: all)")
    how = fetch.add_mutually_exclusive_group()
    how.add_argument("--upgrade", action="store_true", help="choose the newest versions, even if the lock fits")
    how.add_argument("--to", type=Path, metavar="FOLDER", help="export fetched libraries for a Pi without a network")
    how.add_argument("--from", type=Path, dest="source", metavar="FOLDER", help="import libraries from such a folder")
    fetch.set_defaults(command=_fetch)


def _add_grant(commands: Commands) -> None:
    grant = commands.add_parser("grant", help="grant a plugin the permissions that it asked for, or others")
    grant.add_argument("name", metavar="NAME", help="the plugin")
    grant.add_argument("permissions", metavar="PERMISSION", nargs="*", help='such as "i2c:1:0x77" (see host.toml)')
    grant.add_argument("-y", "--yes", action="store_true", help="grant everything that it asked for, without asking")
    grant.set_defaults(command=_grant)


def _add_crashes(commands: Commands) -> None:
    crashes = commands.add_parser("crashes", help="list the crash reports, or show one")
    crashes.add_argument("number", type=_positive, nargs="?", metavar="N", help="the report to show; 1 is the newest")
    crashes.add_argument("--json", action="store_true", help="print JSON")
    crashes.set_defaults(command=_crashes)


def _add_scan(commands: Commands) -> None:
    scan = commands.add_parser("scan", help="find the devices on an I2C bus, as i2cdetect does")
    scan.add_argument("bus", nargs="?", metavar="BUS", help="such as 1 (default: the first I2C bus of host.toml)")
    scan.add_argument("--mode", choices=("auto", "quick", "read"), default="auto", help="how to probe (default: auto)")
    scan.add_argument("--json", action="store_true", help="print one JSON object")
    scan.add_argument("-y", "--yes", action="store_true", help="probe a real bus without asking")
    scan.set_defaults(command=_scan)


def _add_i2c(commands: Commands) -> None:
    parser = commands.add_parser("i2c", help="read from or write to a device on an I2C bus")
    transfers = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    read = transfers.add_parser("read", help="read bytes, as i2cget does")
    write = transfers.add_parser("write", help="write bytes, as i2cset does")
    dump = transfers.add_parser("dump", help="read all registers, as i2cdump does")
    for each in (read, write, dump):
        each.add_argument("bus", metavar="BUS", help="such as 1")
        each.add_argument("address", metavar="ADDRESS", help="0x08 to 0x77")
        each.add_argument("--force", action="store_true", help="use the address even if a running plugin may use it")
    read.add_argument("register", nargs="?", default="-", metavar="REGISTER", help="0x00 to 0xff (default: -, none)")
    read.add_argument("length", nargs="?", default="1", metavar="LENGTH", help="how many bytes (default: 1)")
    read.set_defaults(command=_i2c_read)
    write.add_argument("data", nargs="+", metavar="BYTE", help="0x00 to 0xff")
    write.add_argument("-y", "--yes", action="store_true", help="write to a real bus without asking")
    write.set_defaults(command=_i2c_write)
    dump.add_argument("registers", nargs="?", default="0x00-0xff", metavar="FIRST-LAST", help="default: 0x00-0xff")
    dump.set_defaults(command=_i2c_dump)


def _add_doctor(commands: Commands) -> None:
    doctor = commands.add_parser("doctor", help="check this computer, and say how to set up the rest")
    doctor.set_defaults(command=_doctor)


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number, 1 or more")
    return int(text)


def _port(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= 5 and int(text) <= 65_535):
        raise argparse.ArgumentTypeError(f"{text!r} is not a port, 0 to 65535")
    return int(text)


def _i2c_address(text: str) -> int:
    from hostcore.cli.new_from import parse_address  # noqa: PLC0415

    try:
        return parse_address(text)
    except ValueError as allowed:
        raise argparse.ArgumentTypeError(f"{text!r} is not {allowed}") from None


def _web_host(text: str) -> str:
    from hostcore.config.web import parse_web_host  # noqa: PLC0415

    try:
        return parse_web_host(text)
    except ValueError as allowed:
        raise argparse.ArgumentTypeError(f"{text!r} is not {allowed}") from None


def _run(options: argparse.Namespace) -> int:
    gc.disable()  # objects that modules create at import stay; collecting among them takes a tenth of the start
    from hostcore.cli.run import run  # noqa: PLC0415 - each command loads only what it needs
    from hostcore.cli.web import WebOptions  # noqa: PLC0415

    gc.freeze()
    gc.enable()
    if not options.web and (options.host is not None or options.port is not None):
        raise HostError("--host and --port say where the web listens; add --web to turn it on")
    return run(options.config, options.rounds, options.pretty, WebOptions(options.web, options.host, options.port))


def _try(options: argparse.Namespace) -> int:
    from hostcore.cli.try_file import try_file  # noqa: PLC0415

    return try_file(options.config, options.file, options.grant)


def _new(options: argparse.Namespace) -> int:
    if options.package is not None:
        from hostcore.cli.new_from import Wish, new_from  # noqa: PLC0415

        return new_from(options.config, Wish(options.name, options.package, options.address, options.grant))
    from hostcore.cli.new import new  # noqa: PLC0415

    if options.name is None or options.address is not None or options.grant:
        raise HostError("wasi-host new NAME writes a first driver; wasi-host new --from PACKAGE one for a library")
    return new(options.config, options.name)


def _build(options: argparse.Namespace) -> int:
    from hostcore.cli.build import build  # noqa: PLC0415

    return build(options.config, options.name, options.output)


def _fetch(options: argparse.Namespace) -> int:
    from hostcore.cli.fetch import Options, fetch  # noqa: PLC0415

    return fetch(options.config, options.name, Options(options.upgrade, options.to, options.source))


def _grant(options: argparse.Namespace) -> int:
    from hostcore.cli.grant import grant  # noqa: PLC0415

    return grant(options.config, options.name, options.permissions, options.yes)


def _crashes(options: argparse.Namespace) -> int:
    from hostcore.cli.crashes import crashes  # noqa: PLC0415

    return crashes(options.config, options.number, as_json=options.json)


def _scan(options: argparse.Namespace) -> int:
    from hostcore.cli.scan import scan_bus  # noqa: PLC0415

    return scan_bus(options.config, options.bus, options.mode, as_json=options.json, yes=options.yes)


def _i2c_read(options: argparse.Namespace) -> int:
    from hostcore.cli.i2c import read  # noqa: PLC0415

    return read(options.config, options.bus, options.address, options.register, options.length, force=options.force)


def _i2c_write(options: argparse.Namespace) -> int:
    from hostcore.cli.i2c import write  # noqa: PLC0415

    return write(options.config, options.bus, options.address, options.data, force=options.force, yes=options.yes)


def _i2c_dump(options: argparse.Namespace) -> int:
    from hostcore.cli.i2c import dump  # noqa: PLC0415

    return dump(options.config, options.bus, options.address, options.registers, force=options.force)


def _doctor(options: argparse.Namespace) -> int:
    from hostcore.cli.doctor import doctor  # noqa: PLC0415

    return doctor(options.config)


if __name__ == "__main__":
    sys.exit(main())
