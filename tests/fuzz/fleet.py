"""Target: what strangers publish on the topics of a fleet, which a screen of it shows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any

from hostcore.broker.bodies import PluginHealth, ShownFinding, TroubledPlugin, ValueInfo
from hostcore.broker.groups import CommandGroup
from hostcore.broker.message import Arrived
from hostcore.cli.fleet_words import as_json, lines, text_of
from hostcore.events.event_json import to_json
from hostcore.fleet.folding import Fleet
from hostcore.fleet.reading import MOST_DECIMALS
from tests.fleet_messages import NOW, OTHER_RUN, RUN, health, info, reading, rfc
from tests.fuzz.messages import changed
from tests.fuzz.mutation import bytes_mutated
from tests.fuzz.target import Check, Target

SEEDS: tuple[tuple[str, Any], ...] = (
    ("status", "online"),
    ("info", info(tags=("attic",), simulated=("i2c-1",), commands=tuple(CommandGroup))),
    ("info", info(OTHER_RUN)),
    ("health", health(run=RUN, load=None)),
    (
        "health",
        health(
            troubled=(TroubledPlugin("bme680", "backoff", "no answer"),),
            troubled_count=1,
            findings=(ShownFinding("certain", "0x77 is silent", "bme680"),),
            findings_count=1,
            alarms=("hot",),
            alarms_count=1,
        ),
    ),
    ("outputs", {"relays": {"fan": "on"}, "pwm": {}, "leds": None}),
    ("bme680", json.loads(reading(1))),
    ("bme680/late", json.loads(reading(3, temperature=20.5, simulated=["i2c-1"]))),
    ("bme680/state", PluginHealth(rfc(NOW), "running", "running", since=rfc(NOW))),
    ("bme680/values", (ValueInfo("temperature", "°C", "temperature", "measurement", 2, "Temperature"),)),
    ("events/crash", {"plugin": "bme680", "problem": "out of bounds"}),
    ("events/log", {"time": rfc(NOW), "text": "a line"}),
    ("response/history", {"transaction": "q", "status": "ok", "data": {}}),
)
NODES = ("pi", "pi2", "p\x1bi", "+", "", "status")


def make(chance: Random) -> bytes:
    """A topic, a line feed, and a payload. A topic that begins with ``!`` was kept by the broker."""
    part, body = chance.choice(SEEDS)
    found = to_json(body)
    payload = found.encode() if isinstance(found, str) else json.dumps(changed(chance, found, 0.2)).encode()
    if chance.random() < 0.3:
        payload = bytes_mutated(chance, payload)
    if chance.random() < 0.03:
        depth = chance.choice((10, 900, 10_000))
        payload = b'{"time":' + b"[" * depth + b"]" * depth + b"}"
    node = "pi" if chance.random() < 0.8 else chance.choice(NODES)
    topic = f"wasi-host/{node}/{part}".encode()
    if chance.random() < 0.1:
        topic = bytes_mutated(chance, topic).replace(b"\n", b"")
    return (b"!" if chance.random() < 0.3 else b"") + topic + b"\n" + payload


@contextmanager
def ready(_folder: Path) -> Iterator[Check]:
    """A fleet with an opened node, as all messages before have left it."""
    fleet = Fleet(most_nodes=50)
    fleet.connected(NOW)
    fleet.open("pi")
    moment = NOW

    def check(content: bytes) -> None:
        nonlocal moment
        moment += 0.5
        topic, _, payload = content.partition(b"\n")
        is_kept = topic.startswith(b"!")
        fleet.fold(Arrived(topic.lstrip(b"!").decode(errors="replace"), payload, retained=is_kept), moment)
        _require_harmless(fleet, moment)

    yield check


def _require_harmless(fleet: Fleet, now: float) -> None:
    """Whatever came, the fleet can be written for a terminal and for a program."""
    view = fleet.view(now)
    assert all(line.isprintable() for line in lines("mqtt://pi5", "wasi-host", view, now, 80))
    assert json.loads(text_of(as_json("mqtt://pi5", "wasi-host", view)))["summary"]["nodes"] == len(view.nodes) <= 50
    if (detail := fleet.detail("pi", now)) is None:
        return
    for plugin in detail.plugins:
        assert plugin.problem.isprintable()
        assert all(each.decimals is None or 0 <= each.decimals <= MOST_DECIMALS for each in plugin.values)
    assert detail.counts.missed >= 0
    assert detail.counts.repeated + detail.counts.received >= detail.counts.late


TARGET = Target("fleet", 5, make, ready, batch=2000)
