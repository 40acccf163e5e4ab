"""Commands about this computer, and about what is wrong with its host."""

from __future__ import annotations

import argparse
from pathlib import Path

from hostcore.cli.commands.kinds import Commands, seconds, spi_device, uart_port, wire
from hostcore.cli.statuses import ExitStatus


def add(commands: Commands) -> None:
    """Add the commands."""
    _add_doctor(commands)
    _add_diagnose(commands)
    _add_selftest(commands)


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


def _add_selftest(commands: Commands) -> None:
    selftest = commands.add_parser(
        "selftest",
        help="try what this computer can do for drivers, and print a report to send in",
        description="Look at this computer, run the shipped plugins on the simulated Pi, scan the I2C buses, and try "
        "what you have wired for it. It takes less than a minute, and says what it skips and why. It asks before it "
        "probes a real I2C bus, and drives only the lines that you name. "
        "Exit status: 0, or 1 if a step failed.",
    )
    selftest.add_argument("--json", action="store_true", help="print one JSON object")
    selftest.add_argument("-y", "--yes", action="store_true", help="probe the real I2C buses without asking")
    wired = selftest.add_argument_group("what you have wired for this, each as often as you like")
    wired.add_argument(
        "--wire", action="append", default=[], type=wire, metavar="A-B", help="two GPIO lines, such as 16-20"
    )
    wired.add_argument(
        "--spi", action="append", default=[], type=spi_device, metavar="N.C", help="MOSI and MISO of 0.0, and no chip"
    )
    wired.add_argument(
        "--uart", action="append", default=[], type=uart_port, metavar="PORT", help="TX and RX of serial0"
    )
    selftest.set_defaults(command=_selftest)


def _diagnose(options: argparse.Namespace) -> int:
    from hostcore.cli.diagnose import Wish, diagnose  # noqa: PLC0415

    return diagnose(options.config, Wish(options.seconds, options.json, options.bundle, options.scan))


def _doctor(options: argparse.Namespace) -> int:
    from hostcore.cli.doctor import doctor  # noqa: PLC0415

    return doctor(options.config, as_json=options.json)


def _selftest(options: argparse.Namespace) -> int:
    from hostcore.cli.selftest import selftest  # noqa: PLC0415
    from hostcore.cli.selftest_buses import Wiring  # noqa: PLC0415

    wiring = Wiring(tuple(options.wire), tuple(options.spi), tuple(options.uart))
    return selftest(options.config, wiring, as_json=options.json, yes=options.yes)
