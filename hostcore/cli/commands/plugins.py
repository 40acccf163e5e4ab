"""Commands that run, make and supply plugins."""

from __future__ import annotations

import argparse
import gc
from pathlib import Path

from hostcore.cli.commands.kinds import Commands, computer_for_ssh, port, positive, web_host
from hostcore.cli.offered import folder, plugin, plugin_or_file
from hostcore.errors import CommandLineError


def add(commands: Commands) -> None:
    """Add the commands."""
    _add_run(commands)
    _add_try(commands)
    _add_test(commands)
    _add_new(commands)
    _add_grant(commands)
    _add_state(commands)
    _add_build(commands)
    _add_compile(commands)
    _add_fetch(commands)
    _add_push(commands)


def _add_run(commands: Commands) -> None:
    run = commands.add_parser("run", help="run the plugins and print one JSON line per round")
    run.add_argument("--rounds", type=positive, metavar="N", help="stop after N rounds")
    run.add_argument("--pretty", action="store_true", help="print the JSON indented")
    run.add_argument("--log", type=Path, metavar="FILE", help="write the log there, not to standard error")
    run.add_argument("--web", action="store_true", help="serve a web page, JSON, events and metrics")
    run.add_argument("--host", type=web_host, metavar="HOST", help="the address for --web (default: that of host.toml)")
    run.add_argument("--port", type=port, metavar="PORT", help="the port for --web; 0 chooses a free port")
    run.set_defaults(command=_run)


def _add_push(commands: Commands) -> None:
    push = commands.add_parser("push", help="put a driver on the computer of --on, and print its first reading")
    push.add_argument("file", type=Path, metavar="FILE", help="the driver, a .py or .wasm file here")
    push.add_argument(
        "--on", type=computer_for_ssh, default=argparse.SUPPRESS, metavar="COMPUTER", help="the computer, over ssh"
    )
    push.add_argument("--watch", action="store_true", help="do so again whenever the file is saved, until Ctrl+C")
    push.set_defaults(command=_push, goes_over_ssh=True)
    receive = commands.add_parser("receive", help="put a driver from standard input into the plugins folder")
    receive.add_argument("name", metavar="NAME", help="the plugin's name")
    receive.add_argument("sha256", metavar="SHA256", help="the digest of the whole file")
    receive.set_defaults(command=_receive)


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


def _add_test(commands: Commands) -> None:
    test = commands.add_parser("test", help="try a driver under every fault, on the simulated Pi")
    test.add_argument(
        "name", type=plugin_or_file, metavar="NAME", help="the plugin's name, or the path of a .py or .wasm file"
    )
    test.add_argument(
        "--grant", action="append", default=[], metavar="PERMISSION", help='let it use a device as well: "i2c:1:0x77"'
    )
    test.add_argument("--json", action="store_true", help="print one JSON object")
    test.set_defaults(command=_test)


def _add_new(commands: Commands) -> None:
    new = commands.add_parser("new", help="write a first driver, or a plugin for a library of PyPI")
    new.add_argument("name", metavar="NAME", nargs="?", help="the name of the new plugin")
    new.add_argument("--from", dest="package", metavar="PACKAGE", help="write it for this library of PyPI")
    new.add_argument("--address", type=_i2c_address, metavar="ADDRESS", help="the chip's I2C address (with --from)")
    new.add_argument("--grant", action="store_true", help="grant it what it needs, without asking (with --from)")
    new.set_defaults(command=_new)


def _add_grant(commands: Commands) -> None:
    grant = commands.add_parser("grant", help="grant a plugin the permissions that it asked for, or others")
    grant.add_argument("name", type=plugin, metavar="NAME", help="the plugin")
    grant.add_argument("permissions", metavar="PERMISSION", nargs="*", help='such as "i2c:1:0x77" (see host.toml)')
    grant.add_argument("-y", "--yes", action="store_true", help="grant everything that it asked for, without asking")
    grant.add_argument("--json", action="store_true", help="print one JSON object and ask nothing: list its requests")
    grant.set_defaults(command=_grant)


def _add_state(commands: Commands) -> None:
    state = commands.add_parser(
        "state",
        help="show what plugins keep across restarts, or clear what one keeps",
        description="Show how much each plugin keeps with host.state, or what one keeps. Works with and without a "
        "running host, which restarts a plugin whose state is cleared.",
    )
    state.add_argument("name", type=plugin, nargs="?", default="", metavar="NAME", help="the plugin (default: all)")
    state.add_argument("--clear", action="store_true", help="delete what the plugin keeps, for ever")
    state.add_argument("-y", "--yes", action="store_true", help="clear without asking")
    state.add_argument("--json", action="store_true", help="print one JSON object")
    state.set_defaults(command=_state)


def _add_build(commands: Commands) -> None:
    build = commands.add_parser("build", help="turn a Python plugin into a stand-alone component")
    build.add_argument("name", type=plugin_or_file, metavar="NAME", help="the plugin's name, or the path of a .py file")
    build.add_argument("-o", "--output", type=Path, metavar="FILE", help="default: NAME.wasm in build/")
    build.set_defaults(command=_build)


def _add_compile(commands: Commands) -> None:
    compiling = commands.add_parser(
        "compile",
        help="compile a component ahead of time, also for another kind of computer",
        description="Compile a component into native code, as the host does when it first sees a component. "
        "Another kind of computer is emulated: that takes minutes, needs qemu-user, and once fetches a Python for it "
        "from Debian, and wasmtime from PyPI.",
    )
    compiling.add_argument("file", type=Path, metavar="FILE", help="the component, a .wasm file")
    compiling.add_argument("-o", "--output", type=Path, metavar="FILE", help="default: NAME.MACHINE.cwasm beside it")
    compiling.add_argument(
        "--for", dest="machine", choices=("aarch64", "x86-64"), help="the kind of computer (default: that of this one)"
    )
    compiling.set_defaults(command=_compile)


def _add_fetch(commands: Commands) -> None:
    fetch = commands.add_parser("fetch", help="fetch the libraries that a plugin names")
    fetch.add_argument(
        "name",
        type=plugin_or_file,
        nargs="?",
        metavar="NAME",
        help="a plugin, or a .py file (default: all)",
    )
    how = fetch.add_mutually_exclusive_group()
    how.add_argument("--upgrade", action="store_true", help="choose the newest versions, even if the lock fits")
    how.add_argument("--to", type=folder, metavar="FOLDER", help="export fetched libraries for a Pi without a network")
    how.add_argument("--from", type=folder, dest="source", metavar="FOLDER", help="import libraries from such a folder")
    fetch.set_defaults(command=_fetch)


def _i2c_address(text: str) -> int:
    from hostcore.cli.new_from import parse_address  # noqa: PLC0415

    try:
        return parse_address(text)
    except ValueError as allowed:
        raise argparse.ArgumentTypeError(f"{text!r} is not {allowed}") from None


def _push(options: argparse.Namespace) -> int:
    if options.on is None:
        raise CommandLineError("name the computer, as in: wasi-host push driver.py --on pi@raspberrypi")
    from hostcore.cli.push import push  # noqa: PLC0415

    return push(options.on, options.config, options.file, watches=options.watch)


def _receive(options: argparse.Namespace) -> int:
    from hostcore.cli.receive import receive  # noqa: PLC0415

    return receive(options.config, options.name, options.sha256)


def _run(options: argparse.Namespace) -> int:
    gc.disable()  # objects that modules create at import stay; collecting among them takes a tenth of the start
    from hostcore.cli.run import Output, run  # noqa: PLC0415 - each command loads only what it needs
    from hostcore.cli.web import WebOptions  # noqa: PLC0415

    gc.freeze()
    gc.enable()
    if not options.web and (options.host is not None or options.port is not None):
        raise CommandLineError("--host and --port say where the web listens; add --web to turn it on")
    output = Output(options.rounds, options.pretty, options.log)
    return run(options.config, output, WebOptions(options.web, options.host, options.port))


def _try(options: argparse.Namespace) -> int:
    from hostcore.cli.try_file import try_file  # noqa: PLC0415

    return try_file(options.config, options.file, options.grant)


def _test(options: argparse.Namespace) -> int:
    from hostcore.cli.driver_trial import driver_trial  # noqa: PLC0415

    return driver_trial(options.config, options.name, options.grant, as_json=options.json)


def _new(options: argparse.Namespace) -> int:
    if options.package is not None:
        from hostcore.cli.new_from import Wish, new_from  # noqa: PLC0415

        return new_from(options.config, Wish(options.name, options.package, options.address, options.grant))
    from hostcore.cli.new import new  # noqa: PLC0415

    if options.name is None or options.address is not None or options.grant:
        raise CommandLineError(
            "wasi-host new NAME writes a first driver; wasi-host new --from PACKAGE one for a library"
        )
    return new(options.config, options.name)


def _grant(options: argparse.Namespace) -> int:
    from hostcore.cli.grant import grant  # noqa: PLC0415

    return grant(options.config, options.name, options.permissions, yes=options.yes, as_json=options.json)


def _state(options: argparse.Namespace) -> int:
    from hostcore.cli.state import clear_state, show_state  # noqa: PLC0415

    if not options.clear:
        return show_state(options.config, options.name, as_json=options.json)
    if not options.name:
        raise CommandLineError("--clear needs the NAME of a plugin; wasi-host state lists those that keep something")
    return clear_state(options.config, options.name, as_json=options.json, yes=options.yes)


def _build(options: argparse.Namespace) -> int:
    from hostcore.cli.build import build  # noqa: PLC0415

    return build(options.config, options.name, options.output)


def _compile(options: argparse.Namespace) -> int:
    from hostcore.cli.compile_file import compile_file  # noqa: PLC0415

    machine = options.machine and options.machine.replace("-", "_")
    return compile_file(options.config, options.file, options.output, machine)


def _fetch(options: argparse.Namespace) -> int:
    from hostcore.cli.fetch import Options, fetch  # noqa: PLC0415

    return fetch(options.config, options.name, Options(options.upgrade, options.to, options.source))
