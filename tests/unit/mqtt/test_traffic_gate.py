"""The transfers of a live screen: they pass only while the gate is open, whatever kinds of events a client wants."""

from __future__ import annotations

import pytest

from hostcore.broker.groups import CommandGroup
from hostcore.clock import VirtualClock
from hostcore.events import LogWritten, Message, Outcome, TransferCompleted
from hostcore.mqtt.commands.live_session import LiveSession, TrafficGate
from hostcore.place import BusName
from tests.attached import line
from tests.scripted_session import ScriptedSession

TRANSFER = TransferCompleted(1, "light", BusName("i2c-1"), 0x23, (Message(True, b"\x20"),), Outcome.OK, "", 100)


@pytest.mark.parametrize("kinds", [(), (TransferCompleted,), (TransferCompleted, LogWritten)])
def test_only_an_open_gate_lets_them_pass(kinds: tuple[type, ...]) -> None:
    clock, session = VirtualClock(), ScriptedSession()
    gate = TrafficGate(clock)
    events = LiveSession(session, (CommandGroup.READ,), gate).subscribe(*kinds)

    def passed() -> list[type]:
        session.publish((TRANSFER, line(1)))
        return [type(item.event) for item in events.take(0)]

    others = [LogWritten] if not kinds or LogWritten in kinds else []
    assert passed() == others
    gate.open(60)
    assert passed() == [TransferCompleted, *others]
    clock.advance(60)
    gate.look()
    assert passed() == others
