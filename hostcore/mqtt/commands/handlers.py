"""What each command does, apart from those that begin something which goes on: those are in `watches` and `live`.

A handler reads its arguments and returns the work, which is done on another thread. So nothing is done before all
arguments are known to be right.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from hostcore.actuation import USUAL_HZ, Actuation, Color, LightLeds, SetPwm, SwitchRelay, parse_color
from hostcore.broker.answers import (
    LONGEST_SECONDS,
    MOST_POINTS,
    USUAL_POINTS,
    USUAL_SECONDS,
    history_body,
    listed_crash,
)
from hostcore.broker.groups import CommandGroup
from hostcore.clock import NS_PER_S, Clock
from hostcore.errors import HostError, RefusedCommandError
from hostcore.events import CrashLocated, PluginCrashed
from hostcore.events.crashes import CrashReport
from hostcore.events.event_json import to_json
from hostcore.events.history import HistoryQuery, HistoryReport
from hostcore.mqtt.commands.arguments import Arguments
from hostcore.mqtt.commands.node import CommandedNode
from hostcore.mqtt.commands.request import shown
from hostcore.quick_dataclass import dataclass, replace
from hostcore.session import Order, Session

LARGEST_LINE, LARGEST_LED = 1_023, 9_999
"""Numbers of lines and LEDs beyond which no host has any. The host itself knows which it has."""
LONGEST_TRACE = 20_000
"""The most characters of a traceback."""
LARGEST_REPORT = 200 << 10
"""The most bytes of a crash report; it is cut to fit into an answer."""
ON, OFF = "ON", "OFF"
"""The states of relays and LEDs, as Home Assistant writes them."""

Work = Callable[[], Mapping[str, Any]]
"""Does what a command asks for and returns what the answer says, as JSON. Blocks for seconds at most. Raises
`HostError`."""
Handler = Callable[[Arguments], Work]
"""Reads the arguments of a command. Raises `RefusedCommandError`. Does not block."""


@dataclass(frozen=True, slots=True)
class Known:
    """A command that the host knows."""

    group: CommandGroup
    """What host.toml must allow for it."""
    handler: Handler


def known_commands(node: CommandedNode) -> dict[str, Known]:
    """Return the commands by their names."""
    session, clock = node.session, node.clock
    reads = {"history": partial(_history, session, clock), "crashes": partial(_crashes, session)}
    outputs: dict[str, Callable[[Arguments], Actuation]] = {"relay": _relay, "pwm": _pwm, "leds": _leds}
    return {
        **{name: Known(CommandGroup.READ, handler) for name, handler in reads.items()},
        **{name: Known(CommandGroup.OUTPUTS, partial(_drive, session, read)) for name, read in outputs.items()},
        **{order.value: Known(CommandGroup.ORDERS, partial(_order, session, order)) for order in Order},
        "acknowledge": Known(CommandGroup.ALARMS, partial(_acknowledge, session)),
    }


def _history(session: Session, clock: Clock, arguments: Arguments) -> Work:
    until_ns = arguments.time("until", clock.wall_ns() + 1)
    seconds = arguments.number("seconds", 1, LONGEST_SECONDS, USUAL_SECONDS)
    query = HistoryQuery(
        arguments.text("plugin"),
        arguments.keys("key"),
        min(until_ns - 1, max(0, until_ns - round(seconds * NS_PER_S))),
        until_ns,
        arguments.whole("points", 1, MOST_POINTS, USUAL_POINTS),
    )
    return lambda: _past(session.history(query))


def _past(report: HistoryReport) -> dict[str, Any]:
    """Return past values as JSON.

    Raises:
        HostError: there are none, and the history says why.
    """
    if report.problem and not report.points:
        raise HostError(report.problem)
    return history_body(report)


def _crashes(session: Session, arguments: Arguments) -> Work:
    plugin, id_ = arguments.text("plugin", ""), arguments.text("id", "")
    return lambda: _report(session, id_) if id_ else {"crashes": _listed(session, plugin)}


def _listed(session: Session, plugin: str) -> list[dict[str, Any]]:
    """The crashes since the host started, the newest first; as many of each plugin as the backlog keeps."""
    return [listed_crash(each) for each in reversed(_reports(session).values()) if plugin in ("", each.plugin)]


def _report(session: Session, id_: str) -> dict[str, Any]:
    report = _reports(session).get(id_)
    if report is None:
        raise HostError(f"no crash since the start of the host has the id {shown(id_)}; leave id out for a list")
    return _report_body(report)


def _report_body(report: CrashReport) -> dict[str, Any]:
    """Return a report with as many of its transfers and lines, the newest ones, as an answer has room for."""
    short = replace(report, traceback=report.traceback[:LONGEST_TRACE], wasm_trace=report.wasm_trace[:LONGEST_TRACE])
    count = max(len(report.transfers), len(report.lines))
    while True:
        cut = replace(
            short, transfers=short.transfers[-count:] if count else (), lines=short.lines[-count:] if count else ()
        )
        body = to_json(cut)
        if not count or len(json.dumps(body)) < LARGEST_REPORT:
            left_out = len(report.transfers) - len(cut.transfers) + len(report.lines) - len(cut.lines)
            return {"report": body, **({"left_out": left_out} if left_out else {})}
        count //= 2


def _reports(session: Session) -> dict[str, CrashReport]:
    """Return the reports by the time of the crash, oldest first. A search for the place replaces the first report."""
    events = [each.event for each in session.earlier().items]
    return {str(each.report.time_ns): each.report for each in events if isinstance(each, PluginCrashed | CrashLocated)}


def _drive(session: Session, read: Callable[[Arguments], Actuation], arguments: Arguments) -> Work:
    actuation = read(arguments)

    def drive() -> dict[str, Any]:
        session.actuate(actuation)
        return {"done": str(actuation), "simulated": session.facts.simulates_output(actuation)}

    return drive


def _relay(arguments: Arguments) -> SwitchRelay:
    return SwitchRelay(arguments.text("name"), arguments.choice("state", (ON, OFF)) == ON)


def _pwm(arguments: Arguments) -> SetPwm:
    return SetPwm(
        arguments.whole("line", 0, LARGEST_LINE),
        arguments.number("duty", 0, 1),
        arguments.number("frequency_hz", 1, 10_000, USUAL_HZ),
    )


def _leds(arguments: Arguments) -> LightLeds:
    is_off = arguments.choice("state", (ON, OFF), ON) == OFF
    color = _color(arguments)
    first = arguments.whole("first", 0, LARGEST_LED, 0)
    last = arguments.whole("last", 0, LARGEST_LED, -1)
    return LightLeds((0, 0, 0) if is_off else color, first, None if last < 0 else last)


def _color(arguments: Arguments) -> Color:
    """Read a colour: its name, six hexadecimal digits, or a list of red, green and blue."""
    found = arguments.any("color")
    try:
        match found:
            case None:
                return parse_color("white")
            case str():
                return parse_color(found)
            case [int(red), int(green), int(blue)] if all(type(each) is int and 0 <= each <= 255 for each in found):
                return red, green, blue
    except ValueError:
        pass
    raise RefusedCommandError(
        f"its color is {shown(found)}; needed is a name such as red, six hexadecimal digits such as ff8800, or a list "
        "of red, green and blue from 0 to 255"
    )


def _order(session: Session, order: Order, arguments: Arguments) -> Work:
    plugin = arguments.text("plugin")

    def give() -> dict[str, Any]:
        session.order(plugin, order)
        return {"plugin": plugin, "order": order.value}

    return give


def _acknowledge(session: Session, arguments: Arguments) -> Work:
    alarm = arguments.text("name")

    def acknowledge() -> dict[str, Any]:
        session.acknowledge(alarm)
        return {"name": alarm}

    return acknowledge
