"""Whatever comes in whatever order, a fleet knows the nodes that plain sets tell of, in bounded memory."""

from __future__ import annotations

from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostcore.broker.message import Arrived
from hostcore.broker.topics import HEALTH, INFO, STATUS
from hostcore.fleet.folding import SMALL_BYTES, Fleet
from hostcore.fleet.left_out import FORGET_SECONDS
from hostcore.fleet.node import GONE_SECONDS
from hostcore.fleet.simulated.fleet import SimulatedFleet
from hostcore.fleet.simulated.plan import Plan
from hostcore.fleet.simulated.troubles import Trouble
from tests.fleet_messages import NOW, arrived, health, info

MOST_NODES = 3
NAMES = ("a", "b", "c", "d", "e")
GOOD = {
    STATUS: b"online",
    INFO: arrived("", info()).payload,
    HEALTH: arrived("", health()).payload,
}
LARGE = arrived("", info(tags=("x" * 50,) * 200)).payload
PAYLOADS = st.sampled_from((b"", b"offline", b"garbage", LARGE, b"9" * 100_000, *GOOD.values()))
MESSAGES = st.tuples(st.sampled_from(NAMES), st.sampled_from((STATUS, INFO, HEALTH)), PAYLOADS, st.booleans())
STEPS = st.one_of(MESSAGES, st.sampled_from(("connected", "disconnected", "lose", "check")), st.floats(0, GONE_SECONDS))


class _Told:
    """The nodes of a fleet, told as plainly as possible."""

    def __init__(self) -> None:
        self.parts: dict[str, set[str]] = defaultdict(set)
        """What is known of each node, also that something cannot be read."""
        self.without_room = dict[str, float]()
        self.unchecked = set[str]()
        self.checked_at = float("inf")

    def take(self, name: str, part: str, payload: bytes, now: float) -> None:
        if name not in self.names and payload and len(self.names) == MOST_NODES:
            self.without_room[name] = now
            return
        if payload or name not in self.names:
            self.without_room.pop(name, None)
        self.unchecked.discard(name)
        (self.parts[name].add if payload else self.parts[name].discard)(part)

    def check(self, now: float) -> None:
        self.unchecked, self.checked_at = self.names, now
        self.without_room.clear()

    def look(self, now: float) -> None:
        if now - self.checked_at >= GONE_SECONDS:
            self.checked_at = float("inf")
            for name in self.unchecked:
                self.parts[name].clear()
        self.without_room = {name: at for name, at in self.without_room.items() if now - at < FORGET_SECONDS}

    @property
    def names(self) -> set[str]:
        return {name for name, parts in self.parts.items() if parts}


@given(st.lists(STEPS, max_size=60))
def test_a_fleet_knows_the_nodes_that_plain_sets_tell_of(steps: list[object]) -> None:
    fleet, told, now = Fleet(most_nodes=MOST_NODES), _Told(), NOW
    for step in steps:
        match step:
            case str(name), str(part), bytes(payload), bool(kept):
                fleet.fold(Arrived(f"wasi-host/{name}/{part}", payload, retained=kept), now)
                told.take(name, part, payload, now)
            case "connected":
                fleet.connected(now)
                told.check(now)
            case "disconnected":
                fleet.disconnected(now, "gone")
                told.checked_at = float("inf")
            case "check":
                fleet.check(now)
                told.check(now)
            case "lose":
                fleet.lose(1)
                told.unchecked.clear()
            case float(seconds):
                now += seconds
        view = fleet.view(now)
        told.look(now)
        assert {each.name for each in view.nodes} == told.names
        assert view.summary.left_out == len(told.without_room)
        assert fleet.has_room_again == (bool(told.without_room) and len(told.names) < MOST_NODES)
        assert fleet._room._used in {count * len(LARGE) for count in range(MOST_NODES + 1)}
    assert len(LARGE) > SMALL_BYTES
    for name in NAMES:
        for part in GOOD:
            fleet.fold(Arrived(f"wasi-host/{name}/{part}", b""), now)
    assert (fleet.view(now).nodes, fleet._room._used) == ((), 0)


@pytest.mark.parametrize("trouble", [Trouble.OUTAGE, Trouble.LOSSES, Trouble.DUPLICATES, Trouble.OFFLINE])
def test_no_reading_of_a_simulated_node_is_doubted_and_what_is_missed_is_what_it_dropped(trouble: Trouble) -> None:
    """Its messages are those of a host: a test compares them."""
    simulated = SimulatedFleet(Plan(nodes=1, plugins=3, percent=100, troubles=(trouble,)), round(NOW * 1e9))
    fleet = Fleet()
    fleet.connected(NOW)
    fleet.open("sim-1")
    for slot in range(simulated.slot_at(1500)):
        now = NOW + simulated.due(slot)
        for _, message in simulated.messages(slot):
            fleet.fold(Arrived(message.topic, message.payload), now)
    detail = fleet.detail("sim-1", now)
    assert detail is not None
    assert (detail.counts.doubtful, detail.counts.unheard) == (0, 0)
    assert detail.counts.missed == detail.status.dropped
    assert (detail.counts.late > 0) == (trouble in {Trouble.OUTAGE, Trouble.LOSSES})
    assert (detail.counts.repeated > 0) == (trouble is Trouble.DUPLICATES)
