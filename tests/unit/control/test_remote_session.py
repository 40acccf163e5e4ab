"""A session over a connection: it attaches, gets the past and what happens now, and passes requests on."""

from __future__ import annotations

import socket
import threading

import pytest

from hostcore.control.attachments import MOST_ATTACHED
from hostcore.control.remote_session import RemoteSession
from hostcore.control.session_lines import (
    KINDS,
)
from hostcore.errors import HostError
from hostcore.events import (
    CaughtUp,
    ConnectionRestored,
    EventsDropped,
    LogWritten,
    PageRendered,
    PluginsChanged,
    ScriptEnded,
)
from hostcore.events.history import HistoryMark, HistoryPoint, HistoryQuery, HistoryReport, MarkKind
from hostcore.session import Order
from tests.attached import PATIENCE, ServedSession, Told, line
from tests.scripted_session import plugin_facts
from tests.waiting import until

pytest_plugins = ["tests.attached_fixture"]


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

    def test_who_wants_nothing_gets_nothing_but_losses(self, served: ServedSession) -> None:
        served.session.publish([line(0)])
        remote = RemoteSession(served.connect, served.clock, tuple(KINDS.values()))
        told = Told(remote)
        remote.start()
        served.session.publish([line(2), EventsDropped(1, 7)])
        assert told.wait_for(EventsDropped).count == 7
        assert not told.lines(0)
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


def test_a_host_that_says_nothing_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hostcore.control.wire.GREETING_SECONDS", 0.05)
    host, front_end = socket.socketpair()
    with host, pytest.raises(ValueError, match=r"no whole line within 0.05 s"):
        RemoteSession(lambda: front_end, ServedSession().clock)
