"""``wasi-host fleet history``: the past values of a node, which it is asked for over the broker."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from hostcore.broker.answers import MOST_POINTS
from hostcore.broker.bodies import ValueInfo
from hostcore.broker.settings import BrokerSettings
from hostcore.cli.fleet import asking
from hostcore.cli.fleet_words import text_of
from hostcore.cli.history_output import print_aligned
from hostcore.cli.lines import local_time, say
from hostcore.clock import NS_PER_S, timestamp
from hostcore.errors import CommandLineError, NodeError
from hostcore.fleet.model import NodeDetail
from hostcore.fleet.reading import unix_seconds
from hostcore.log.safe_text import log_line
from hostcore.quick_dataclass import dataclass

LINES = 24
"""About how many lines a table has."""
MOST_SHOWN = 20
"""The most marks below a table."""
LONGEST_CELL = 200
UNIT_SECONDS = (0.03, 0.5)
"""The pause after which what came with the answer has been read, and how long to wait for it."""

Moment = datetime | timedelta
"""A time, or how long before now it is."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person wants to see."""

    node: str
    key: str
    """The plugin and the keys, with dots between them."""
    since: Moment
    until: Moment
    writes_json: bool = False


def history(settings: BrokerSettings, prefix: str, wish: Wish, now: datetime) -> int:
    """Print past values of a node. Blocks for up to a quarter of a minute.

    Args:
        settings: the broker.
        prefix: the first levels of all topics.
        wish: what to show.
        now: the present.

    Returns:
        0.

    Raises:
        CommandLineError: the key is none, or the begin is not before the end.
        BrokerAwayError: the broker cannot be reached.
        NodeError: the node does not answer, or refuses.
    """
    plugin, _, key = wish.key.partition(".")
    if not (plugin and key):
        raise CommandLineError(f"found {wish.key!r}, allowed is a plugin and a key of it, such as bme680.temperature")
    since, until = (each if isinstance(each, datetime) else now - each for each in (wish.since, wish.until))
    if since >= until:
        raise CommandLineError("the begin (--since) is not before the end (--until)")
    arguments = {
        "plugin": plugin,
        "key": key,
        "until": timestamp(round(until.timestamp() * NS_PER_S)),
        "seconds": (until - since).total_seconds(),
        "points": MOST_POINTS if wish.writes_json else LINES,
    }
    with asking(settings, prefix) as client:
        client.open(wish.node)  # the broker has kept the units, and sends them before the node can answer
        found = client.ask(wish.node, "history", arguments).data
        client.wait_for_state(*UNIT_SECONDS)
        detail = client.detail(wish.node)
    if not isinstance(found, dict):
        raise NodeError(f"{wish.node} answered with something else than past values")
    value = _value(detail, plugin, key)
    if wish.writes_json:
        print(text_of({**found, "unit": value.unit, "unit_is_guessed": value.is_guessed}))
    else:
        unit = f"{value.unit} (guessed)" if value.unit and value.is_guessed else value.unit
        _print(wish.key, found, unit, _measured(detail))
    return 0


def _value(detail: NodeDetail | None, plugin: str, key: str) -> ValueInfo:
    """Return what a number measures, as far as its node has said that."""
    plugins = (each for each in detail.plugins if each.name == plugin) if detail else ()
    return next((value for each in plugins for value in each.values if value.key == key), ValueInfo(key))


def _measured(detail: NodeDetail | None) -> Sequence[str]:
    """Return what a node measures, as far as it has said that."""
    plugins = detail.plugins if detail else ()
    return [f"{each.name}.{value.key}" for each in plugins for value in each.values]


def _print(key: str, found: Mapping[str, Any], unit: str, measured: Sequence[str]) -> None:
    head = ("TIME", "LOWEST", "MEAN", "HIGHEST", "UNIT", "VALUES", "")
    rows = [head, *_rows(_objects(found.get("points")), unit)]
    if len(rows) > 1:
        print_aligned(rows)
    else:
        others = log_line(", ".join(measured[:MOST_SHOWN])) if key not in measured else ""
        say(f"no values of {key} are stored of this time{f'; the node measures {others}' if others else ''}")
    marks = _objects(found.get("marks"))[-MOST_SHOWN:]
    if marks:
        print("\nWhat happened:")
    for mark in marks:
        plugin, kind, text = (_cell(mark.get(name)) for name in ("plugin", "kind", "text"))
        say(f"  {_time(mark)}  {plugin or '*host'}  {kind}: {text}")
    if problem := found.get("problem"):
        say(f"wasi-host: {_cell(problem)}", is_result=False)


def _rows(points: Sequence[Mapping[str, Any]], unit: str) -> Iterator[tuple[str, ...]]:
    for point in points:
        mean = point.get("value")
        numbers = (_number(each) for each in (point.get("lowest", mean), mean, point.get("highest", mean)))
        notes = {"gap": "after a gap", "simulated": "simulated", "injected": "faults on demand"}
        note = ", ".join(words for name, words in notes.items() if point.get(name) is True)
        yield (_time(point), *numbers, unit, _number(point.get("count", 1)), note)


def _objects(found: object) -> list[Mapping[str, Any]]:
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _time(found: Mapping[str, Any]) -> str:
    seconds = unix_seconds(found.get("time"))
    try:
        return "?" if seconds is None else local_time(round(seconds * NS_PER_S))
    except (ValueError, OverflowError, OSError):
        return "?"


def _number(found: object) -> str:
    return f"{found:.6g}" if isinstance(found, int | float) and abs(found) < 1e300 else "?"


def _cell(found: object) -> str:
    return log_line(found, LONGEST_CELL) if isinstance(found, str) else ""
