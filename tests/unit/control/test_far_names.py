"""A host in another process that is broken or hostile: what it can make a front end remember is bounded."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from hostcore.control import session_lines
from hostcore.control.far_names import LONGEST_NAME, MOST_NAMES, FarNames
from hostcore.control.message_lines import answer_line
from hostcore.control.remote_session import RemoteSession
from hostcore.control.session_lines import (
    LONGEST_KIND,
    LONGEST_LINE,
    UnknownEvent,
    event_line,
    fitting,
    parse_arrived,
    plugins_line,
)
from hostcore.control.session_messages import Greeting
from hostcore.events import (
    HOST,
    Alarm,
    AlarmCleared,
    AlarmsSet,
    Event,
    Level,
    LogWritten,
    PluginsChanged,
    PwmSet,
    ReadingPublished,
    RelaySwitched,
)
from hostcore.events.event_json import to_brief_json
from hostcore.events.stream import Numbered
from tests.attached import PATIENCE, ServedSession
from tests.scripted_session import host_facts, plugin_facts
from tests.transfers import transfer
from tests.waiting import until


def reading(plugin: str) -> ReadingPublished:
    return ReadingPublished(1, plugin, {"a": 1})


@pytest.mark.parametrize(
    "make",
    [
        lambda number: reading(f"plugin {number}"),
        lambda number: RelaySwitched(1, "light", f"relay {number}", on=True),
        lambda number: transfer(address=number),
        lambda number: AlarmsSet(1, (Alarm(f"alarm {number}", "it is hot"),)),
        lambda number: AlarmCleared(1, Alarm(f"alarm {number}", "it is hot")),
    ],
    ids=["plugins", "relays", "devices", "set alarms", "alarms"],
)
def test_new_names_are_refused_when_there_are_too_many_and_known_ones_are_not(make) -> None:  # type: ignore[no-untyped-def]
    names = FarNames()
    problems = [names.problem(make(number)) for number in range(2 * MOST_NAMES)]
    assert not any(problems[: MOST_NAMES - 1])
    assert all(problems[MOST_NAMES:])
    assert "names more than 1000 different ones" in problems[-1]
    assert names.problem(make(0)) == ""


def test_a_long_name_is_refused() -> None:
    assert FarNames().problem(reading("x" * 9_000)) == ("the name of a plugin has 9000 characters, and 250 are allowed")
    assert FarNames().present((plugin_facts("x" * (LONGEST_NAME + 1)), plugin_facts("light"))) == (
        plugin_facts("light"),
    )


@pytest.mark.parametrize(
    ("event", "what"),
    [
        (reading("\x1b]0;owned\x07"), "plugin"),
        (RelaySwitched(1, "light", "fan\u202e", on=True), "relay"),
        (AlarmsSet(1, (Alarm("\x9b2J", "it is hot"),)), "alarm"),
    ],
)
def test_a_name_that_would_act_in_a_terminal_is_refused(event: Event, what: str) -> None:
    assert FarNames().problem(event) == f"the name of a {what} has characters that a terminal acts on or does not show"


def test_a_plugin_whose_name_would_act_in_a_terminal_is_not_taken_in() -> None:
    assert FarNames().present((plugin_facts("\x1b[2J"), plugin_facts("light"))) == (plugin_facts("light"),)


def test_plugins_that_are_gone_make_room() -> None:
    names = FarNames()
    for number in range(2 * MOST_NAMES):
        names.problem(reading(f"plugin {number}"))
    names.present((plugin_facts("light"),))
    assert names.problem(reading("light")), "a view has not forgotten the others yet"
    assert names.problem(PluginsChanged(1, ("light",))) == ""
    assert names.problem(reading("light")) == ""
    assert names.problem(LogWritten(1, HOST, Level.INFO, "x")) == ""


class TestASession:
    @pytest.fixture
    def far(self) -> Iterator[tuple[socket.socket, RemoteSession]]:
        host, front_end = socket.socketpair()
        plugins = tuple(plugin_facts(f"plugin{number}") for number in range(MOST_NAMES // 2 + 50))
        host.sendall(answer_line(Greeting(1, 4711, "run", host_facts(), plugins)))
        remote = RemoteSession(lambda: front_end, ServedSession().clock)
        yield host, remote
        assert remote.stop()
        host.close()

    def test_knows_no_more_plugins_than_it_can_tell_apart(self, far: tuple[socket.socket, RemoteSession]) -> None:
        assert len(far[1].plugins()) == MOST_NAMES // 2

    def test_names_what_it_does_not_take_in_and_goes_on(self, far: tuple[socket.socket, RemoteSession]) -> None:
        host, remote = far
        told, events = remote.subscribe(), list[Event]()
        remote.start()
        host.sendall(event_line(Numbered(1, reading("x" * 9_000))) + event_line(Numbered(2, reading("light"))))
        until(lambda: events.extend(each.event for each in told.take(0)) or reading("light") in events, PATIENCE)
        assert remote.unknown == {"ReadingPublished": 1}
        lines = [each.text for each in events if isinstance(each, LogWritten)]
        assert any("the name of a plugin has 9000 characters" in each for each in lines)


def test_the_name_of_an_unknown_kind_is_cut() -> None:
    arrived = parse_arrived(b'{"sequence":1,"event":"' + b"x" * 100_000 + b'","with":{}}')
    assert arrived == UnknownEvent(1, "x" * LONGEST_KIND, "")


def test_an_event_that_is_always_small_is_not_taken_in_when_it_is_huge() -> None:
    line = event_line(Numbered(1, LogWritten(1, "light", Level.INFO, "x" * 200_000)))
    assert isinstance(parse_arrived(line), UnknownEvent)
    assert isinstance(parse_arrived(event_line(Numbered(1, PwmSet(1, "fan", 4, 100.0, 0.5)))), Numbered)


def test_plugins_that_do_not_fit_into_a_line_are_left_out() -> None:
    plugins = tuple(plugin_facts("x" * 1_000_000 + str(number)) for number in range(8))
    assert 0 < len(fitting(plugins)) < 8
    assert fitting((plugin_facts("light"),)) == (plugin_facts("light"),)
    assert fitting((plugin_facts("x" * LONGEST_LINE),)) == ()


def test_plugins_are_encoded_once_and_as_many_as_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    plugins = tuple(plugin_facts("x" * (LONGEST_LINE // 32)) for _ in range(20))
    encoded = []

    def counted(found: object) -> object:
        encoded.append(found)
        return to_brief_json(found)

    monkeypatch.setattr(session_lines, "to_brief_json", counted)
    line = plugins_line(plugins)
    assert len(encoded) == 8
    assert LONGEST_LINE // 2 * 0.8 < len(line) <= LONGEST_LINE // 2
    assert parse_arrived(line) == fitting(plugins) == plugins[:7]
