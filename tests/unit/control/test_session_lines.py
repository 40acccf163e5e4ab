"""The lines of an attached session: they arrive as they were, and anything else is refused."""

from __future__ import annotations

import json
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostcore.control.lines_in import LinesIn
from hostcore.control.session_lines import (
    LONGEST_LINE,
    ask_line,
    event_line,
    parse_arrived,
    parse_ask,
    plugins_line,
)
from hostcore.control.session_messages import PluginOrder
from hostcore.events import (
    Event,
    EventsDropped,
    PageRendered,
    ReadingPublished,
)
from hostcore.events.stream import Numbered
from hostcore.session import Order
from tests.attached import PATIENCE
from tests.scripted_session import plugin_facts
from tests.unit.events.test_backlog import EVENTS

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "request", "with", "event", "sequence", "plugins", "answer"]), inner)
    ),
    max_leaves=8,
)


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
