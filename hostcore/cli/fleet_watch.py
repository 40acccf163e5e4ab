"""``wasi-host fleet --watch``: a line for each node, and another one whenever something about it changes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from time import time, time_ns
from typing import Any

from hostcore.broker.settings import BrokerSettings
from hostcore.cli.ending import ended_by_signals
from hostcore.cli.fleet import asking
from hostcore.cli.fleet_words import node_json, node_line, text_of
from hostcore.cli.lines import local_time
from hostcore.clock import timestamp
from hostcore.fleet.model import FleetView, NodeStatus

LOOK_SECONDS = 0.5
"""How often the nodes are looked at: one becomes silent while nothing comes."""
GONE = "gone"
"""What stands in the place of a standing, if the broker knows a node no more."""
BROKER_LOST, BROKER_BACK = "the broker is lost: nothing is known from now on", "the broker is back"

News = NodeStatus | str
"""A node that is told; or the name of one that is gone."""


class Told:
    """What a person was told of each node."""

    def __init__(self) -> None:
        self._nodes: dict[str, tuple[str, str]] = {}
        self._is_connected = True

    def news(self, view: FleetView) -> Iterator[News]:
        """Yield the nodes whose standing or reason has changed, the worst first, and those that are gone."""
        if not view.link.is_connected:
            return
        for node in view.nodes:
            if self._nodes.get(node.name) != (said := (node.standing.value, node.reason)):
                self._nodes[node.name] = said
                yield node
        for name in self._nodes.keys() - {each.name for each in view.nodes}:
            del self._nodes[name]
            yield name

    def link_has_changed(self, view: FleetView) -> bool:
        """Return whether the broker was lost, or is back, since the last call."""
        before, self._is_connected = self._is_connected, view.link.is_connected
        return before != self._is_connected


def watch(settings: BrokerSettings, prefix: str, *, wait: float, writes_json: bool) -> int:
    """Print the nodes of a broker, and what changes, until a signal ends it. Blocks until then.

    Returns:
        0.

    Raises:
        BrokerAwayError: the broker cannot be reached at first.
        HostError: paho-mqtt is not installed.
    """
    told = Told()
    with ended_by_signals() as ending, asking(settings, prefix, wait) as client:
        _follow(client.view, told, ending, writes_json=writes_json)
    return 0


def _follow(look: Callable[[], FleetView], told: Told, ending: threading.Event, *, writes_json: bool) -> None:
    while True:
        view = look()
        if told.link_has_changed(view):
            print(_json(_link(view)) if writes_json else _line(_link_words(view)), flush=True)
        for each in told.news(view):
            print(_json(_body(each)) if writes_json else _line(_words(each)), flush=True)
        if ending.wait(LOOK_SECONDS):
            return


def _json(body: Mapping[str, Any]) -> str:
    return text_of({"time": timestamp(time_ns()), **body})


def _line(words: str) -> str:
    return f"{local_time(time_ns())}{words}"


def _body(news: News) -> Mapping[str, Any]:
    return {"name": news, "standing": GONE} if isinstance(news, str) else node_json(news)


def _words(news: News) -> str:
    return f"  {news} {GONE}" if isinstance(news, str) else node_line(news, time())


def _link(view: FleetView) -> Mapping[str, Any]:
    return {"connected": view.link.is_connected, "problem": view.link.problem}


def _link_words(view: FleetView) -> str:
    return f"  {BROKER_BACK if view.link.is_connected else f'{BROKER_LOST}. {view.link.problem}'}"
