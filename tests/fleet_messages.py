"""Messages of nodes as they arrive from a broker."""

from __future__ import annotations

import json
from typing import Any

from hostcore.broker.bodies import NodeHealth, NodeInfo
from hostcore.broker.message import Arrived
from hostcore.broker.topics import HEALTH, INFO, STATUS
from hostcore.clock import timestamp
from hostcore.events.event_json import to_json
from hostcore.fleet.folding import Fleet
from hostcore.fleet.model import NodeStatus

NOW = 1_767_225_600.0
"""2026-01-01T00:00:00Z."""
RUN, OTHER_RUN = "3f2a91c0", "91bc0042"


def rfc(seconds: float) -> str:
    """Unix seconds as RFC 3339."""
    return timestamp(round(seconds * 1e9))


def arrived(topic: str, body: object, *, kept: bool = False) -> Arrived:
    """A message below the usual prefix. Bytes are the payload itself; anything else becomes its JSON."""
    payload = body if isinstance(body, bytes) else json.dumps(to_json(body)).encode()
    return Arrived(f"wasi-host/{topic}", payload, retained=kept)


def info(run: str = RUN, **changes: Any) -> NodeInfo:
    """What a node says of itself."""
    return NodeInfo(**{
        "version": "1.4.0", "host_name": "pi", "run": run, "started": rfc(NOW - 3600), "interval": 2.0,
        "plugins": ("bme680", "dht22"), **changes,
    })  # fmt: skip


def health(at: float = NOW, **changes: Any) -> NodeHealth:
    """How a node is: well, if nothing else is said."""
    return NodeHealth(**{"time": rfc(at), "plugins": 2, "running": 2, "load": 0.2, **changes})


def introduce(fleet: Fleet, node: str, at: float = NOW, *, kept: bool = False, **changes: Any) -> None:
    """Let a node come online, with changes to its health."""
    for part, body in ((STATUS, b"online"), (INFO, info()), (HEALTH, health(at, **changes))):
        fleet.fold(arrived(f"{node}/{part}", body, kept=kept), at)


def reading(number: int, /, run: str = RUN, at: float = NOW, **values: Any) -> bytes:
    """A reading as hosts publish it."""
    stamp = {"id": f"{run}-{number}", "time": rfc(at)}
    return json.dumps({**(values or {"temperature": 21.5}), "mqtt": stamp}).encode()


def line(fleet: Fleet, name: str = "pi", after: float = 0.0) -> NodeStatus:
    """Return the line of a node, some seconds after `NOW`."""
    (found,) = (each for each in fleet.view(NOW + after).nodes if each.name == name)
    return found
