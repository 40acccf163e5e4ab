"""Commands about a host that runs without a terminal."""

from __future__ import annotations

import argparse

from hostcore.cli.commands.kinds import Commands
from hostcore.cli.offered import plugin
from hostcore.cli.statuses import ExitStatus


def add(commands: Commands) -> None:
    """Add the commands."""
    _add_up(commands)
    _add_down(commands)
    _add_status(commands)
    _add_logs(commands)
    _add_service(commands)
    _add_bridge(commands)


def _add_up(commands: Commands) -> None:
    up = commands.add_parser("up", help="start a host in the background, and wait until it is ready")
    up.set_defaults(command=_up)


def _add_down(commands: Commands) -> None:
    down = commands.add_parser("down", help="stop the running host, and wait for its end")
    down.set_defaults(command=_down)


def _add_status(commands: Commands) -> None:
    status = commands.add_parser(
        "status",
        help="say how the running host and its plugins are",
        description="Say how the running host is. Exit status: 0 if all is well, 1 if an alarm is raised, a finding is "
        "certain or likely, a plugin crashed, reports only errors, is on a stuck bus or runs its old version, or the "
        "host does not answer, 2 if that cannot be known, 3 if no host runs.",
    )
    status.add_argument("--json", action="store_true", help="print one JSON object")
    status.set_defaults(command=_status, failed=ExitStatus.NOT_DONE)


def _add_logs(commands: Commands) -> None:
    logs = commands.add_parser("logs", help="print the newest log lines of the running host")
    logs.add_argument("-f", "--follow", action="store_true", help="go on with each new line, until Ctrl+C")
    logs.add_argument("--plugin", type=plugin, metavar="NAME", help="only the lines of this plugin, or about it")
    logs.add_argument(
        "--level", choices=("debug", "info", "warning", "error"), default="debug", help="the lowest level to print"
    )
    logs.add_argument("--json", action="store_true", help="print one JSON object for each line")
    logs.set_defaults(command=_logs)


def _add_service(commands: Commands) -> None:
    service = commands.add_parser(
        "service",
        help="let systemd run the host, also after a restart of the computer",
        description="Let systemd run the host with these settings. install and remove say what they do, and ask.",
    )
    service.add_argument(
        "what", choices=("install", "show", "remove"), help="install it, print its unit file, or remove it"
    )
    whose = service.add_mutually_exclusive_group()
    whose.add_argument("--user", action="store_true", help="a service of your own systemd (default)")
    whose.add_argument("--system", action="store_true", help="a service of the computer, which is hardened further")
    service.add_argument("--run-as", metavar="USER", help="whose host it is, with --system (default: who calls sudo)")
    service.add_argument("--no-start", action="store_true", help="write or remove the file only")
    service.add_argument("-y", "--yes", action="store_true", help="do not ask")
    service.set_defaults(command=_service)


def _add_bridge(commands: Commands) -> None:
    bridge = commands.add_parser(
        "bridge",
        help="connect standard input and output to the running host",
        description="Connect standard input and output to the running host. wasi-host --on runs this over ssh. "
        "Exit status 3: no host runs.",
    )
    bridge.set_defaults(command=_bridge)


def _up(options: argparse.Namespace) -> int:
    from hostcore.cli.background import up  # noqa: PLC0415 - each command loads only what it needs

    return up(options.config)


def _down(options: argparse.Namespace) -> int:
    from hostcore.cli.background import down  # noqa: PLC0415

    return down(options.config)


def _status(options: argparse.Namespace) -> int:
    from hostcore.cli.status import status  # noqa: PLC0415

    return status(options.config, as_json=options.json)


def _logs(options: argparse.Namespace) -> int:
    from hostcore.cli.logs import Selection, logs  # noqa: PLC0415
    from hostcore.events import Level  # noqa: PLC0415

    return logs(options.config, Selection(options.follow, options.plugin, Level(options.level), options.json))


def _bridge(options: argparse.Namespace) -> int:
    from hostcore.cli.bridge import bridge  # noqa: PLC0415

    return bridge(options.config)


def _service(options: argparse.Namespace) -> int:
    from hostcore.cli.service import install, remove, scope_of, show  # noqa: PLC0415

    scope = scope_of(system=options.system, run_as=options.run_as, starts=not options.no_start)
    match options.what:
        case "show":
            return show(options.config, scope)
        case "remove":
            return remove(scope, is_agreed=options.yes)
        case _:
            return install(options.config, scope, is_agreed=options.yes)
