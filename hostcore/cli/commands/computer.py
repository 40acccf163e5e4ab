"""Commands about this computer, and about what is wrong with its host."""

from __future__ import annotations

import argparse
from pathlib import Path

from hostcore.cli.commands.kinds import Commands, seconds
from hostcore.cli.statuses import ExitStatus


def add(commands: Commands) -> None:
    """Add the commands."""
    _add_doctor(commands)
    _add_diagnose(commands)


def _add_doctor(commands: Commands) -> None:
    doctor = commands.add_parser("doctor", help="check this computer, and say how to set up the rest")
    doctor.add_argument("--json", action="store_true", help="print one JSON object")
    doctor.set_defaults(command=_doctor)


def _add_diagnose(commands: Commands) -> None:
    diagnose = commands.add_parser(
        "diagnose",
        help="say what is wrong, with the evidence and what to do",
        description="Ask the running host, or run it for some seconds. "
        "Exit status: 0 if nothing is wrong, 1 if a finding is certain or likely or a plugin crashed, 2 if no "
        "diagnosis could be made.",
    )
    diagnose.add_argument(
        "--seconds", type=seconds, default=10.0, metavar="N", help="how long a host has to run first (default: 10)"
    )
    diagnose.add_argument("--json", action="store_true", help="print one JSON object")
    diagnose.add_argument(
        "--scan", action="store_true", help="also scan the I2C buses; on real ones it can disturb chips"
    )
    diagnose.add_argument(
        "--bundle", type=Path, metavar="FILE", help="write a zip file with the evidence, without secrets, for an issue"
    )
    diagnose.set_defaults(command=_diagnose, failed=ExitStatus.NOT_DONE)


def _diagnose(options: argparse.Namespace) -> int:
    from hostcore.cli.diagnose import Wish, diagnose  # noqa: PLC0415

    return diagnose(options.config, Wish(options.seconds, options.json, options.bundle, options.scan))


def _doctor(options: argparse.Namespace) -> int:
    from hostcore.cli.doctor import doctor  # noqa: PLC0415

    return doctor(options.config, as_json=options.json)
