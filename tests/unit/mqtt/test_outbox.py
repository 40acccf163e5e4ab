"""The outbox: readings go to the broker once it is there, late ones in their order, and nothing is lost unseen."""

from __future__ import annotations

import json

import pytest

from hostcore.events import AdjustedValue, ReadingPublished
from hostcore.mqtt.readings.held import MOST_LOSSES, REST_SECONDS
from hostcore.mqtt.readings.outbox import GRACE_NS, MOST_LATE_IN_FLIGHT, OutboxSettings
from hostcore.mqtt.readings.stamping import stamped
from hostcore.place import BusName
from tests.accepting_broker import id_of
from tests.unit.mqtt.outbox_bench import Bench


@pytest.fixture
def bench() -> Bench:
    return Bench()


def topics(bench: Bench) -> list[str]:
    return [each.topic.removeprefix("wasi-host/pi/") for each in bench.broker.got]


class TestAReading:
    def test_has_its_id_and_time_beside_the_marks_of_the_host(self) -> None:
        adjusted = AdjustedValue(("lux",), 290.0)
        event = ReadingPublished(
            1_704_110_400_123_000_000, "bh1750", {"lux": 300.5, "mqtt": 1}, (BusName("i2c-1"),), (), (adjusted,)
        )
        assert json.loads(stamped(event, "0a1b2c3d", 7).payload) == {
            "lux": 300.5,
            "simulated": ["i2c-1"],
            "adjusted": {"lux": 290.0},
            "mqtt": {"id": "0a1b2c3d-7", "time": "2024-01-01T12:00:00.123Z"},
        }

    def test_may_be_empty(self) -> None:
        payload = stamped(ReadingPublished(0, "button", {}), "0a1b2c3d", 1).payload
        assert json.loads(payload) == {"mqtt": {"id": "0a1b2c3d-1", "time": "1970-01-01T00:00:00.000Z"}}


class TestWithABroker:
    def test_the_newest_goes_at_once_to_the_plugins_topic_where_the_broker_keeps_it(self, bench: Bench) -> None:
        bench.read()
        assert bench.send() is None
        (message,) = bench.broker.got
        assert (message.topic, message.qos, message.retain) == ("wasi-host/pi/bh1750", 1, True)

    def test_what_is_confirmed_does_not_wait(self, bench: Bench) -> None:
        bench.read()
        bench.send()
        assert bench.outbox.waiting == 1
        bench.confirm()
        assert bench.outbox.waiting == 0

    def test_what_is_on_its_way_is_overdue_only_after_some_seconds(self, bench: Bench) -> None:
        bench.read()
        bench.send()
        assert bench.outbox.overdue == 0
        bench.clock.advance(GRACE_NS / 1e9)
        assert bench.outbox.overdue == 1

    def test_what_is_about_to_be_sent_is_not_overdue(self, bench: Bench) -> None:
        bench.read()
        assert bench.outbox.overdue == 0

    def test_without_a_broker_all_that_waits_is_overdue(self, bench: Bench) -> None:
        bench.broker.is_there = False
        bench.read()
        bench.send()
        assert bench.outbox.overdue == bench.outbox.waiting == 1

    def test_one_that_is_too_large_for_the_broker_is_dropped_and_told(self, bench: Bench) -> None:
        bench.broker.largest = 100
        bench.read(text="x" * 200)
        bench.read("bme680")
        bench.send()
        assert topics(bench) == ["bme680"]
        assert (bench.outbox.waiting, bench.outbox.dropped) == (1, 1)
        bench.read(text="x" * 200)
        bench.send()
        (told,) = bench.told
        assert "a reading of bh1750 with" in told
        assert "the broker takes 100 bytes" in told

    def test_without_room_the_newest_goes_first_and_the_others_late(self, bench: Bench) -> None:
        bench.broker.is_busy = True
        bench.read()
        assert bench.send()
        bench.read()
        bench.broker.is_busy = False
        bench.send()
        assert topics(bench) == ["bh1750", "bh1750/late"]


class TestWithoutABroker:
    def test_late_ones_come_oldest_first_with_their_own_ids(self, bench: Bench) -> None:
        bench.broker.is_there = False
        for _ in range(3):
            bench.read()
            assert bench.send() is None
        bench.send_all()
        assert topics(bench) == ["bh1750", "bh1750/late", "bh1750/late"]
        assert bench.broker.ids(late=True) == [f"{bench.run}-1", f"{bench.run}-2"]

    def test_what_was_under_way_is_sent_again_with_the_same_id(self, bench: Bench) -> None:
        bench.read()
        bench.send()
        bench.lose()
        bench.send_all()
        assert [id_of(each) for each in bench.broker.got] == [f"{bench.run}-1"] * 2
        assert topics(bench) == ["bh1750"] * 2

    def test_what_was_under_way_is_late_if_there_is_a_newer_one(self, bench: Bench) -> None:
        bench.read()
        bench.send()
        bench.lose()
        bench.read()
        bench.send_all()
        assert topics(bench)[1:] == ["bh1750", "bh1750/late"]

    def test_a_plugin_that_is_gone_keeps_no_newest_reading_at_the_broker(self, bench: Bench) -> None:
        bench.read()
        bench.send()
        bench.lose()
        bench.outbox.retire("bh1750")
        bench.send_all()
        assert topics(bench)[1:] == ["bh1750/late"]

    def test_a_large_one_with_which_the_connection_is_always_lost_is_dropped_in_the_end(self, bench: Bench) -> None:
        bench.read(text="x" * 20_000)
        bench.read("bme680")
        for _ in range(MOST_LOSSES):
            bench.broker.is_there = True
            bench.send()
            bench.lose()
        bench.send_all()
        assert (bench.outbox.dropped, topics(bench)[-1]) == (1, "bme680")
        assert "the broker ended the connection 10 times when it came" in bench.told[0]


class TestANewConnection:
    """If the broker itself was away, its subscribers have to come back, too: it keeps nothing for them."""

    @pytest.fixture
    def bench(self) -> Bench:
        bench = Bench(OutboxSettings(settling_seconds=15))
        bench.broker.is_there = False
        for _ in range(3):
            bench.read()
        bench.broker.is_there = True
        return bench

    def test_brings_the_newest_reading_at_once_and_the_late_ones_after_a_while(self, bench: Bench) -> None:
        assert bench.send() == 15
        assert topics(bench) == ["bh1750"]
        bench.send_all()
        assert topics(bench) == ["bh1750", "bh1750/late", "bh1750/late"]
        assert bench.broker.late_ns[0] == 15e9

    def test_also_brings_what_an_earlier_run_has_left_after_a_while(self, bench: Bench) -> None:
        bench.write_copy(is_last=True)
        bench.restart()
        bench.broker.is_there = True
        assert bench.send() == 15

    def test_that_follows_a_good_one_brings_them_after_a_while_again(self, bench: Bench) -> None:
        bench.send_all()
        bench.clock.advance(15)
        bench.read()
        bench.lose()
        bench.read()
        bench.broker.is_there = True
        assert bench.send() == 15

    def test_that_follows_short_ones_does_not_let_them_wait_for_ever(self, bench: Bench) -> None:
        for _ in range(4):
            bench.send()
            bench.clock.advance(4)
            bench.lose()
            bench.broker.is_there = True
        bench.send()
        assert topics(bench).count("bh1750/late") == 2

    def test_is_waited_for_without_asking_to_be_called_again(self, bench: Bench) -> None:
        bench.send()
        bench.lose()
        bench.outbox.retire("bh1750")
        assert bench.send() is None


class TestARefusedReading:
    def test_is_sent_again_when_the_broker_may_have_room(self, bench: Bench) -> None:
        bench.read()
        bench.send()
        bench.refuse("it is full")
        assert bench.send() == REST_SECONDS[0]
        bench.send_all()
        assert topics(bench) == ["bh1750/late"]
        assert bench.told == []

    def test_does_not_delay_those_that_the_broker_takes(self, bench: Bench) -> None:
        bench.read()
        bench.send()
        bench.refuse("not allowed")
        bench.read("bme680")
        bench.read("bme680")
        bench.send()
        assert topics(bench) == ["bme680", "bme680/late"]

    def test_is_dropped_in_the_end_and_told_once(self, bench: Bench) -> None:
        bench.read()
        bench.read()
        while bench.outbox.waiting:
            wait = bench.send()
            bench.refuse("not allowed")
            bench.clock.advance(wait or 0)
        (told,) = bench.told
        assert told.endswith("is dropped, and others may be: not allowed")
        assert bench.outbox.dropped == 2
        assert bench.clock.monotonic_ns() / 1e9 == sum(REST_SECONDS)


class TestALimitedRate:
    def test_lets_the_newest_ones_pass_at_any_time(self) -> None:
        bench = Bench(OutboxSettings(per_second=10))
        bench.broker.is_there = False
        for _ in range(100):
            bench.read()
        bench.broker.is_there = True
        bench.send()
        bench.read()
        bench.send()
        assert topics(bench).count("bh1750") == 2

    def test_asks_to_be_called_again(self) -> None:
        bench = Bench(OutboxSettings(per_second=10))
        bench.broker.is_there = False
        for _ in range(12):
            bench.read()
        bench.broker.is_there = True
        assert bench.send() == pytest.approx(0.1)
        bench.send_all()
        assert bench.clock.monotonic_ns() == pytest.approx(1e9, rel=0.01)

    def test_leaves_room_for_the_newest_ones_if_the_broker_is_slow(self) -> None:
        bench = Bench(OutboxSettings(per_second=1000))
        bench.broker.is_there = False
        for _ in range(200):
            bench.read()
        bench.broker.is_there = True
        for _ in range(20):
            bench.send()
            bench.clock.advance(1)
        assert topics(bench).count("bh1750/late") == MOST_LATE_IN_FLIGHT


class TestTooMuch:
    @pytest.fixture
    def bench(self) -> Bench:
        bench = Bench(OutboxSettings(most_bytes=5_000))
        bench.broker.is_there = False
        for _ in range(100):
            bench.read()
        return bench

    def test_drops_the_oldest_and_counts_them(self, bench: Bench) -> None:
        waiting = bench.outbox.waiting
        assert 5 < waiting < 15
        assert bench.outbox.dropped == 100 - waiting
        bench.send_all()
        assert bench.broker.ids(late=True) == [f"{bench.run}-{each}" for each in range(101 - waiting, 100)]

    def test_is_told_once_when_it_begins_and_once_when_it_is_over(self, bench: Bench) -> None:
        (begun,) = bench.told
        assert "Set a larger backlog_mib in [mqtt] of host.toml" in begun
        dropped = bench.outbox.dropped
        bench.send_all()
        assert bench.told[1:] == [f"the broker has all that waited; {dropped} readings were dropped"]


def test_readings_that_were_lost_on_the_way_to_the_outbox_are_counted_and_told(bench: Bench) -> None:
    bench.outbox.miss(1_200)
    assert bench.outbox.dropped == 1_200
    assert bench.told == ["this computer was too busy: up to 1,200 readings were lost before they could be sent"]


class TestTheCopy:
    def test_is_not_written_while_the_broker_confirms_at_once(self, bench: Bench) -> None:
        for _ in range(100):
            bench.read()
            bench.send()
            assert not bench.write_copy()
            bench.confirm()
            bench.clock.advance(60)
            assert not bench.write_copy()

    def test_gets_what_waits_at_once_if_the_broker_is_away(self, bench: Bench) -> None:
        bench.broker.is_there = False
        bench.read()
        bench.read()
        for _ in range(20):
            bench.send()
        assert bench.write_copy()
        assert [*bench.copy] == [(bench.run, 1), (bench.run, 2)]

    def test_gets_what_waits_longer_than_a_moment_and_loses_what_is_confirmed(self, bench: Bench) -> None:
        bench.read()
        bench.send()
        assert not bench.write_copy()
        bench.clock.advance(GRACE_NS / 1e9)
        assert bench.write_copy()
        assert [*bench.copy] == [(bench.run, 1)]
        assert not bench.write_copy()
        bench.send_all()
        assert bench.write_copy()
        assert bench.copy == {}

    def test_has_everything_at_the_end(self, bench: Bench) -> None:
        bench.read()
        bench.write_copy(is_last=True)
        assert [*bench.copy] == [(bench.run, 1)]

    def test_is_sent_late_by_the_next_run_with_the_old_ids(self, bench: Bench) -> None:
        bench.broker.is_there = False
        bench.read()
        bench.read()
        bench.write_copy(is_last=True)
        bench.restart()
        bench.read()
        bench.send_all()
        assert bench.broker.ids() == ["00000002-1", "00000001-1", "00000001-2"]
        assert topics(bench) == ["bh1750", "bh1750/late", "bh1750/late"]
        bench.write_copy()
        assert bench.copy == {}

    def test_that_is_lost_is_written_as_a_whole(self, bench: Bench) -> None:
        bench.broker.is_there = False
        bench.read()
        bench.write_copy(is_last=True)
        bench.copy.clear()
        bench.outbox.forget_copy()
        bench.read()
        assert bench.write_copy(is_last=True)
        assert [*bench.copy] == [(bench.run, 1), (bench.run, 2)]
        assert not bench.write_copy(is_last=True)

    def test_loses_what_is_confirmed_while_it_is_written(self, bench: Bench) -> None:
        bench.read()
        bench.send()
        changes = bench.outbox.changes(is_last=True)
        bench.confirm()
        assert bench.outbox.waiting == 0
        bench.outbox.copied(changes)
        assert bench.outbox.changes(is_last=True).gone == ((bench.run, 1),)
