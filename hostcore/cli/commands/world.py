"""The command for the simulated world."""

from __future__ import annotations

import argparse

from hostcore.cli.commands.kinds import Commands


def add(commands: Commands) -> None:
    """Add the command."""
    world = commands.add_parser(
        "world",
        help="show and change what the simulated chips measure",
        description="Show the quantities of the simulated world of the running host, or hold one at a value until the "
        "host stops. No real device is concerned.",
    )
    world.add_argument("quantity", nargs="?", metavar="QUANTITY", help="such as temperature (default: show all)")
    world.add_argument("value", nargs="?", metavar="VALUE", help="in the quantity's unit; own: its own course again")
    world.add_argument("--json", action="store_true", help="print one JSON object")
    world.set_defaults(command=_world, parser=world)


def _world(options: argparse.Namespace) -> int:
    from hostcore.cli.world import hold_quantity, show_world  # noqa: PLC0415

    if options.quantity is None:
        return show_world(options.config, as_json=options.json)
    if options.value is None:
        options.parser.error("name a VALUE for the quantity, or own for its own course")
    return hold_quantity(options.config, options.quantity, options.value, as_json=options.json)
