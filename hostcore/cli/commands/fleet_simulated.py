"""The command that simulates a fleet."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from hostcore.cli.commands.kinds import Commands, duration, positive, seconds
from hostcore.cli.statuses import ExitStatus

if TYPE_CHECKING:
    from hostcore.broker.settings import BrokerSettings

BrokerOf = Callable[[argparse.Namespace], "tuple[BrokerSettings, str]"]
"""Returns the broker of a command line, and the prefix of topics."""

ALL, NONE = "all", "none"
_TROUBLES = "offline, silent, outage, losses, crashes, findings, alarms, duplicates, clock, old, load, removed or twin"


def add_simulate(kinds: Commands, broker_of: BrokerOf) -> argparse.ArgumentParser:
    """Add ``wasi-host fleet simulate``, without the options that say how the broker is reached. Returns its parser."""
    simulate: argparse.ArgumentParser = kinds.add_parser(
        "simulate",
        help="publish what many nodes would, with their troubles, to try a screen, a broker or a dashboard",
        description="Publish to a broker what many nodes would: readings, states, crashes, and troubles such as lost "
        "connections. Every message says that it is simulated. The same seed gives the same fleet. At the end, what "
        "the broker keeps of the nodes is removed. It asks before it floods a broker on another computer. "
        "Exit status: 0, 1 if this computer or the broker could not keep up or the broker refused messages, 2 if "
        "nothing was sent, 3 if the broker cannot be reached.",
        epilog=f"TROUBLES are all, none, or some of {_TROUBLES}, with commas between them.",
    )
    simulate.add_argument("--nodes", type=_nodes, default=100, metavar="N", help="how many (default: 100)")
    simulate.add_argument("--plugins", type=_plugins, default=10, metavar="N", help="of each node (default: 10)")
    simulate.add_argument(
        "--interval", type=seconds, default=2.0, metavar="SECONDS", help="between two readings of a plugin (default: 2)"
    )
    simulate.add_argument("--seed", type=int, default=1, metavar="N", help="another gives another fleet (default: 1)")
    simulate.add_argument(
        "--for", type=duration, dest="seconds", metavar="TIME", help="such as 10m (default: until Ctrl+C)"
    )
    simulate.add_argument(
        "--faults", type=_troubles, default=ALL, metavar="TROUBLES", help="what is wrong with nodes (default: all)"
    )
    simulate.add_argument(
        "--faulty", type=_percent, default=15.0, metavar="PERCENT", help="how many nodes have trouble (default: 15)"
    )
    simulate.add_argument(
        "--qos", type=int, choices=(0, 1), default=1, help="quality of service of the readings (default: 1)"
    )
    simulate.add_argument(
        "--connections",
        type=positive,
        default=4,
        metavar="N",
        help="how many the nodes share (default: 4); as many as nodes give each a last will of its own",
    )
    simulate.add_argument(
        "--home-assistant", action="store_true", help="also announce the nodes to Home Assistant, as hosts do"
    )
    simulate.add_argument("--keep", action="store_true", help="leave what the broker keeps, with all nodes offline")
    simulate.add_argument("-y", "--yes", action="store_true", help="do not ask about a broker on another computer")
    simulate.set_defaults(command=partial(_simulate, broker_of), failed=ExitStatus.NOT_DONE)
    return simulate


def _nodes(text: str) -> int:
    from hostcore.fleet.simulated.plan import MOST_NODES  # noqa: PLC0415 - each command loads only what it needs

    return _at_most(MOST_NODES, "nodes", text)


def _plugins(text: str) -> int:
    from hostcore.fleet.simulated.plan import MOST_PLUGINS  # noqa: PLC0415

    return _at_most(MOST_PLUGINS, "plugins of each node", text)


def _at_most(most: int, what: str, text: str) -> int:
    found = positive(text)
    if found > most:
        raise argparse.ArgumentTypeError(f"{text!r} is too many; at most {most} {what} can be simulated")
    return found


def _percent(text: str) -> float:
    try:
        found = float(text.removesuffix("%"))
    except ValueError:
        found = -1.0
    if not 0 <= found <= 100:
        raise argparse.ArgumentTypeError(f"{text!r} is not a percentage, 0 to 100")
    return found


def _troubles(text: str) -> Any:
    from hostcore.fleet.simulated.troubles import Trouble  # noqa: PLC0415

    if text in {ALL, NONE}:
        return tuple(Trouble) if text == ALL else ()
    try:
        return tuple(dict.fromkeys(map(Trouble, text.split(","))))
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text!r} has an unknown trouble; there are {', '.join(Trouble)}, {ALL} and {NONE}"
        ) from None


def _simulate(broker_of: BrokerOf, options: argparse.Namespace) -> int:
    from hostcore.cli.fleet_simulate import Wish, simulate  # noqa: PLC0415
    from hostcore.fleet.simulated.plan import Plan  # noqa: PLC0415

    settings, prefix = broker_of(options)
    plan = Plan(
        nodes=options.nodes,
        plugins=options.plugins,
        interval=options.interval,
        seed=options.seed,
        prefix=prefix,
        qos=options.qos,
        troubles=options.faults,
        percent=options.faulty,
        home_assistant="homeassistant" if options.home_assistant else "",
    )
    wish = Wish(options.seconds, options.connections, keep=options.keep, yes=options.yes)
    return simulate(settings, plan, wish)
