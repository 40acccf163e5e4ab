"""A screen with three drivers, of which one drives a display."""

from __future__ import annotations

from hostcore.events import (
    Message,
    Outcome,
    TransferCompleted,
)
from hostcore.place import BusName
from tests.screen import NOW
from tests.scripted_session import ScriptedSession, host_facts, plugin_facts


def session(kind: str = "simulated") -> ScriptedSession:
    return ScriptedSession(
        facts=host_facts(kind=kind, started_ns=NOW),
        known=[
            plugin_facts("bme680", "i2c:1:0x77"),
            plugin_facts("greedy", "i2c:1:0x08-0x10"),
            plugin_facts("light", "i2c:1:0x10"),
        ],
    )


def sent(*data: int, address: int = 0x3C, outcome: Outcome = Outcome.OK) -> TransferCompleted:
    return TransferCompleted(NOW, "oled", BusName("i2c-1"), address, (Message(True, bytes(data)),), outcome, "", 1000)
