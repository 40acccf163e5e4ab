"""A session over a connection: what is cut, slow, unknown or too much is told, and the host never waits."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from random import Random
from typing import TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostcore import __version__
from hostcore.control import attachments as control_attachments
from hostcore.control.attachments import MOST_ATTACHED
from hostcore.control.lines_in import LinesIn
from hostcore.control.lines_out import STALL_SECONDS
from hostcore.control.message_lines import answer_line, request_line
from hostcore.control.remote_session import MOST_UNKNOWN, RemoteSession
from hostcore.control.session_lines import (
    LONGEST_LINE,
    ask_line,
    event_line,
    parse_arrived,
    parse_ask,
    plugins_line,
    reply_line,
)
from hostcore.control.session_messages import AttachRequest, Done, Greeting, PluginOrder
from hostcore.errors import HostError
from hostcore.events import (
    CaughtUp,
    ConnectionLost,
    ConnectionRestored,
    Event,
    EventsDropped,
    Level,
    LogWritten,
    PageRendered,
    PluginsChanged,
    ReadingPublished,
    ScriptEnded,
)
from hostcore.events.history import HistoryMark, HistoryPoint, HistoryQuery, HistoryReport, MarkKind
from hostcore.events.stream import EventStream, Numbered, Subscription
from hostcore.session import Order
from tests.attached import PATIENCE, ServedSession
from tests.scripted_session import host_facts, plugin_facts
from tests.unit.events.test_backlog import EVENTS
from tests.waiting import until

E = TypeVar("E", bound=Event)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "request", "with", "event", "sequence", "plugins", "answer"]), inner)
    ),
    max_leaves=8,
)


def line(number: int) -> LogWritten:
    return LogWritten(number, "light", Level.INFO, f"line {number}")


class Told:
    """What a subscriber of a session was told."""

    def __init__(self, session: RemoteSession) -> None:
        self.events: list[Event] = []
        self._subscription: Subscription = session.subscribe()

    def wait_for(self, kind: type[E], where: Callable[[E], bool] = lambda _event: True) -> E:
        """Wait for an event that fulfils `where`."""
        until(lambda: self._look() or any(isinstance(each, kind) and where(each) for each in self.events), PATIENCE)
        return next(each for each in self.events if isinstance(each, kind) and where(each))

    def count(self, kind: type) -> int:
        """How many events of this kind have come so far."""
        self._look()
        return sum(isinstance(each, kind) for each in self.events)

    def lines(self, count: int) -> list[str]:
        """Wait for this many lines of the plugin, and return them."""
        until(lambda: self._look() or len(self._lines()) >= count, PATIENCE)
        return self._lines()

    def _lines(self) -> list[str]:
        return [each.text for each in self.events if isinstance(each, LogWritten) and not each.by_host]

    def _look(self) -> None:
        self.events += [item.event for item in self._subscription.take(0)]


@pytest.fixture
def served() -> Iterator[ServedSession]:
    made = ServedSession()
    yield made
    assert made.join()


@pytest.fixture
def remote(served: ServedSession) -> Iterator[RemoteSession]:
    made = served.front_end()
    yield made
    assert made.stop()


class TestTheLines:
    @given(st.builds(PluginOrder, st.text(), st.sampled_from(Order)), st.integers(0, 1 << 40))
    def test_a_request_arrives_as_it_was(self, request_: PluginOrder, number: int) -> None:
        asked = parse_ask(ask_line(number, request_))
        assert (asked.number, asked.request) == (number, request_)

    @given(st.dictionaries(st.text(max_size=3), JSON), st.integers(0, 1 << 60))
    def test_so_does_an_event_whatever_is_in_a_reading(self, reading: dict[str, object], number: int) -> None:
        item = Numbered(number, ReadingPublished(1, "light", reading))
        assert parse_arrived(event_line(item)) == item

    @given(EVENTS)
    def test_so_does_every_other_kind_of_event(self, event: Event) -> None:
        assert parse_arrived(event_line(Numbered(1, event))) == Numbered(1, event)

    def test_so_do_plugins(self) -> None:
        plugins = (plugin_facts("light", "i2c:1:0x23"),)
        assert parse_arrived(plugins_line(plugins)) == plugins

    @given(st.binary() | JSON.map(lambda found: json.dumps(found).encode()))
    def test_anything_else_is_refused_in_one_line(self, found: bytes) -> None:
        for parse in (parse_arrived, parse_ask):
            try:
                parse(found)
            except ValueError as error:
                assert str(error)

    def test_nothing_nests_too_deep(self) -> None:
        with pytest.raises(ValueError, match="too many levels"):
            parse_arrived(b"[" * 100_000)

    def test_an_event_that_is_too_large_for_a_line_is_told_as_lost(self) -> None:
        page = PageRendered(7, "page", 1, "x" * LONGEST_LINE)
        assert parse_arrived(event_line(Numbered(3, page))) == Numbered(3, EventsDropped(7, 1))

    @pytest.mark.parametrize("parts", [[b"one\ntwo\nth", b"ree\n"], [b"o", b"ne\n", b"two\n", b"three\n"]])
    def test_lines_arrive_whole_however_they_are_cut(self, parts: list[bytes]) -> None:
        here, there = socket.socketpair()
        with here, there:
            lines, arriving = [], LinesIn(here, 100)
            for part in parts:
                there.sendall(part)
                lines += arriving.take(PATIENCE) or []
            assert lines == [b"one", b"two", b"three"]
            there.sendall(b"x" * 200)
            with pytest.raises(ValueError, match="a line of more than 100 bytes"):
                arriving.take(PATIENCE)


class TestAttaching:
    def test_earlier_events_come_first_and_live_ones_follow(self, served: ServedSession, remote: RemoteSession) -> None:
        told = Told(remote)
        remote.start()
        served.session.publish(map(line, range(5)))
        second = served.front_end()
        late = Told(second)
        second.start()
        assert late.lines(5) == told.lines(5) == [f"line {number}" for number in range(5)]
        served.session.publish([line(5)])
        assert late.lines(6) == told.lines(6)
        assert second.stop()

    def test_no_event_is_missing_or_comes_twice_while_many_are_published(self, served: ServedSession) -> None:
        publisher = threading.Thread(target=lambda: served.session.publish(map(line, range(1_500))))
        publisher.start()
        remotes = [served.front_end() for _ in range(3)]
        tolds = [Told(each) for each in remotes]
        for each in remotes:
            each.start()
        publisher.join()
        for told in tolds:
            assert told.lines(1_500) == [f"line {number}" for number in range(1_500)]
        assert not [each for each in remotes if not each.stop()]

    def test_the_end_of_the_earlier_events_is_told_at_once_even_where_the_last_ones_are_not_kept(
        self, served: ServedSession
    ) -> None:
        served.session.publish([line(0), line(1), ScriptEnded(1, "light")])
        remote = served.front_end()
        told = Told(remote)
        remote.start()
        told.wait_for(CaughtUp)
        assert [type(each) for each in told.events][-3:] == [LogWritten, LogWritten, CaughtUp]
        assert remote.has_caught_up
        served.cut()
        told.wait_for(ConnectionRestored)
        until(lambda: told.count(CaughtUp) == 2, PATIENCE)
        assert remote.stop()

    def test_plugins_are_known_before_the_event_that_tells_of_them(
        self, served: ServedSession, remote: RemoteSession
    ) -> None:
        told = Told(remote)
        remote.start()
        served.session.known.append(plugin_facts("new"))
        served.session.publish([PluginsChanged(1, ("new",))])
        told.wait_for(PluginsChanged)
        assert [each.name for each in remote.plugins()] == ["new"]

    def test_what_nobody_wants_does_not_cross(self, served: ServedSession) -> None:
        served.session.publish([PageRendered(1, "page", 1, "<p>"), line(0)])
        remote = RemoteSession(served.connect, served.clock, (PageRendered,))
        told = Told(remote)
        remote.start()
        served.session.publish([PageRendered(2, "page", 2, "<p>"), line(1)])
        assert told.lines(2) == ["line 0", "line 1"]
        assert told.count(PageRendered) == 0
        assert remote.stop()

    def test_a_ninth_is_refused_in_words_until_another_leaves(self, served: ServedSession) -> None:
        remotes = [served.front_end() for _ in range(MOST_ATTACHED)]
        with pytest.raises(HostError, match="8 screens are attached to the running host; close one of them first"):
            served.front_end()
        for each in remotes:
            each.start()
        assert remotes.pop().stop()
        until(lambda: _is_accepted(served, remotes), PATIENCE)
        assert not [each for each in remotes if not each.stop()]

    def test_stopping_the_host_is_a_request_of_its_own(self, served: ServedSession, remote: RemoteSession) -> None:
        remote.start()
        remote.stop_host()
        assert served.stops == 1

    def test_past_values_arrive_as_they_are(self, served: ServedSession, remote: RemoteSession) -> None:
        remote.start()
        mark = HistoryMark(5, "light", MarkKind.CRASH, "KeyError")
        served.session.stored = HistoryReport((HistoryPoint(1, 0.5, 1.0, 2.5, 3),), 60, is_complete=True, marks=(mark,))
        query = HistoryQuery("light", ("lux",), 1, 9, 10)
        assert remote.history(query) == served.session.stored
        served.is_reachable = False
        served.cut()
        until(lambda: "connection" in remote.history(query).problem, PATIENCE)

    def test_requests_before_the_start_and_after_the_stop_fail_in_time(
        self, served: ServedSession, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        remote = served.front_end()
        remote.start()
        assert remote.stop()
        with pytest.raises(HostError, match="there is no connection to the host now"):
            remote.order("light", Order.STOP)


def _is_accepted(served: ServedSession, remotes: list[RemoteSession]) -> bool:
    try:
        remotes.append(served.front_end())
    except HostError:
        return False
    remotes[-1].start()
    return True


class TestSlowAndDeadFrontEnds:
    def test_one_that_takes_nothing_is_disconnected_with_a_line_and_the_host_never_waits(
        self, served: ServedSession
    ) -> None:
        with served.connect() as dead:
            dead.sendall(request_line(AttachRequest(1, __version__)))
            assert dead.recv(100)
            while not served.warnings:
                served.session.publish([LogWritten(1, "light", Level.INFO, "x" * 1_000)] * 100)
                served.clock.advance(STALL_SECONDS / 10)
            assert served.warnings[0].endswith("was disconnected: it took nothing for 20 s")
            assert served.warnings[0].startswith("a screen (PID ")

    def test_one_that_is_too_slow_loses_the_oldest_and_is_told_how_many(
        self, served: ServedSession, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(control_attachments, "QUEUED", 10)
        remote = served.front_end()
        told = Told(remote)
        remote.start()
        served.session.publish([line(-1)])
        told.lines(1)
        served.session.publish(map(line, range(1_000)))
        served.session.publish([line(9_999)])
        told.wait_for(LogWritten, lambda event: event.text == "line 9999")
        lost = sum(each.count for each in told.events if isinstance(each, EventsDropped))
        assert lost + len(told.lines(1)) == 1_002
        assert lost
        assert remote.stop()

    def test_one_that_speaks_nonsense_is_disconnected(self, served: ServedSession) -> None:
        with served.connect() as odd:
            odd.sendall(request_line(AttachRequest(1, __version__)))
            assert odd.recv(100)
            odd.sendall(b"GET / HTTP/1.1\r\n\r\n")
            odd.settimeout(PATIENCE)
            while odd.recv(1 << 16):
                pass

    def test_a_request_of_another_version_is_refused_by_name(self, served: ServedSession) -> None:
        with served.connect() as newer:
            newer.settimeout(PATIENCE)
            newer.sendall(request_line(AttachRequest(9, "9.0")))
            answers = newer.makefile("rb")
            answers.readline()
            newer.sendall(b'{"id":4,"request":"fly","with":{}}\n{"id":5,"request":"order","with":{"plugin":1}}\n')
            assert b'"id":4,"error":{"kind":"HostError","text":"this host knows no such request; it knows order' in (
                answers.readline()
            )
            assert b"plugin is 1, not text" in answers.readline()


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


class TestAHostOfAnotherVersion:
    @pytest.fixture
    def newer(self) -> Iterator[tuple[socket.socket, RemoteSession, Told]]:
        host, front_end = socket.socketpair()
        greeting = Greeting(2, 4711, "run", replace(host_facts(), version="0.9"), ())
        host.sendall(answer_line(greeting))
        remote = RemoteSession(lambda: front_end, ServedSession().clock)
        told = Told(remote)
        remote.start()
        yield host, remote, told
        assert remote.stop()
        host.close()

    def test_the_difference_is_told(self, newer: tuple[socket.socket, RemoteSession, Told]) -> None:
        words = newer[2].wait_for(LogWritten).text
        assert words == f"this host is version 0.9, and this screen {__version__}; what only one knows is left out"

    def test_events_that_only_it_knows_are_named_once_and_counted(
        self, newer: tuple[socket.socket, RemoteSession, Told]
    ) -> None:
        host, remote, told = newer
        host.sendall(b'{"sequence":1,"event":"PluginSang","with":{}}\n' * 3 + event_line(Numbered(4, line(4))))
        assert told.lines(1) == ["line 4"]
        assert remote.unknown == {"PluginSang": 3}
        named = [each.text for each in told.events if isinstance(each, LogWritten) and "PluginSang" in each.text]
        assert named == [
            f"this host (version 0.9) sends events that this screen ({__version__}) does not know: PluginSang"
        ]

    def test_events_that_have_changed_are_named_with_what_is_wrong(
        self, newer: tuple[socket.socket, RemoteSession, Told]
    ) -> None:
        host, _, told = newer
        host.sendall(b'{"sequence":1,"event":"LogWritten","with":{"time_ns":"noon"}}\n')
        words = told.wait_for(LogWritten, lambda event: "cannot read" in event.text).text
        assert "time_ns is 'noon', not a whole number of 64 bits" in words

    def test_it_cannot_fill_the_memory_with_names(self, newer: tuple[socket.socket, RemoteSession, Told]) -> None:
        host, remote, told = newer
        for number in range(3 * MOST_UNKNOWN):
            host.sendall(b'{"sequence":1,"event":"New%d","with":{}}\n' % number)
        host.sendall(event_line(Numbered(4, line(4))))
        assert told.lines(1) == ["line 4"]
        assert len(remote.unknown) == MOST_UNKNOWN

    def test_an_answer_it_could_not_have_given_is_an_error(
        self, newer: tuple[socket.socket, RemoteSession, Told]
    ) -> None:
        host, remote, _ = newer
        host.settimeout(PATIENCE)

        def answer() -> None:
            asked = host.makefile("rb")
            asked.readline()  # the one with which it attached
            asked.readline()
            host.sendall(reply_line(1, Done()))

        answering = threading.Thread(target=answer)
        answering.start()
        with pytest.raises(HostError, match="the host answered something else: file is missing"):
            remote.source("light", "", 1)
        answering.join(PATIENCE)


def test_a_host_that_says_nothing_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hostcore.control.wire.GREETING_SECONDS", 0.05)
    host, front_end = socket.socketpair()
    with host, pytest.raises(ValueError, match=r"no whole line within 0.05 s"):
        RemoteSession(lambda: front_end, ServedSession().clock)
