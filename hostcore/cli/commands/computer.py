"""Commands about this computer."""

from __future__ import annotations

import argparse

from hostcore.cli.commands.kinds import Commands


def add(commands: Commands) -> None:
    """Add the commands."""
    _add_doctor(commands)


def _add_doctor(commands: Commands) -> None:
    doctor = commands.add_parser("doctor", help="check this computer, and say how to set up the rest")
    doctor.set_defaults(command=_doctor)


def _doctor(options: argparse.Namespace) -> int:
    from hostcore.cli.doctor import doctor  # noqa: PLC0415

    return doctor(options.config)
