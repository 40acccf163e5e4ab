"""A simulated fleet says what a real one would, the same each time, and marked as simulated."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Sequence

import pytest

from hostcore.broker.bodies import NodeHealth, NodeInfo, PluginHealth, ValueInfo
from hostcore.broker.message import Message
from hostcore.broker.topics import Place, place_of
from hostcore.events.event_json import from_json
from hostcore.fleet.simulated.fleet import SimulatedFleet
from hostcore.fleet.simulated.plan import Plan
from hostcore.fleet.simulated.troubles import Trouble
from tests.simulated_nodes import ids

START_NS = 1_704_110_400_000_000_000
MINUTES = 60.0


def said(plan: Plan, seconds: float) -> list[Message]:
    """All messages of the first seconds of a fleet."""
    fleet = SimulatedFleet(plan, START_NS)
    return [message for slot in range(fleet.slot_at(seconds)) for _, message in fleet.messages(slot)]


def with_trouble(trouble: Trouble, seconds: float = 6 * MINUTES) -> list[Message]:
    """The messages of one node that has a trouble, in its first minutes."""
    return said(Plan(nodes=1, plugins=2, percent=100, troubles=(trouble,)), seconds)


def place(message: Message) -> Place:
    """Where a message belongs. It is one of a node."""
    found = place_of(message.topic, "wasi-host")
    assert found is not None
    return found


def on(messages: Sequence[Message], *levels: str) -> list[Message]:
    """The messages whose topic ends with these levels."""
    return [each for each in messages if place(each).levels[-len(levels) :] == levels]


def healths(messages: Sequence[Message]) -> list[NodeHealth]:
    return [from_json(NodeHealth, json.loads(each.payload)) for each in on(messages, "health")]


def test_the_same_plan_gives_the_same_messages() -> None:
    plan = Plan(nodes=30, plugins=3, percent=50)
    assert said(plan, 60) == said(plan, 60)


def test_another_seed_gives_other_messages() -> None:
    first, second = (said(Plan(nodes=3, plugins=3, seed=seed), 10) for seed in (1, 2))
    assert {each.payload for each in on(first, "bme680")}.isdisjoint({each.payload for each in on(second, "bme680")})


def test_nodes_have_their_readings_at_their_interval() -> None:
    messages = said(Plan(nodes=4, plugins=6, percent=0), 20)
    counts = Counter(each.topic for each in messages if b'"mqtt"' in each.payload)
    assert len(counts) == 4 * 6
    assert set(counts.values()) == {10}


def test_readings_are_spread_over_the_interval() -> None:
    fleet = SimulatedFleet(Plan(nodes=10, plugins=10, percent=0), START_NS)
    counts = [len(list(fleet.messages(slot))) for slot in range(5 * fleet.slots)]
    assert max(counts[fleet.slots :]) <= 2


def test_ids_of_a_run_have_no_gaps() -> None:
    messages = said(Plan(nodes=1, plugins=5, percent=0), 30)
    assert [number for _, number in ids(messages)] == list(range(1, 76))
    assert len({run for run, _ in ids(messages)}) == 1


def test_everything_says_that_it_is_simulated() -> None:
    messages = said(Plan(nodes=20, plugins=10, percent=100), 90)
    assert all(json.loads(each.payload)["simulated"] for each in messages if b'"mqtt"' in each.payload)
    assert all(json.loads(each.payload)["simulated"] for each in on(messages, "info"))
    assert all(json.loads(each.payload)["simulated"] for each in on(messages, "state") if each.payload)


def test_all_bodies_can_be_read_back() -> None:
    messages = said(Plan(nodes=26, plugins=5, percent=100), 90)
    kinds = {"info": NodeInfo, "health": NodeHealth, "state": PluginHealth, "values": tuple[ValueInfo, ...]}
    for level, kind in kinds.items():
        found = [each for each in on(messages, level) if each.payload]
        assert found
        for each in found:
            from_json(kind, json.loads(each.payload))


def test_a_node_without_supply_is_offline_and_comes_back_as_a_new_run() -> None:
    messages = with_trouble(Trouble.OFFLINE)
    assert [each.payload for each in on(messages, "status")][:3] == [b"online", b"offline", b"online"]
    assert len(dict.fromkeys(run for run, _ in ids(messages))) >= 2


def test_a_silent_node_says_nothing_and_stays_online() -> None:
    plan = Plan(nodes=1, plugins=1, percent=100, troubles=(Trouble.SILENT,))
    messages = said(plan, 6 * MINUTES)
    times = [json.loads(each.payload)["mqtt"]["time"] for each in on(messages, "bme680")]
    assert [each.payload for each in on(messages, "status")] == [b"online"]
    assert len(times) < 6 * MINUTES / plan.interval - 20


def test_readings_of_an_outage_come_late_with_their_own_times_and_none_is_lost() -> None:
    messages = with_trouble(Trouble.OUTAGE)
    late = on(messages, "late")
    assert late
    assert not any(each.retain for each in late)
    assert ids(late) == sorted(ids(late))
    numbers = sorted(number for _, number in ids(messages))
    assert numbers == list(range(1, len(numbers) + 1))


def test_a_node_with_little_room_loses_readings_and_says_how_many() -> None:
    plan = Plan(nodes=1, plugins=10, percent=100, troubles=(Trouble.LOSSES,))
    messages = said(plan, 6 * MINUTES)
    numbers = {number for _, number in ids(messages)}
    missing = max(numbers) - len(numbers)
    assert missing == healths(messages)[-1].dropped > 0


def test_a_plugin_in_a_crash_loop_is_quarantined_and_released() -> None:
    messages = with_trouble(Trouble.CRASHES)
    crashed = on(messages, "events", "crash")
    states = [json.loads(each.payload)["state"] for each in on(messages, "state")]
    assert len(crashed) >= 5
    assert "backoff" in states
    assert states.index("quarantined") < len(states) - 1
    assert max(each.crashes for each in healths(messages)) == len(crashed)
    assert any(each.troubled and each.troubled[0].condition == "quarantined" for each in healths(messages))


def test_a_finding_is_raised_and_cleared_while_the_plugin_fails() -> None:
    messages = with_trouble(Trouble.FINDINGS)
    assert len(on(messages, "events", "finding")) >= 2
    assert any(each.findings and each.findings[0].confidence == "certain" for each in healths(messages))
    assert any(json.loads(each.payload)["errors"] for each in on(messages, "state"))


def test_an_alarm_is_raised_and_cleared() -> None:
    messages = with_trouble(Trouble.ALARMS)
    assert len(on(messages, "events", "alarm")) >= 2
    assert {each.alarms_count for each in healths(messages)} == {0, 1}


def test_duplicates_have_the_same_id() -> None:
    found = ids(with_trouble(Trouble.DUPLICATES, 60))
    assert len(set(found)) < len(found)


def test_a_wrong_clock_is_wrong_in_readings_and_health() -> None:
    messages = with_trouble(Trouble.CLOCK, 10)
    right = "2024-01-01T12:00"
    assert not healths(messages)[0].time.startswith(right)
    assert not json.loads(on(messages, "bme680")[0].payload)["mqtt"]["time"].startswith(right)


def test_a_removed_plugin_leaves_no_retained_message() -> None:
    messages = with_trouble(Trouble.REMOVED)
    kept: dict[str, list[bytes]] = defaultdict(list)
    for each in messages:
        kept[each.topic].append(each.payload)
    cleared = [payloads for payloads in kept.values() if b"" in payloads]
    assert len(cleared) == 3
    assert len({len(json.loads(each.payload)["plugins"]) for each in on(messages, "info")}) == 2


def test_a_twin_has_the_same_name_and_another_run() -> None:
    messages = with_trouble(Trouble.TWIN, 3 * MINUTES)
    assert len({place(each).node for each in messages}) == 1
    assert len({run for run, _ in ids(messages)}) == 2
    names = [json.loads(each.payload)["host_name"] for each in on(messages, "info")]
    assert names == ["sim-1", "sim-1-twin", "sim-1", "sim-1-twin", "sim-1"]
    assert [each.payload for each in on(messages, "status")] == [b"online", b"offline"] * 4 + [b"online"]


@pytest.mark.parametrize("percent", [0, 15, 50, 100])
def test_as_many_nodes_as_wanted_have_trouble(percent: float) -> None:
    fleet = SimulatedFleet(Plan(nodes=200, plugins=1, percent=percent), START_NS)
    assert len({node.name for node in fleet.nodes if node.trouble}) == percent * 2


def test_nodes_are_announced_to_home_assistant_if_wanted() -> None:
    plan = Plan(nodes=1, plugins=2, percent=100, troubles=(Trouble.REMOVED,), home_assistant="homeassistant")
    announced = [each for each in said(plan, 6 * MINUTES) if each.topic.startswith("homeassistant/")]
    assert {each.topic for each in announced} == {
        f"homeassistant/device/sim-1/{levels}" for levels in ("config", "bme680/config", "dht22/config")
    }
    assert all("(simulated)" in json.loads(each.payload)["dev"]["name"] for each in announced if each.payload)
    assert [each.payload for each in announced].count(b"") >= 1, "the removed plugin is not announced any more"


@pytest.mark.parametrize("home_assistant", ["", "homeassistant"])
def test_the_end_removes_all_that_the_broker_keeps(home_assistant: str) -> None:
    fleet = SimulatedFleet(Plan(nodes=13, plugins=3, percent=100, home_assistant=home_assistant), START_NS)
    slots = range(fleet.slot_at(90))
    said_by_all = [message for slot in slots for _, message in fleet.messages(slot)]
    kept = {each.topic for each in said_by_all if each.retain}
    removed = {message.topic for _, message in fleet.traces()}
    assert kept == removed
    assert all(message.retain and not message.payload for _, message in fleet.traces())


def test_when_the_broker_is_back_each_node_says_everything_again_and_sends_what_it_kept() -> None:
    fleet = SimulatedFleet(Plan(nodes=1, plugins=2, percent=0), START_NS)
    node = fleet.nodes[0]
    before = [message for slot in range(10) for _, message in fleet.messages(slot)]
    node.lose_link()
    assert not [message for slot in range(10, 20) for _, message in fleet.messages(slot)]
    node.find_link()
    after = [message for slot in range(20, 30) for _, message in fleet.messages(slot)]
    assert {each.topic for each in on(before, "state")} == {each.topic for each in on(after, "state")}
    assert sorted(number for _, number in ids([*before, *after])) == list(range(1, 31))
