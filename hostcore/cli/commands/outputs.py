"""Commands for the outputs: relays, modulated lines, LEDs."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from hostcore.cli.commands.kinds import Commands
from hostcore.cli.offered import color, relay

if TYPE_CHECKING:
    from hostcore.cli.outputs import Manner

_BESIDE_PLUGINS = (
    "The running host does it, and asks first if the hardware is real. It stays so until a plugin, a person or the "
    "host's end changes it."
)


def add(commands: Commands) -> None:
    """Add the commands."""
    switch = commands.add_parser(
        "relay", help="switch a relay of the running host", description=f"Switch a relay. {_BESIDE_PLUGINS}"
    )
    switch.add_argument("relay", type=relay, metavar="NAME", help="a relay of host.toml, such as fan")
    switch.add_argument("state", choices=("on", "off"), help="on or off")
    switch.set_defaults(command=_relay)
    pwm = commands.add_parser(
        "pwm",
        help="set a line with pulse-width modulation of the running host",
        description=f"Set a line that a plugin may modulate. {_BESIDE_PLUGINS}",
    )
    pwm.add_argument("line", metavar="LINE", help="BCM number, such as 18")
    pwm.add_argument("percent", metavar="PERCENT", help="how much of the time it is high, 0 to 100")
    pwm.add_argument("frequency", metavar="HZ", help="periods in a second, 1 to 10000")
    pwm.set_defaults(command=_pwm)
    leds = commands.add_parser(
        "leds", help="light LEDs of the running host", description=f"Light LEDs. {_BESIDE_PLUGINS}"
    )
    leds.add_argument("color", type=color, metavar="COLOUR", help="a name such as red or off, or digits such as ff8800")
    leds.add_argument("leds", nargs="?", metavar="LEDS", help="one such as 3, or some such as 0-3 (default: all)")
    leds.set_defaults(command=_leds)
    for each in (switch, pwm, leds):
        each.add_argument("--json", action="store_true", help="print one JSON object")
        each.add_argument("-y", "--yes", action="store_true", help="drive real hardware without asking")


def _manner(options: argparse.Namespace) -> Manner:
    from hostcore.cli.outputs import Manner  # noqa: PLC0415

    return Manner(options.yes, options.json)


def _relay(options: argparse.Namespace) -> int:
    from hostcore.cli.outputs import switch_relay  # noqa: PLC0415

    return switch_relay(options.config, options.relay, options.state, _manner(options))


def _pwm(options: argparse.Namespace) -> int:
    from hostcore.cli.outputs import set_pwm  # noqa: PLC0415

    return set_pwm(options.config, options.line, options.percent, options.frequency, _manner(options))


def _leds(options: argparse.Namespace) -> int:
    from hostcore.cli.outputs import light_leds  # noqa: PLC0415

    return light_leds(options.config, options.color, options.leds, _manner(options))
