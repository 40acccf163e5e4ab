"""A session whose connection is lost: it says so, connects again, and misses nothing or says how much."""

from __future__ import annotations

import socket
import threading
from dataclasses import replace
from random import Random

import pytest

from hostcore.control.remote_session import RemoteSession
from hostcore.errors import HostError
from hostcore.events import (
    ConnectionLost,
    ConnectionRestored,
    EventsDropped,
)
from hostcore.events.stream import EventStream
from hostcore.session import Order
from tests.attached import PATIENCE, ServedSession, Told, line
from tests.scripted_session import host_facts
from tests.waiting import until

pytest_plugins = ["tests.attached_fixture"]


class TestALostConnection:
    def test_it_is_told_and_restored_and_nothing_is_missing(self, served: ServedSession, remote: RemoteSession) -> None:
        told = Told(remote)
        remote.start()
        served.session.publish(map(line, range(3)))
        told.lines(3)
        served.is_reachable = False
        served.cut()
        assert told.wait_for(ConnectionLost).problem == "the host has ended, or it has hung up"
        with pytest.raises(HostError, match="there is no connection to the host now"):
            remote.order("light", Order.STOP)
        served.session.publish(map(line, range(3, 6)))
        served.is_reachable = True
        assert told.wait_for(ConnectionRestored).is_new_host is False
        assert told.lines(6) == [f"line {number}" for number in range(6)]
        assert not any(isinstance(each, EventsDropped) for each in told.events)

    def test_a_new_reason_why_it_stays_lost_is_told_once(self, served: ServedSession) -> None:
        tries: list[str] = []

        def connect() -> socket.socket:
            if served.is_reachable:
                return served.connect()
            tries.append("refused")
            raise HostError("ssh cannot connect to pi: Permission denied")

        remote = RemoteSession(connect, served.clock, computer="pi")
        told = Told(remote)
        remote.start()
        served.is_reachable = False
        served.cut()
        until(lambda: len(tries) >= 3, PATIENCE)
        served.is_reachable = True
        told.wait_for(ConnectionRestored)
        assert [each.problem for each in told.events if isinstance(each, ConnectionLost)] == [
            "the network to pi is lost, or the host has ended, or it has hung up",
            "ssh cannot connect to pi: Permission denied",
        ]
        assert remote.stop()

    def test_what_the_host_does_not_have_any_more_is_told_in_numbers(
        self, served: ServedSession, remote: RemoteSession
    ) -> None:
        told = Told(remote)
        remote.start()
        served.session.publish([line(0)])
        told.lines(1)
        served.is_reachable = False
        served.cut()
        told.wait_for(ConnectionLost)
        served.session.publish(map(line, range(1, 3_001)))
        served.is_reachable = True
        lost = told.wait_for(EventsDropped).count
        kept = served.backlog.since(1)
        assert lost == kept.lost == 1_000
        assert len(told.lines(1 + 2_000)) == 2_001

    def test_a_host_that_was_started_again_is_a_new_one(self, served: ServedSession, remote: RemoteSession) -> None:
        told = Told(remote)
        remote.start()
        served.session.publish([line(0)])
        told.lines(1)
        served.begin()
        served.session.facts = replace(host_facts(), started_ns=5)
        served.cut()
        assert told.wait_for(ConnectionRestored).is_new_host
        assert remote.facts.started_ns == 5
        served.session.publish([line(1)])
        assert told.lines(2) == ["line 0", "line 1"]

    def test_one_that_is_lost_at_once_again_misses_nothing_of_the_new_host(
        self, served: ServedSession, remote: RemoteSession
    ) -> None:
        told = Told(remote)
        remote.start()
        served.session.publish(map(line, range(20)))
        told.lines(20)
        served.session.stream = EventStream(served.clock)  # its numbers begin again
        served.begin()
        served.cut()
        until(lambda: told.count(ConnectionRestored) == 1, PATIENCE)
        served.is_reachable = False
        served.cut()
        until(lambda: told.count(ConnectionLost) == 2, PATIENCE)
        served.session.publish(map(line, range(20, 23)))
        served.is_reachable = True
        assert told.lines(23) == [f"line {number}" for number in range(23)]
        assert told.count(EventsDropped) == 0

    def test_cut_at_a_hundred_random_moments_it_misses_nothing_and_gets_nothing_twice(
        self, served: ServedSession, remote: RemoteSession, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("hostcore.control.remote_session.FIRST_DELAY", 0.001)
        monkeypatch.setattr("hostcore.control.attachments.PACE", 0.001)
        chance, told, published = Random(7), Told(remote), 0
        remote.start()
        for _ in range(100):
            count = chance.randrange(20)
            served.session.publish(map(line, range(published, published + count)))
            published += count
            told.lines(chance.randrange(published + 1))
            until(lambda: served.connections, PATIENCE)
            served.cut()
        assert told.lines(published) == [f"line {number}" for number in range(published)]
        assert told.count(ConnectionLost) > 20
        assert told.count(EventsDropped) == 0

    def test_a_request_that_waits_fails_when_the_connection_is_lost(self, served: ServedSession) -> None:
        remote = served.front_end()
        remote.start()
        asked, go_on = threading.Event(), threading.Event()

        def order(_plugin: str, _order: Order) -> None:
            asked.set()
            go_on.wait(PATIENCE)

        served.session.order = order  # type: ignore[method-assign]
        problems: list[str] = []

        def ask() -> None:
            try:
                remote.order("light", Order.STOP)
            except HostError as error:
                problems.append(str(error))

        asking = threading.Thread(target=ask)
        asking.start()
        assert asked.wait(PATIENCE)
        served.cut()
        asking.join(PATIENCE)
        go_on.set()
        assert problems == ["the connection to the host was lost; it may have done it"]
        assert remote.stop()

    def test_it_leaves_within_a_second_even_while_it_tries_to_connect(self, served: ServedSession) -> None:
        remote = served.front_end()
        told = Told(remote)
        remote.start()
        served.is_reachable = False
        served.cut()
        told.wait_for(ConnectionLost)
        assert remote.stop()
