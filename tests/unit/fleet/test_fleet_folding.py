"""The messages of many nodes become one line for each, whatever else is on the broker."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostcore.broker.bodies import NodeHealth, ShownFinding, TroubledPlugin
from hostcore.broker.message import Arrived
from hostcore.fleet.folding import MOST_LARGE_BYTES, Fleet
from hostcore.fleet.left_out import FORGET_SECONDS, MOST_NAMES
from hostcore.fleet.model import FleetView, Standing
from hostcore.fleet.node import GONE_SECONDS, SETTLE_SECONDS
from tests.fleet_messages import NOW, RUN, arrived, health, info, introduce, line, rfc

TROUBLED: dict[str, Any] = {"troubled": (TroubledPlugin("bme680", "backoff", "no answer"),), "troubled_count": 3}
FOUND: dict[str, Any] = {"findings": (ShownFinding("certain", "0x77 is silent"),), "findings_count": 1}


@pytest.fixture
def fleet() -> Fleet:
    fleet = Fleet()
    fleet.connected(NOW)
    return fleet


def names(view: FleetView) -> list[str]:
    return [each.name for each in view.nodes]


def test_a_node_that_is_well(fleet: Fleet) -> None:
    introduce(fleet, "pi")
    node = line(fleet)
    assert (node.standing, node.reason, node.version, node.run) == (Standing.OK, "", "1.4.0", RUN)
    assert (node.last_seen, node.is_kept, node.is_stale, node.problem) == (NOW, False, False, "")


def test_the_worst_come_first_and_names_are_sorted_as_people_do(fleet: Fleet) -> None:
    for name in ("pi10", "pi2"):
        introduce(fleet, name)
    introduce(fleet, "found", **FOUND)
    introduce(fleet, "troubled", **TROUBLED)
    introduce(fleet, "gone")
    fleet.fold(arrived("gone/status", b"offline"), NOW)
    introduce(fleet, "quiet", NOW - 500)
    view = fleet.view(NOW + 70)
    assert names(view) == ["gone", "troubled", "found", "pi2", "pi10", "quiet"]
    assert names(fleet.view(NOW + 76))[0] == "gone"  # all others are silent now
    assert view.summary.count(Standing.OK) == 3


def test_trouble_is_told_in_a_sentence(fleet: Fleet) -> None:
    introduce(fleet, "pi", **TROUBLED)
    assert line(fleet).reason == "bme680 backoff: no answer (and 2 more)"


def test_a_raised_alarm_is_trouble(fleet: Fleet) -> None:
    introduce(fleet, "pi", alarms=("hot",), alarms_count=1)
    assert (line(fleet).standing, line(fleet).reason) == (Standing.TROUBLE, "alarm hot")


def test_a_node_is_silent_after_two_and_a_half_of_its_own_intervals(fleet: Fleet) -> None:
    introduce(fleet, "pi", next_seconds=10.0)
    assert line(fleet, after=24.9).standing is Standing.OK
    silent = line(fleet, after=25.0)
    assert (silent.standing, silent.is_stale) == (Standing.SILENT, True)
    fleet.fold(arrived("pi/health", health(NOW + 30)), NOW + 30)
    assert line(fleet, after=30).standing is Standing.OK


def test_a_node_becomes_silent_although_our_clock_was_set_back(fleet: Fleet) -> None:
    introduce(fleet, "pi")
    assert line(fleet).standing is Standing.OK
    assert (line(fleet, after=-3600).standing, line(fleet, after=-3600).last_seen) == (Standing.OK, NOW - 3600)
    assert line(fleet, after=-3600 + 74).standing is Standing.OK
    assert line(fleet, after=-3600 + 75).standing is Standing.SILENT


def test_the_last_will_makes_a_node_offline_and_not_seen(fleet: Fleet) -> None:
    introduce(fleet, "pi")
    fleet.fold(arrived("pi/status", b"offline"), NOW + 45)
    node = line(fleet, after=50)
    assert (node.standing, node.last_seen, node.is_stale) == (Standing.OFFLINE, NOW, True)


def test_what_the_broker_kept_of_a_dead_node_is_silent_at_once(fleet: Fleet) -> None:
    for topic, body in (("status", b"online"), ("info", info()), ("health", health(NOW - 7200))):
        fleet.fold(arrived(f"pi/{topic}", body, kept=True), NOW)
    node = line(fleet)
    assert (node.standing, node.is_kept, node.last_seen) == (Standing.SILENT, True, NOW - 7200)
    assert "by its own clock" in node.reason


def test_what_the_broker_kept_a_moment_ago_is_taken_for_present(fleet: Fleet) -> None:
    for topic, body in (("status", b"online"), ("info", info()), ("health", health(NOW - 29))):
        fleet.fold(arrived(f"pi/{topic}", body, kept=True), NOW)
    assert line(fleet).standing is Standing.OK


def test_nothing_is_silent_while_we_have_no_broker_but_all_is_stale(fleet: Fleet) -> None:
    introduce(fleet, "pi")
    fleet.disconnected(NOW + 1, "connection refused")
    view = fleet.view(NOW + 5000)
    assert (view.nodes[0].standing, view.nodes[0].is_stale) == (Standing.OK, True)
    assert (view.link.is_connected, view.link.since, view.link.problem) == (False, NOW + 1, "connection refused")
    fleet.disconnected(NOW + 9, "no route")
    assert fleet.view(NOW + 10).link.since == NOW + 1
    fleet.connected(NOW + 6000)
    fleet.fold(arrived("pi/status", b"online", kept=True), NOW + 6000)
    assert line(fleet, after=6001).standing is Standing.OK
    assert line(fleet, after=6075).standing is Standing.SILENT


@pytest.mark.parametrize(("off", "told"), [(30.0, None), (-3600.0, -3600.0), (61.0, 61.0)])
def test_a_wrong_clock_is_told(fleet: Fleet, off: float, told: float | None) -> None:
    introduce(fleet, "pi")
    fleet.fold(arrived("pi/health", health(NOW + off)), NOW)
    assert line(fleet).clock_off == told
    assert line(fleet).standing is (Standing.OK if told is None else Standing.FINDINGS)


def test_an_old_message_does_not_make_a_clock_wrong_but_one_of_tomorrow_does(fleet: Fleet) -> None:
    fleet.fold(arrived("pi/health", health(NOW - 70), kept=True), NOW)
    assert line(fleet).clock_off is None
    fleet.fold(arrived("pi/health", health(NOW + 86_400), kept=True), NOW)
    assert line(fleet).clock_off == 86_400


def test_a_removed_node_disappears(fleet: Fleet) -> None:
    introduce(fleet, "pi")
    for part in ("status", "info"):
        fleet.fold(arrived(f"pi/{part}", b""), NOW)
    assert names(fleet.view(NOW)) == ["pi"]
    fleet.fold(arrived("pi/health", b""), NOW)
    assert names(fleet.view(NOW)) == []


def test_a_node_that_was_removed_while_we_were_away_is_told_and_then_forgotten(fleet: Fleet) -> None:
    introduce(fleet, "pi")
    introduce(fleet, "pi2")
    fleet.disconnected(NOW + 1, "gone")
    assert names(fleet.view(NOW + 10 * GONE_SECONDS)) == ["pi", "pi2"]
    back = 10 * GONE_SECONDS
    fleet.connected(NOW + back)
    fleet.fold(arrived("pi2/health", health(NOW + back), kept=True), NOW + back + 1)
    assert line(fleet, after=back + SETTLE_SECONDS - 1).standing is Standing.OK
    lacking = line(fleet, after=back + SETTLE_SECONDS)
    assert (lacking.standing, lacking.is_stale) == (Standing.UNKNOWN, True)
    assert "not at the broker any more" in lacking.reason
    assert line(fleet, "pi2", after=back + SETTLE_SECONDS).standing is Standing.OK
    assert names(fleet.view(NOW + back + GONE_SECONDS)) == ["pi2"]


def test_a_node_of_which_we_may_have_lost_a_message_is_not_called_removed(fleet: Fleet) -> None:
    introduce(fleet, "pi", next_seconds=3600)
    fleet.check(NOW)
    fleet.lose(1)
    assert line(fleet, after=GONE_SECONDS).standing is Standing.OK
    fleet.check(NOW + GONE_SECONDS)
    assert line(fleet, after=GONE_SECONDS + SETTLE_SECONDS).standing is Standing.UNKNOWN


def test_a_node_that_comes_back_after_its_broker_stays(fleet: Fleet) -> None:
    introduce(fleet, "pi")
    fleet.disconnected(NOW + 1, "gone")
    fleet.connected(NOW + 2)
    assert line(fleet, after=30).standing is Standing.UNKNOWN
    introduce(fleet, "pi", NOW + 31)
    assert line(fleet, after=31).standing is Standing.OK
    assert names(fleet.view(NOW + 2 + GONE_SECONDS)) == ["pi"]


def test_unreadable_messages_are_told_in_the_line_of_the_node(fleet: Fleet) -> None:
    introduce(fleet, "pi")
    fleet.fold(arrived("pi/health", b'{"time": 7}'), NOW)
    fleet.fold(arrived("pi/info", b"\xff"), NOW)
    assert "health time is" in line(fleet).problem
    assert "info is not UTF-8" in line(fleet).problem
    introduce(fleet, "pi")
    assert line(fleet).problem == ""


def test_a_node_whose_health_cannot_be_read_any_more_is_not_ok(fleet: Fleet) -> None:
    introduce(fleet, "pi")
    assert line(fleet).standing is Standing.OK
    fleet.fold(arrived("pi/health", b"{"), NOW + 1)
    assert line(fleet, after=1).standing is Standing.UNKNOWN


def test_a_message_of_10_mb_is_dropped_unread(fleet: Fleet) -> None:
    introduce(fleet, "pi")
    fleet.fold(arrived("pi/health", b"9" * 10_000_000), NOW)
    assert line(fleet).problem == "health has 10000000 bytes, which is too many"
    assert line(fleet).load == 0.2


def test_strangers_cannot_fill_the_memory_with_names() -> None:
    fleet = Fleet(most_nodes=10)
    for number in range(MOST_NAMES + 1000):
        fleet.fold(arrived(f"fake{number}/status", b"online"), NOW)
    view = fleet.view(NOW)
    assert len(view.nodes) == 10
    assert view.summary.left_out == MOST_NAMES
    assert len(fleet._nodes) == 10


def test_a_removed_node_makes_room() -> None:
    fleet = Fleet(most_nodes=1)
    for name, payload in (("a", b"online"), ("b", b"online")):
        fleet.fold(arrived(f"{name}/status", payload), NOW)
    assert (fleet.view(NOW).summary.left_out, fleet.has_room_again) == (1, False)
    fleet.fold(arrived("a/status", b""), NOW)
    assert fleet.has_room_again
    fleet.fold(arrived("b/status", b"online"), NOW)
    assert (names(fleet.view(NOW)), fleet.view(NOW).summary.left_out, fleet.has_room_again) == (["b"], 0, False)


def test_a_node_without_room_that_goes_is_not_left_out_any_more() -> None:
    fleet = Fleet(most_nodes=1)
    for name in ("a", "b", "c", "d"):
        fleet.fold(arrived(f"{name}/status", b"online"), NOW)
    assert fleet.view(NOW).summary.left_out == 3
    fleet.fold(arrived("b/status", b""), NOW)
    assert fleet.view(NOW).summary.left_out == 2
    fleet.fold(arrived("c/health", health()), NOW + 100)
    assert fleet.view(NOW + FORGET_SECONDS).summary.left_out == 1
    fleet.connected(NOW + FORGET_SECONDS)
    assert fleet.view(NOW + FORGET_SECONDS).summary.left_out == 0


def test_large_messages_of_many_nodes_share_their_room(fleet: Fleet) -> None:
    tags = ["x" * 60] * 900
    size = len(arrived("pi/info", info(tags=tuple(tags))).payload)
    fits = MOST_LARGE_BYTES // size
    for number in range(fits + 20):
        fleet.fold(arrived(f"pi{number}/info", info(tags=tuple(tags))), NOW)
    found = [line(fleet, f"pi{number}") for number in range(fits + 20)]
    assert [bool(each.version) for each in found] == [True] * fits + [False] * 20
    assert f"info has {size} bytes: there is no room for it beside those of all other nodes" in found[-1].problem
    fleet.fold(arrived(f"pi{fits}/info", info()), NOW)
    assert line(fleet, f"pi{fits}").version
    fleet.fold(arrived("pi0/info", b""), NOW)
    fleet.fold(arrived(f"pi{fits + 1}/info", info(tags=tuple(tags))), NOW)
    assert line(fleet, f"pi{fits + 1}").version


def test_garbage_is_no_sign_of_life(fleet: Fleet) -> None:
    introduce(fleet, "pi")
    for part in ("status", "info", "health"):
        fleet.fold(arrived(f"pi/{part}", b"garbage"), NOW + 60)
        fleet.fold(arrived(f"pi/{part}", b"9" * 100_000), NOW + 60)
    node = line(fleet, after=75)
    assert (node.standing, node.last_seen) == (Standing.SILENT, NOW)
    assert node.reason.startswith("nothing readable came for")


@pytest.mark.parametrize(
    "topic",
    [
        "other/pi/status", "wasi-host", "wasi-host/", "wasi-host//status", "wasi-host/+/status", "wasi-host/#",
        "wasi-host/pi", "wasi-host/p\x1bi/status", "wasi-host/" + "a/" * 100, "wasi-host/pi/status/deeper/and/deeper/x",
        "wasi-host/" + "a" * 65 + "/status", "$SYS/broker", "",
    ],
)  # fmt: skip
def test_other_topics_are_ignored(fleet: Fleet, topic: str) -> None:
    fleet.fold(Arrived(topic, b"online"), NOW)
    view = fleet.view(NOW)
    assert (view.nodes, view.summary.ignored) == ((), 1)


def test_what_has_not_changed_is_the_same_object(fleet: Fleet) -> None:
    introduce(fleet, "a")
    introduce(fleet, "b")
    before = fleet.view(NOW).nodes
    fleet.fold(arrived("b/health", health(NOW + 1, load=3.0)), NOW + 1)
    after = fleet.view(NOW + 1).nodes
    assert after[0] is before[0]
    assert (after[1].load, before[1].load) == (3.0, 0.2)


TOPICS = st.one_of(
    st.text(max_size=40),
    st.builds(
        "wasi-host/{}/{}".format,
        st.sampled_from(("pi", "pi2", "bad name")),
        st.sampled_from((
            "status", "info", "health", "outputs", "bme680", "bme680/state", "bme680/values", "bme680/late",
            "events/crash", "events/log", "events/other", "command/relay", "response/history", "live/x/up", "a/b/c/d",
        )),
    ),
)  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(("time", "plugins", "run", "mqtt", "id", "troubled", "findings", "alarms", "key", "x")),
            inner,
        )
    ),
    max_leaves=6,
)
PAYLOADS = st.one_of(
    st.binary(max_size=60),
    st.sampled_from((b"", b"online", b"offline", b"[" * 3000, b"9" * 5000)),
    JSON.map(lambda value: json.dumps(value).encode()),
    JSON.map(lambda value: json.dumps([value]).encode()),
)


@given(st.lists(st.tuples(TOPICS, PAYLOADS, st.booleans(), st.floats(0, 4e9)), max_size=10))
def test_no_message_raises_an_error_and_all_lines_are_printable(
    messages: list[tuple[str, bytes, bool, float]],
) -> None:
    fleet = Fleet()
    fleet.open("pi")
    for topic, payload, kept, now in messages:
        fleet.fold(Arrived(topic, payload, retained=kept), now)
        view = fleet.view(now)
        fleet.detail("pi", now)
    if messages:
        for node in view.nodes:
            texts = (node.reason, node.problem, node.version, node.host_name, *node.tags, *node.simulated)
            assert all(each.isprintable() for each in texts)


def test_a_health_that_another_version_wrote_is_read() -> None:
    fleet = Fleet()
    fleet.connected(NOW)
    fleet.fold(arrived("pi/status", b"online"), NOW)
    fleet.fold(arrived("pi/health", {"time": rfc(NOW), "mood": "fine"}), NOW)
    assert line(fleet).standing is Standing.OK
    assert line(fleet).quiet_after == NOW + 2.5 * NodeHealth("").next_seconds
