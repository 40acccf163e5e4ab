"""``wasi-host fleet crashes``: the crashes of a node since its host started, which it is asked for over the broker."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hostcore.broker.settings import BrokerSettings
from hostcore.cli.crashes import report_lines
from hostcore.cli.fleet import asking
from hostcore.cli.fleet_words import text_of
from hostcore.cli.lines import say, terminal_width, wrapped
from hostcore.errors import CommandLineError, NodeError
from hostcore.events import CrashReport
from hostcore.events.event_json import from_json
from hostcore.log.safe_text import log_line

LONGEST = 300
"""The most characters of a problem in the list."""
NO_REPLAY = "on the node: wasi-host replay crash N"


def crashes(settings: BrokerSettings, prefix: str, node: str, number: int | None, *, writes_json: bool) -> int:
    """Print the list of a node's crashes, or one report. Blocks for up to half a minute.

    Args:
        settings: the broker.
        prefix: the first levels of all topics.
        node: the name of the node.
        number: the report, from 1 (the newest) on; None for the list.
        writes_json: whether it is for a program.

    Returns:
        0.

    Raises:
        CommandLineError: there is no such report.
        BrokerAwayError: the broker cannot be reached.
        NodeError: the node does not answer, or refuses.
    """
    with asking(settings, prefix) as client:
        listed = _objects(client.ask(node, "crashes").data)
        if number is None:
            _print_list(node, listed, writes_json=writes_json)
            return 0
        if not 1 <= number <= len(listed):
            there_are = f"there are 1 to {len(listed)}, 1 is the newest" if listed else "there are none"
            raise CommandLineError(f"{node} had no crash {number} since its host started; {there_are}")
        answer = client.ask(node, "crashes", {"id": str(listed[number - 1].get("id", ""))}).data
    found = answer.get("report") if isinstance(answer, dict) else None
    if writes_json:
        print(text_of(found))
        return 0
    try:
        report = from_json(CrashReport, found, "report")
    except ValueError as error:
        raise NodeError(f"{node}: its report cannot be read: {log_line(str(error), LONGEST)}") from None
    print(*report_lines(report, f"Crash {number} of {len(listed)} on {node}:", "on the node", NO_REPLAY), sep="\n")
    return 0


def _print_list(node: str, listed: list[Mapping[str, Any]], *, writes_json: bool) -> None:
    if writes_json:
        print(text_of(listed))
        return
    if not listed:
        say(f"{node} had no crash since its host started")
    for number, each in enumerate(listed, 1):
        time, plugin, kind, problem = (_text(each, name) for name in ("time", "plugin", "kind", "problem"))
        print(*wrapped(f"{number:>3}  {time}  {plugin}, {kind}: {problem}", terminal_width(), hanging=5), sep="\n")
    if listed:
        say(f"wasi-host fleet crashes {node} N shows one.")


def _objects(found: object) -> list[Mapping[str, Any]]:
    listed = found.get("crashes") if isinstance(found, dict) else None
    return [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []


def _text(found: Mapping[str, Any], name: str) -> str:
    return log_line(str(found.get(name, "")), LONGEST)
