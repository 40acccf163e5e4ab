"""A simulated fleet is sent evenly, loses nothing when the broker goes, and says when it is too much."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from hostcore.fleet.simulated.plan import Plan
from hostcore.quick_dataclass import replace
from tests.simulated_nodes import ObedientConnection, SentFleet, ids

CALM = Plan(nodes=4, plugins=5, percent=0)


def test_all_readings_are_sent_in_their_time() -> None:
    sent = SentFleet(CALM, links=2)
    assert sent.sender.begin()
    sent.sender.run(20)
    assert len(ids(sent.taken)) == 4 * 5 * 10
    assert sent.sender.progress.behind < 0.1
    assert sent.sender.progress.left_out == 0


def test_what_the_broker_does_not_take_is_counted_and_not_waited_for() -> None:
    sent = SentFleet(Plan(nodes=2, plugins=2))
    assert sent.sender.begin()
    sent.connections[0].refusal = "its access list does not allow that"
    sent.sender.run(5)
    progress = sent.sender.progress
    assert (progress.refused, progress.confirmed, progress.waiting) == (progress.sent, 0, 0)
    assert progress.refusal.endswith("its access list does not allow that")


def test_each_node_stays_on_its_connection() -> None:
    sent = SentFleet(CALM, links=2)
    sent.sender.begin()
    sent.sender.run(4)
    nodes = [{message.topic.split("/")[1] for message in connection.taken} for connection in sent.connections]
    assert nodes == [{"sim-1", "sim-3"}, {"sim-2", "sim-4"}]


def test_the_commands_of_all_nodes_are_asked_for_once() -> None:
    sent = SentFleet(CALM, links=2)
    sent.sender.begin()
    assert [connection.subscribed for connection in sent.connections] == [["wasi-host/+/command/+"], []]


def test_the_end_leaves_nothing_at_the_broker() -> None:
    sent = SentFleet(CALM)
    sent.sender.begin()
    sent.sender.run(4)
    assert sent.at_broker()
    sent.sender.clear(keep=False)
    assert not sent.at_broker()


def test_what_may_stay_says_that_the_nodes_are_offline() -> None:
    sent = SentFleet(CALM)
    sent.sender.begin()
    sent.sender.run(4)
    sent.sender.clear(keep=True)
    kept = sent.at_broker()
    assert [kept[f"wasi-host/sim-{node}/status"] for node in (1, 2, 3, 4)] == [b"offline"] * 4
    assert "wasi-host/sim-1/bme680" in kept


def test_no_reading_is_lost_while_the_broker_is_away() -> None:
    sent = SentFleet(CALM)
    sent.sender.begin()
    sent.sender.run(4)
    connection = sent.connections[0]
    connection.holds_back = True
    sent.sender.run(7)
    connection.go_down()
    sent.sender.run(20)
    connection.holds_back = False
    connection.come_up()
    sent.sender.run(40)
    by_run: dict[str, set[int]] = {}
    for run, number in ids(connection.taken):
        by_run.setdefault(run, set()).add(number)
    assert len(by_run) == 4
    assert all(numbers == set(range(1, 101)) for numbers in by_run.values())


@pytest.mark.parametrize("qos", [0, 1])
def test_nothing_is_remembered_of_what_has_arrived(qos: int) -> None:
    sent = SentFleet(replace(CALM, qos=qos))
    sent.sender.begin()
    sent.sender.run(4)
    (link,) = sent.links
    assert sent.taken
    assert (link.waiting, len(link._early)) == (0, 0)


def test_a_full_connection_is_waited_for() -> None:
    sent = SentFleet(CALM)
    sent.sender.begin()
    sent.connections[0].room = 3
    sent.sender.run(10)
    assert len(ids(sent.taken)) == 4 * 5 * 5


def test_a_fleet_that_is_too_far_behind_leaves_out_whole_intervals_and_says_so() -> None:
    sent = SentFleet(CALM)
    sent.sender.begin()
    connection = sent.connections[0]
    slow_down(connection, lambda: sent.clock.advance(0.2))
    sent.sender.run(40)
    progress = sent.sender.progress
    assert progress.left_out % (4 * 5) == 0
    assert progress.left_out > 0
    assert max(told.behind for told in sent.told) > CALM.interval
    numbers = sorted(number for run, number in ids(sent.taken) if run == ids(sent.taken)[0][0])
    assert numbers == list(range(1, len(numbers) + 1)), "what was left out was never read: no ID is missing"


def test_it_does_not_begin_without_a_broker() -> None:
    sent = SentFleet(CALM)
    connection = sent.connections[0]
    connection.start = connection.go_down  # type: ignore[method-assign]
    assert not sent.sender.begin()
    assert sent.sender.progress.problem == "the broker is gone"


def test_a_stop_ends_the_sending_at_once() -> None:
    sent = SentFleet(CALM)
    sent.sender.begin()
    slow_down(sent.connections[0], sent.stop.set)
    sent.sender.run(None)
    assert {message.topic.split("/")[1] for message in sent.taken} == {"sim-1"}


def test_a_clearing_without_a_broker_ends_with_its_problem() -> None:
    sent = SentFleet(CALM)
    sent.sender.begin()
    sent.sender.run(4)
    sent.connections[0].go_down()
    sent.sender.clear(keep=False)
    assert sent.sender.progress.problem == "the broker is gone"


def test_a_stop_leaves_the_rest_of_a_clearing() -> None:
    sent = SentFleet(CALM)
    sent.sender.begin()
    sent.sender.run(4)
    slow_down(sent.connections[0], sent.stop.set)
    before = len(sent.taken)
    sent.sender.clear(keep=False)
    assert len(sent.taken) == before + 1


def slow_down(connection: ObedientConnection, at_each: Callable[[], object]) -> None:
    """Let something happen whenever the connection takes a message."""
    publish = connection.publish

    def slowly(message):  # type: ignore[no-untyped-def]
        at_each()
        return publish(message)

    connection.publish = slowly  # type: ignore[method-assign]
