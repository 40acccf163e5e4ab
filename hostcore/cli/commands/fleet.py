"""Commands about many hosts on one broker."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from hostcore.cli.commands.fleet_simulated import add_simulate
from hostcore.cli.commands.kinds import Commands, broker, positive, seconds
from hostcore.cli.commands.readings import moment
from hostcore.cli.statuses import ExitStatus
from hostcore.errors import BrokerError, CommandLineError

if TYPE_CHECKING:
    from collections.abc import Callable

    from hostcore.broker.settings import BrokerSettings

BROKER = "the broker, such as mqtt://pi5 or mqtts://USER@HOST:8883 (default: that of [mqtt] in host.toml)"


def add(commands: Commands) -> None:
    """Add the commands."""
    fleet = commands.add_parser(
        "fleet",
        help="show all hosts that publish to an MQTT broker",
        description="Show all hosts that publish to an MQTT broker. Without a command, it is show: wasi-host fleet "
        "mqtt://pi5 --json. The broker's password comes from --password-file, [mqtt] of host.toml or the variable "
        "WASI_HOST_MQTT_PASSWORD.",
    )
    fleet.default_command = "show"
    kinds = fleet.add_subparsers(title="commands", required=True, metavar="COMMAND")
    _add_show(kinds)
    for parser in (_add_history(kinds), _add_crashes(kinds), _add_open(kinds)):
        add_broker_options(parser, is_named=False)
    add_broker_options(add_simulate(kinds, broker_of))


def add_broker_options(parser: argparse.ArgumentParser, *, is_named: bool = True) -> None:
    """Add what says how the broker is reached.

    Args:
        parser: the command's.
        is_named: whether the broker is an argument; otherwise it is the option --broker.
    """
    if is_named:
        parser.add_argument("broker", type=_broker_or_typo, nargs="?", metavar="BROKER", help=BROKER)
    else:
        parser.add_argument("--broker", type=broker, metavar="BROKER", help=BROKER)
        parser.add_argument("too_many", type=_too_many, nargs="?", metavar="BROKER", help=argparse.SUPPRESS)
    parser.add_argument("--prefix", default="", metavar="PREFIX", help="what all topics begin with (wasi-host)")
    parser.add_argument("--mqtt-version", choices=("5", "3.1.1"), help="the version of MQTT (default: 5)")
    parser.add_argument("--user", default="", metavar="USER", help="the user of the broker")
    for name, what in (
        ("password", "has the password in its first line"),
        ("ca", "has the certificates of authorities to trust, PEM"),
        ("certificate", "has our certificate, PEM"),
        ("key", "has the key of that certificate, PEM"),
    ):
        parser.add_argument(f"--{name}-file", type=Path, metavar="FILE", help=f"{what}")


def _too_many(_text: str) -> NoReturn:
    """Refuse one more argument: most likely it is the broker, which other commands of the fleet take there.

    It can have a password, so it is not printed.
    """
    raise argparse.ArgumentTypeError("one word is too many; here the broker is an option: --broker mqtt://HOST")


def _report(text: str) -> int:
    """Read the number of a report, where a person may have named the broker."""
    return _too_many(text) if "://" in text else positive(text)


def _broker_or_typo(text: str) -> str:
    """Read the URL of a broker, where a person may have mistyped a command."""
    try:
        return broker(text)
    except argparse.ArgumentTypeError as error:
        raise argparse.ArgumentTypeError(f"{error}; wasi-host fleet -h lists the commands") from None


def _add_show(kinds: Commands) -> None:
    show = kinds.add_parser(
        "show",
        prog="wasi-host fleet",  # its name need not be said
        help="show every node, the worst first: on a screen, or as lines or JSON for scripts",
        description="Show every node, the worst first. Without a terminal, or with --json or --plain, print what is "
        "known and end: exit status 0 if all nodes are well, 1 if one is not or there is none, 2 if the command line "
        "is wrong, 3 if the broker cannot be reached.",
    )
    add_broker_options(show)
    forms = show.add_mutually_exclusive_group()
    forms.add_argument("--json", action="store_true", help="print one JSON object")
    forms.add_argument("--plain", action="store_true", help="print a line for each node")
    show.add_argument(
        "--watch", action="store_true", help="go on with a line for each change, until Ctrl+C; without the screen"
    )
    show.add_argument(
        "--wait", type=seconds, default=5.0, metavar="SECONDS", help="how long the broker may take (default: 5)"
    )
    show.set_defaults(command=_asking(_show), failed=ExitStatus.NOT_DONE)


def _add_asking(
    kinds: Commands, name: str, command: Callable[[argparse.Namespace, BrokerSettings, str], int], **words: str
) -> argparse.ArgumentParser:
    """Add a command that asks one node. Returns its parser, which needs the options for the broker in the end."""
    parser: argparse.ArgumentParser = kinds.add_parser(name, **words)
    parser.add_argument("node", metavar="NODE")
    parser.set_defaults(command=_asking(command))
    return parser


def _add_history(kinds: Commands) -> argparse.ArgumentParser:
    history = _add_asking(
        kinds,
        "history",
        _history,
        help="print past values of a node",
        description="Ask a node for its past values. It must allow it: commands = ['read'] in [mqtt] of its host.toml.",
        epilog="WHEN is as for wasi-host history: a time, or a duration before now, such as 90m.",
    )
    history.add_argument("key", metavar="PLUGIN.KEY", help="such as bme680.temperature")
    history.add_argument("--since", type=moment, default="24h", metavar="WHEN", help="the begin (default: 24h)")
    history.add_argument("--until", type=moment, default="0s", metavar="WHEN", help="the end (default: now)")
    history.add_argument("--json", action="store_true", help="print one JSON object")
    return history


def _add_crashes(kinds: Commands) -> argparse.ArgumentParser:
    crashes = _add_asking(
        kinds,
        "crashes",
        _crashes,
        help="list the crashes of a node, or show one",
        description="Ask a node for the crashes since its host started. It must allow it: commands = ['read'] in "
        "[mqtt] of its host.toml.",
    )
    crashes.add_argument("number", type=_report, nargs="?", metavar="N", help="the report to show: 1 is the newest")
    crashes.add_argument("--json", action="store_true", help="print JSON")
    return crashes


def _add_open(kinds: Commands) -> argparse.ArgumentParser:
    return _add_asking(
        kinds,
        "open",
        _open,
        help="show the own screen of a node, over the broker",
        description="Show the own screen of a node, over the broker. It only looks, unless the node allows more. The "
        "same over ssh: wasi-host --on USER@HOST.",
    )


def broker_of(options: argparse.Namespace) -> tuple[BrokerSettings, str]:
    """Return the broker of a command line, and the prefix of topics.

    Raises:
        HostError: host.toml cannot be used, or the options are contradictory.
    """
    from hostcore.cli.fleet_broker import Reach, found_broker  # noqa: PLC0415 - each command loads only what it needs

    names = ("broker", "prefix", "user", "password_file", "ca_file", "certificate_file", "key_file", "mqtt_version")
    return found_broker(Reach(options.config, **{name: found for name in names if (found := getattr(options, name))}))


def _show(options: argparse.Namespace, settings: BrokerSettings, prefix: str) -> int:
    if options.watch:
        from hostcore.cli.fleet_watch import watch  # noqa: PLC0415

        return watch(settings, prefix, wait=options.wait, writes_json=options.json)
    is_for_screen = not (options.json or options.plain) and sys.stdin.isatty() and sys.stdout.isatty()
    if is_for_screen and options.screen is not None:
        return int(options.screen.fleet(settings, prefix, ""))
    from hostcore.cli.fleet import fleet  # noqa: PLC0415

    return fleet(settings, prefix, wait=options.wait, writes_json=options.json)


def _asking(command: Callable[[argparse.Namespace, BrokerSettings, str], int]) -> Callable[[Any], int]:
    """Return the command with status 3 if there is no broker, and 1 if the node does not do it."""

    def run(options: argparse.Namespace) -> int:
        from hostcore.cli.lines import say  # noqa: PLC0415
        from hostcore.errors import BrokerAwayError  # noqa: PLC0415

        settings, prefix = broker_of(options)
        try:
            return command(options, settings, prefix)
        except BrokerError as error:
            say(f"wasi-host: {error}", is_result=False)
            return ExitStatus.NOT_RUNNING if isinstance(error, BrokerAwayError) else ExitStatus.FAILED

    return run


def _history(options: argparse.Namespace, settings: BrokerSettings, prefix: str) -> int:
    from hostcore.cli.fleet_history import Wish, history  # noqa: PLC0415

    wish = Wish(options.node, options.key, options.since, options.until, options.json)
    return history(settings, prefix, wish, datetime.now(UTC))


def _crashes(options: argparse.Namespace, settings: BrokerSettings, prefix: str) -> int:
    from hostcore.cli.fleet_crashes import crashes  # noqa: PLC0415

    return crashes(settings, prefix, options.node, options.number, writes_json=options.json)


def _open(options: argparse.Namespace, settings: BrokerSettings, prefix: str) -> int:
    if options.screen is None:
        raise CommandLineError("this program has no screen: start it as wasi-host")
    return int(options.screen.fleet(settings, prefix, options.node))
