"""Retained messages: the newest one wins, a topic is not flooded, and what is gone is deleted."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hostcore.clock import NS_PER_S
from hostcore.mqtt.retained import BUSY_SECONDS, LEAST_NS, REFRESH_NS, Retained
from tests.accepting_broker import AcceptingBroker


class Bench:
    """A retainer at a broker in memory, and a clock."""

    def __init__(self) -> None:
        self.retained, self.broker, self.now_ns = Retained(), AcceptingBroker(), 0

    def want(self, topic: str, text: str, essence: object = None) -> None:
        self.retained.want(topic, text, text.encode, essence=essence)

    def send(self, after_ns: int = 0) -> float | None:
        self.now_ns += after_ns
        return self.retained.send(self.broker.publish, self.now_ns)

    def sent(self) -> list[tuple[str, bytes]]:
        """What has come since the last call."""
        got = [(each.topic, each.payload) for each in self.broker.got]
        assert all(each.retain for each in self.broker.got)
        self.broker.got.clear()
        return got


def test_a_new_message_is_sent_at_once_and_only_once() -> None:
    bench = Bench()
    bench.want("a", "1")
    assert bench.send() is None
    assert bench.sent() == [("a", b"1")]
    bench.want("a", "1")
    assert bench.send(10 * REFRESH_NS) is None
    assert bench.sent() == []


def test_one_that_changes_often_is_sent_from_time_to_time_with_the_newest_content() -> None:
    bench = Bench()
    bench.want("a", "1")
    bench.send()
    bench.sent()
    bench.want("a", "2")
    assert bench.send() == LEAST_NS / NS_PER_S
    bench.want("a", "3")
    assert bench.send(LEAST_NS) is None
    assert bench.sent() == [("a", b"3")]


def test_details_alone_wait_for_a_minute() -> None:
    bench = Bench()
    bench.want("a", "1", essence="well")
    bench.send()
    bench.sent()
    bench.want("a", "2", essence="well")
    assert bench.send(LEAST_NS) == (REFRESH_NS - LEAST_NS) / NS_PER_S
    assert bench.sent() == []
    bench.want("a", "3", essence="failing")
    bench.send()
    assert bench.sent() == [("a", b"3")]


def test_a_deleted_message_is_deleted_once_also_if_nobody_here_sent_it() -> None:
    bench = Bench()
    bench.want("a", "1")
    bench.send()
    bench.sent()
    for topic in ("a", "b"):
        bench.retained.clear(topic)
    bench.send()
    assert sorted(bench.sent()) == [("a", b""), ("b", b"")]
    assert len(bench.retained) == 0
    bench.retained.send_again()
    bench.send()
    assert bench.sent() == []


def test_after_a_new_connection_all_is_sent_again() -> None:
    bench = Bench()
    bench.want("a", "1")
    bench.send()
    bench.broker.is_there = False
    bench.retained.send_again()
    assert bench.send() is None
    bench.sent()
    bench.broker.is_there = True
    bench.send()
    assert bench.sent() == [("a", b"1")]


def test_a_busy_broker_is_asked_again_soon() -> None:
    bench = Bench()
    bench.want("a", "1")
    bench.broker.is_busy = True
    assert bench.send() == BUSY_SECONDS
    bench.broker.is_busy = False
    bench.send()
    assert bench.sent() == [("a", b"1")]


def test_what_is_too_large_takes_away_what_is_no_longer_true() -> None:
    bench = Bench()
    bench.broker.largest = 10
    bench.want("a", "1")
    bench.send()
    bench.want("a", "x" * 11)
    bench.send(LEAST_NS)
    assert bench.sent() == [("a", b"1"), ("a", b"")]


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("want"), st.sampled_from("abc"), st.sampled_from("1234")),
        st.tuples(st.just("clear"), st.sampled_from("abc"), st.just("")),
        st.tuples(st.sampled_from(["send", "lose", "busy"]), st.just(""), st.just("")),
    )
)


@given(steps=STEPS)
def test_whatever_happens_the_broker_has_the_newest_in_the_end(steps: list[tuple[str, str, str]]) -> None:
    bench, wanted, kept = Bench(), dict[str, bytes](), dict[str, bytes]()
    for step, topic, text in [*steps, ("send", "", ""), ("send", "", "")]:
        bench.broker.is_busy = step == "busy"
        if step == "want":
            bench.want(topic, text)
            wanted[topic] = text.encode()
        elif step == "clear":
            bench.retained.clear(topic)
            wanted.pop(topic, None)
        elif step == "lose":
            kept.clear()
            bench.retained.send_again()
        bench.send(LEAST_NS)
        for where, payload in bench.sent():
            kept[where] = payload
    assert {where: payload for where, payload in kept.items() if payload} == wanted
