"""Commands about a host that runs without a terminal."""

from __future__ import annotations

import argparse

from hostcore.cli.commands.kinds import Commands


def add(commands: Commands) -> None:
    """Add the commands."""
    _add_service(commands)


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
