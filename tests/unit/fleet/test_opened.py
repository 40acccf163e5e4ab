"""An opened node: its plugins, readings and events, with repeated readings dropped and missing ones counted."""

from __future__ import annotations

import json

import pytest

from hostcore.broker.bodies import PluginHealth, ValueInfo
from hostcore.broker.topics import RESERVED
from hostcore.fleet.folding import Fleet
from hostcore.fleet.model import NodeDetail, PluginStatus, Standing
from hostcore.fleet.opened import MOST_EVENT_BYTES, MOST_EVENTS, MOST_LINES
from hostcore.fleet.plugins import MOST_LARGE_BYTES, MOST_PLUGINS, SMALL_BYTES
from hostcore.fleet.reading import MOST_BYTES_OF_READING
from tests.fleet_messages import NOW, OTHER_RUN, RUN, arrived, info, introduce, reading, rfc


@pytest.fixture
def fleet() -> Fleet:
    fleet = Fleet()
    fleet.connected(NOW)
    introduce(fleet, "pi")
    fleet.open("pi")
    return fleet


def detail(fleet: Fleet) -> NodeDetail:
    found = fleet.detail("pi", NOW)
    assert found is not None
    return found


def plugin(fleet: Fleet, name: str = "bme680") -> PluginStatus:
    (found,) = (each for each in detail(fleet).plugins if each.name == name)
    return found


def tell(fleet: Fleet, topic: str, body: object, *, kept: bool = False) -> None:
    fleet.fold(arrived(f"pi/{topic}", body, kept=kept), NOW)


def test_a_node_that_goes_and_comes_back_is_an_event_and_what_the_broker_had_kept_is_none(fleet: Fleet) -> None:
    tell(fleet, "status", b"online", kept=True)
    for each in (b"offline", b"offline", b"online", b"what?"):
        tell(fleet, "status", each)
    assert [each.kind for each in detail(fleet).events] == ["offline", "online"]


def test_a_node_that_is_not_open_has_no_detail() -> None:
    fleet = Fleet()
    introduce(fleet, "pi")
    assert fleet.detail("pi", NOW) is None
    tell(fleet, "bme680", reading(1))
    assert fleet.view(NOW).summary.ignored == 1


def test_the_plugins_of_its_info_are_there_before_they_say_anything(fleet: Fleet) -> None:
    assert [each.name for each in detail(fleet).plugins] == ["bme680", "dht22"]


def test_a_reading_with_what_it_measures(fleet: Fleet) -> None:
    tell(fleet, "bme680", reading(1, temperature=21.5, simulated=["i2c1"]))
    tell(fleet, "bme680/values", (ValueInfo("temperature", "°C"),))
    found = plugin(fleet)
    assert found.reading == {"temperature": 21.5, "simulated": ["i2c1"]}
    assert (found.reading_time, found.values[0].unit) == (NOW, "°C")


def test_the_plugin_in_the_worst_condition_comes_first(fleet: Fleet) -> None:
    tell(fleet, "bme680/state", PluginHealth(rfc(NOW), "running", "running"))
    tell(fleet, "dht22/state", PluginHealth(rfc(NOW), "backoff", "backoff", "no answer"))
    assert [each.name for each in detail(fleet).plugins] == ["dht22", "bme680"]


def test_a_reading_that_comes_again_is_dropped(fleet: Fleet) -> None:
    for number in (1, 2, 1):
        tell(fleet, "bme680", reading(number, number=number))
    assert plugin(fleet).reading == {"number": 2}
    assert (detail(fleet).counts.received, detail(fleet).counts.repeated) == (2, 1)


def test_a_late_reading_counts_but_does_not_replace_a_newer_one(fleet: Fleet) -> None:
    for number in (1, 2, 5, 6, 7, 8):
        tell(fleet, "bme680", reading(number, number=number))
    assert detail(fleet).counts.missed == 2
    for number in (3, 4, 4):
        tell(fleet, "bme680/late", reading(number, number=number))
    assert plugin(fleet).reading == {"number": 8}
    counts = detail(fleet).counts
    assert (counts.received, counts.late, counts.repeated, counts.missed) == (8, 2, 1, 0)


def test_what_comes_while_the_broker_is_lost_is_not_missed_and_late_ones_fill_it(fleet: Fleet) -> None:
    for number in (1, 2, 3, 5, 6, 7):
        tell(fleet, "bme680", reading(number))
    fleet.disconnected(NOW + 1, "gone")
    fleet.connected(NOW + 2)
    for number in (20, 21, 22):
        tell(fleet, "bme680", reading(number))
    assert (detail(fleet).counts.missed, detail(fleet).counts.unheard) == (0, 1 + 12)
    tell(fleet, "bme680/late", reading(4))
    assert (detail(fleet).counts.missed, detail(fleet).counts.unheard) == (0, 12)


def test_a_forged_reading_freezes_nothing_and_is_told(fleet: Fleet) -> None:
    for number in range(1, 7):
        tell(fleet, "bme680", reading(number, number=number))
    tell(fleet, "bme680", reading(999_999_999_999_999, at=NOW + 1e9, number=-1))
    assert plugin(fleet).reading == {"number": -1}  # the newest on its topic, as for every other subscriber
    for number in range(7, 12):
        tell(fleet, "bme680", reading(number, number=number))
        assert plugin(fleet).reading == {"number": number}
    assert (detail(fleet).counts.missed, detail(fleet).counts.doubtful) == (0, 2)
    status = detail(fleet).status
    assert status.standing is Standing.CONFLICT
    assert status.reason.startswith("likely two hosts, or a stranger, publish under this name: a reading of bme680")


def test_the_readings_of_a_host_are_shown_although_a_stranger_took_their_ids(fleet: Fleet) -> None:
    for number in range(1, 40):
        tell(fleet, "bme680", reading(number, forged=number))
    for number in range(1, 40):
        tell(fleet, "bme680", reading(number, number=number))
        assert plugin(fleet).reading == {"number": number}
    assert detail(fleet).counts.doubtful == 39


def test_a_reading_of_an_earlier_run_in_its_turn_is_a_conflict(fleet: Fleet) -> None:
    tell(fleet, "bme680", reading(1, run=OTHER_RUN))
    assert detail(fleet).status.standing is Standing.OK
    tell(fleet, "bme680", reading(1, run=RUN))
    assert detail(fleet).status.standing is Standing.CONFLICT


def test_a_late_reading_is_shown_if_it_is_the_newest(fleet: Fleet) -> None:
    tell(fleet, "bme680/late", reading(7, number=7))
    assert plugin(fleet).reading == {"number": 7}


def test_a_late_reading_of_an_earlier_run_is_older_by_its_time(fleet: Fleet) -> None:
    tell(fleet, "bme680", reading(1, number=1))
    tell(fleet, "bme680/late", reading(900, run="00000001", at=NOW - 60, number=900))
    assert plugin(fleet).reading == {"number": 1}


def test_readings_of_a_node_show_that_it_is_not_silent(fleet: Fleet) -> None:
    fleet.fold(arrived("pi/bme680", reading(1)), NOW + 70)
    found = fleet.detail("pi", NOW + 80)
    assert found is not None
    assert found.status.last_seen == NOW + 70
    assert not found.status.is_stale


@pytest.mark.parametrize(
    ("topic", "body", "kept"),
    [
        ("bme680", b"garbage", False),
        ("bme680", reading(2), True),
        ("bme680", reading(1), False),
        ("bme680", b"", False),
        ("bme680", b"x" * (MOST_BYTES_OF_READING + 1), False),
        ("bme680/state", b"{}", False),
        ("events/log", b"garbage", False),
        ("outputs", b"garbage", False),
        ("other/other", b"{}", False),
    ],
)
def test_what_was_kept_repeated_or_cannot_be_read_shows_no_sign_of_life(
    fleet: Fleet, topic: str, body: bytes, *, kept: bool
) -> None:
    tell(fleet, "bme680", reading(1))
    fleet.fold(arrived(f"pi/{topic}", body, kept=kept), NOW + 70)
    found = fleet.detail("pi", NOW + 80)
    assert found is not None
    assert found.status.last_seen == NOW


def test_plugins_that_are_removed_or_strange_are_not_shown(fleet: Fleet) -> None:
    tell(fleet, "stranger", reading(1), kept=True)
    tell(fleet, "dht22", reading(2))
    tell(fleet, "info", info(plugins=("bme680",)))
    assert [each.name for each in detail(fleet).plugins] == ["bme680"]


def test_an_empty_message_removes_what_it_replaces(fleet: Fleet) -> None:
    tell(fleet, "bme680", reading(1))
    tell(fleet, "bme680", b"")
    assert plugin(fleet).reading is None
    tell(fleet, "bme680/late", b"")
    assert plugin(fleet) == PluginStatus("bme680")


def test_what_cannot_be_read_is_told_at_the_plugin(fleet: Fleet) -> None:
    tell(fleet, "bme680", b"{")
    tell(fleet, "bme680/state", b"[]")
    assert "reading is not JSON" in plugin(fleet).problem
    assert "state is not an object" in plugin(fleet).problem


def test_events_are_kept_in_order_and_transfers_push_no_crash_out(fleet: Fleet) -> None:
    tell(fleet, "events/crash", {"plugin": "bme680"})
    for number in range(2 * MOST_LINES):
        tell(fleet, "events/traffic", {"number": number})
    for number in range(MOST_EVENTS - 1):
        tell(fleet, "events/finding", {"number": number})
    events = detail(fleet).events
    assert [each.number for each in events] == sorted(each.number for each in events)
    assert (events[0].kind, len(events)) == ("crash", MOST_EVENTS + MOST_LINES)


def test_an_event_that_the_broker_kept_is_no_event_of_now(fleet: Fleet) -> None:
    tell(fleet, "events/crash", {"plugin": "bme680"}, kept=True)
    assert detail(fleet).events == ()


def test_large_events_push_older_ones_out(fleet: Fleet) -> None:
    text = "x" * 60_000
    for number in range(100):
        tell(fleet, "events/log", {"number": number, "text": text})
    kept = [each.body["number"] for each in detail(fleet).events]
    assert kept == list(range(100 - MOST_EVENT_BYTES // 60_040, 100))


@pytest.mark.parametrize("topic", ["events", "events/other", "events/crash/deeper", "bme680/other", "outputs/x"])
def test_other_topics_of_a_node_are_ignored(fleet: Fleet, topic: str) -> None:
    tell(fleet, topic, {})
    assert fleet.view(NOW).summary.ignored == 1


@pytest.mark.parametrize("name", sorted(RESERVED))
@pytest.mark.parametrize("rest", ["state", "values", "late"])
def test_no_plugin_has_the_name_of_a_topic_of_the_node(fleet: Fleet, name: str, rest: str) -> None:
    tell(fleet, "info", info(plugins=("bme680", name)))
    tell(fleet, f"{name}/{rest}", reading(1))
    assert [each.name for each in detail(fleet).plugins] == ["bme680"]
    assert fleet.view(NOW).summary.ignored == 1


def test_strangers_cannot_fill_the_memory_with_plugins(fleet: Fleet) -> None:
    for number in range(MOST_PLUGINS + 50):
        tell(fleet, f"fake{number}", reading(number))
    assert detail(fleet).left_out == 50


def test_the_plugins_that_a_node_has_come_before_others(fleet: Fleet) -> None:
    for number in range(MOST_PLUGINS):
        tell(fleet, f"fake{number}", reading(number, text="x" * 20_000))
    tell(fleet, "bme680", reading(1, text="x" * 20_000))
    assert plugin(fleet).reading is not None


def test_large_readings_of_all_plugins_together_are_bounded_and_what_is_left_out_is_told(fleet: Fleet) -> None:
    names = tuple(f"p{number}" for number in range(200))
    tell(fleet, "info", info(plugins=names))
    large = MOST_BYTES_OF_READING - 1000
    for number, name in enumerate(names):
        tell(fleet, name, reading(number + 1, text="x" * large))
    found = detail(fleet)
    kept = [each for each in found.plugins if each.reading]
    assert len(kept) == MOST_LARGE_BYTES // large
    assert found.left_out == len(names) - len(kept)
    assert found.counts.received == len(names)
    assert "there is no room for it beside the others of this node" in found.plugins[-1].problem
    tell(fleet, "p199", reading(500, text="x" * (SMALL_BYTES - 200)))
    assert plugin(fleet, "p199").reading is not None
    assert plugin(fleet, "p199").problem == ""
    for name in names:
        tell(fleet, name, b"")
    tell(fleet, "p198", reading(501, text="x" * large))
    assert plugin(fleet, "p198").reading is not None


def test_a_message_that_is_too_large_is_told_at_its_plugin_and_its_reading_has_come(fleet: Fleet) -> None:
    tell(fleet, "bme680", reading(1))
    tell(fleet, "bme680", reading(2, text="x" * MOST_BYTES_OF_READING))
    tell(fleet, "dht22/state", b"9" * 100_000)
    assert plugin(fleet).reading is None
    assert "bytes, which is too many" in plugin(fleet).problem
    assert plugin(fleet, "dht22").problem == "state has 100000 bytes, which is too many"
    assert (detail(fleet).counts.received, fleet.view(NOW).summary.ignored) == (2, 2)


def test_what_outputs_do(fleet: Fleet) -> None:
    tell(fleet, "outputs", {"relays": {"fan": "on"}})
    assert detail(fleet).outputs == {"relays": {"fan": "on"}}
    tell(fleet, "outputs", json.dumps([1]).encode())
    assert detail(fleet).outputs == {"relays": {"fan": "on"}}


def test_closing_forgets(fleet: Fleet) -> None:
    tell(fleet, "bme680", reading(1))
    fleet.close("pi")
    fleet.close("pi")
    fleet.open("pi")
    assert plugin(fleet).reading is None
