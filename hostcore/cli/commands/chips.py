"""Commands about chip files."""

from __future__ import annotations

import argparse
from pathlib import Path

from hostcore.cli.commands.kinds import Commands
from hostcore.cli.offered import chip


def add(commands: Commands) -> None:
    """Add the commands."""
    parser = commands.add_parser("chip", help="list the known chips, show one, or check a chip file")
    kinds = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    listing = kinds.add_parser("list", help="list all chips with their addresses")
    listing.add_argument("--json", action="store_true", help="print a JSON array")
    listing.set_defaults(command=_list)
    show = kinds.add_parser("show", help="show the registers and commands of a chip")
    show.add_argument("name", type=chip, metavar="NAME", help="such as bme280")
    show.add_argument("--json", action="store_true", help="print one JSON object")
    show.set_defaults(command=_show)
    check = kinds.add_parser("check", help="say line by line what is wrong with chip files")
    check.add_argument("files", nargs="+", type=Path, metavar="FILE", help="such as chips/lis3dh.toml")
    check.set_defaults(command=_check)


def _list(options: argparse.Namespace) -> int:
    from hostcore.cli.chip import list_chips  # noqa: PLC0415

    return list_chips(options.config, as_json=options.json)


def _show(options: argparse.Namespace) -> int:
    from hostcore.cli.chip import show  # noqa: PLC0415

    return show(options.config, options.name, as_json=options.json)


def _check(options: argparse.Namespace) -> int:
    from hostcore.cli.chip import check  # noqa: PLC0415

    return check(options.files)
