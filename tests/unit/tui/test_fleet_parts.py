"""The parts of the screen of a fleet: rows, columns, rates, addresses, and what strangers may write."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostcore.broker.bodies import PluginHealth, TroubledPlugin, ValueInfo
from hostcore.errors import ScreenMemoryError
from hostcore.events.history import HistoryQuery, HistoryReport
from hostcore.fleet.asking import Answer
from hostcore.fleet.model import NodeDetail, NodeEvent, NodeStatus, PluginStatus, Standing
from hostcore.view.view import View
from tests.fleet_messages import NOW, rfc
from tui.fleet.addresses import MOST, NAME, Addresses
from tui.fleet.columns import COLUMNS, LOAD, VERSION, Column, fitting_columns, needed_columns
from tui.fleet.event_words import event_line, event_lines, streamed_line
from tui.fleet.node_session import NodeSession
from tui.fleet.node_view import NodeFold, host_facts
from tui.fleet.node_words import plugins_of, standing_of, wrong_with
from tui.fleet.plugin_words import condition_segment, plugin_lines, unix_ns
from tui.fleet.pulse import Pulse
from tui.fleet.rows import Group, NodeRow, held, rows_of
from tui.lines import width_of
from tui.look import THEMED

NOW_NS = round(NOW * 1e9)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)
OBJECTS = st.dictionaries(
    st.sampled_from(("simulated", "injected", "adjusted", "error", "temperature", "plugin", "text", "time", "level",
                     "report", "finding", "dropped", "problem", "sentence")) | st.text(max_size=10),
    JSON, max_size=6,
)  # fmt: skip


def node(name: str, standing: Standing = Standing.OK, **more: Any) -> NodeStatus:
    return NodeStatus(name, standing, "", **more)


def test_a_node_is_below_each_of_its_tags_and_the_tag_with_the_worst_comes_first() -> None:
    a, b, c = node("a", tags=("x", "y", "x")), node("b", Standing.TROUBLE, tags=("y",)), node("c")
    rows = rows_of([b, a, c], is_grouped=True)
    assert rows == [
        Group("y", (b, a)), NodeRow("y", b), NodeRow("y", a), Group("x", (a,)), NodeRow("x", a),
        Group("without a tag", (c,)), NodeRow("without a tag", c),
    ]  # fmt: skip
    assert rows_of([a, c], is_grouped=True, folded={"x", "y"})[:2] == [
        Group("x", (a,), is_folded=True),
        Group("y", (a,), is_folded=True),
    ]


def test_rows_that_are_held_keep_their_order_and_new_ones_come_last() -> None:
    before = rows_of([node("a"), node("b"), node("c")], is_grouped=False)
    after = rows_of([node("c", Standing.OFFLINE), node("d"), node("a")], is_grouped=False)
    assert [row.key[1] for row in held(after, before)] == ["a", "c", "d"]
    assert NodeRow("", node("c", Standing.OFFLINE)) in held(after, before), "what is told of it is new"


def test_a_new_node_never_stands_below_the_tag_of_others() -> None:
    before = rows_of([node("a", tags=("x",)), node("b", tags=("y",))], is_grouped=True)
    after = rows_of([node("a", tags=("x",)), node("b", tags=("y",)), node("c", tags=("x",))], is_grouped=True)
    assert [row.key for row in held(after, before)] == [row.key for row in before]


def test_there_is_no_column_in_which_no_node_has_anything() -> None:
    shown = needed_columns([node("a"), node("b", waiting=3)], ["1.4.0"])
    assert {column.title for column in COLUMNS} - {column.title for column in shown} == {"lost", "crashes", "tags"}


def test_several_versions_are_worth_more_than_other_columns() -> None:
    columns = needed_columns([node("a"), node("b")], ["1.4.0", "1.3.0"])
    assert columns.index(VERSION) < columns.index(LOAD)


@given(st.integers(20, 300), st.integers(14, 28))
def test_columns_leave_room_for_what_is_wrong(width: int, names: int) -> None:
    used = sum(column.width for column in fitting_columns(COLUMNS, width, names))
    assert not used or names + 14 + used + max(24, width // 3) + 2 <= width


@pytest.mark.parametrize("column", COLUMNS, ids=lambda each: each.title)
def test_no_cell_touches_the_one_before_it(column: Column) -> None:
    assert column.cell("x" * 40)[:1] == " "
    assert len(column.cell("x" * 40)) == column.width


def test_what_is_wrong_names_the_worst_and_counts_the_rest() -> None:
    troubled = (TroubledPlugin("light", "failing", "KeyError"), TroubledPlugin("oled", "backoff"))
    wrong = wrong_with(node("a", Standing.TROUBLE, troubled=troubled, troubled_count=3, clock_off=-7200.0, dropped=1))
    assert wrong == "light FAILING: KeyError; 2 more plugins in trouble; its clock is 2 h behind; 1 reading lost"
    assert plugins_of(node("a", plugins=5, troubled_count=3)) == "3 of 5"
    assert wrong_with(node("a")) == ""


def test_why_nothing_is_known_of_a_node_comes_before_what_was_known() -> None:
    lacking = NodeStatus("a", Standing.UNKNOWN, "not at the broker any more", alarms=("hot",), alarms_count=1)
    assert wrong_with(lacking) == "not at the broker any more; alarm hot"
    unreadable = NodeStatus("a", Standing.UNKNOWN, "health is not JSON", problem="health is not JSON; info is not JSON")
    assert wrong_with(unreadable) == "health is not JSON; info is not JSON"


def test_what_is_of_a_time_before_now_is_told_in_the_past() -> None:
    assert standing_of(node("a", is_stale=True), THEMED).text == "~ was ok"
    assert standing_of(node("a", Standing.SILENT, is_stale=True), THEMED).text == "? SILENT"
    assert standing_of(node("a", Standing.UNKNOWN, is_stale=True), THEMED).text == ". unknown"
    health = PluginHealth(time=rfc(NOW), state="running", condition="failing")
    assert condition_segment(health, THEMED, is_stale=True).text == "~ was FAILING"
    assert condition_segment(health, THEMED, is_stale=False).text == "! FAILING"


def test_the_rate_is_that_of_the_last_seconds() -> None:
    pulse = Pulse()
    assert pulse.per_second is None
    for second in range(20):
        pulse.look(second * 10 if second < 10 else 90 + (second - 9) * 2, float(second))
    assert pulse.per_second == pytest.approx(2.0)
    pulse.look(0, 21.0)
    assert pulse.per_second is None, "another connection counts from 0"


def test_addresses_are_remembered_for_each_fleet(tmp_path: Path) -> None:
    first, other = Addresses(tmp_path), Addresses(tmp_path)
    first.remember("mqtt://a/x", "attic", "pi@attic")
    other.remember("mqtt://b/x", "attic", "pi@elsewhere")
    again = Addresses(tmp_path)
    assert again.of("mqtt://a/x", "attic") == "pi@attic"
    assert again.of("mqtt://b/x", "attic") == "pi@elsewhere"
    assert again.of("mqtt://b/x", "barn") == ""
    assert (tmp_path / NAME).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("content", [b"", b"[]", b'{"a": 7}', b"\xff", b"{" * 100_000])
def test_a_damaged_file_of_addresses_is_taken_for_an_empty_one(tmp_path: Path, content: bytes) -> None:
    (tmp_path / NAME).write_bytes(content)
    addresses = Addresses(tmp_path)
    assert addresses.of("f", "a") == ""
    addresses.remember("f", "a", "pi@a")
    assert Addresses(tmp_path).of("f", "a") == "pi@a"


def test_the_oldest_addresses_go_and_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    addresses = Addresses()
    for number in range(MOST + 1):
        addresses.remember("f", str(number), "pi@a")
    assert addresses.of("f", "0") == ""
    assert addresses.of("f", str(MOST)) == "pi@a"
    (tmp_path / "file").touch()
    unwritable = Addresses(tmp_path / "file")
    with pytest.raises(ScreenMemoryError, match="make room or give access"):
        unwritable.remember("f", "a", "pi@a")
    assert unwritable.of("f", "a") == "pi@a", "it holds until the screen closes"


def answered(data: object) -> HistoryReport:
    session = NodeSession(node("a"), lambda command, arguments: Answer(data))
    return session.history(HistoryQuery("bme680", ("air", "0"), NOW_NS - 60, NOW_NS, 9_000))


def test_past_values_are_those_of_a_history() -> None:
    points = [
        {"time": rfc(NOW), "value": 2.5, "lowest": 1, "highest": 3, "count": 4, "gap": True, "simulated": True},
        {"time": rfc(NOW - 10), "value": 7},
    ]
    marks = [{"time": rfc(NOW), "plugin": "light", "kind": "crash", "text": "KeyError"}]
    report = answered({"points": points, "resolution": 2.5, "complete": False, "problem": "", "marks": marks})
    old, new = report.points
    assert (old.lowest, old.mean, old.highest, old.count) == (7, 7, 7, 1)
    assert (new.lowest, new.mean, new.highest, new.count, new.is_after_gap, new.is_simulated) == (1, 2.5, 3, 4, 1, 1)
    assert (report.resolution_ns, report.is_complete, report.marks[0].text) == (2_500_000_000, False, "KeyError")


@given(JSON | st.fixed_dictionaries({"points": st.lists(OBJECTS, max_size=3)}))
def test_no_answer_disturbs_a_graph(data: object) -> None:
    assert isinstance(answered(data).problem, str)


@given(st.lists(OBJECTS, min_size=1, max_size=4), st.floats() | st.none(), st.lists(st.text(max_size=9), max_size=3))
def test_no_reading_disturbs_the_view_of_a_node(
    readings: list[dict[str, Any]], time_s: float | None, keys: list[str]
) -> None:
    status = node("a", clock_off=time_s if time_s is not None and abs(time_s) < 1e9 else None)
    view = View(host_facts(status), ())
    fold = NodeFold(view)
    values = tuple(ValueInfo(key, "°C", decimals=1) for key in keys)
    for number, reading in enumerate(readings):
        at = None if time_s is None else time_s + number
        fold.take(NodeDetail(status, (PluginStatus("p", None, reading, at, values),)))
    assert view.readings.source("p") is not None
    fold.take(NodeDetail(status))
    assert view.readings.source("p") is None, "it is gone"


@given(OBJECTS, st.sampled_from(("crash", "log", "traffic", "finding")))
def test_nothing_that_a_node_says_reaches_the_terminal_as_a_command(body: dict[str, Any], kind: str) -> None:
    event = NodeEvent(1, kind, NOW, body)
    lines = [event_line(event, THEMED), streamed_line(event, THEMED, 80), *event_lines(event, THEMED, 40)]
    assert all(segment.text.isprintable() for line in lines for segment in line)
    assert all(width_of(line) <= 40 for line in lines[2:])
    json.dumps(body)


@given(st.text(max_size=30) | st.datetimes().map(lambda each: f"{each.isoformat()}Z"))
def test_any_text_has_a_time_that_a_clock_can_show(text: str) -> None:
    assert 0 <= unix_ns(text) < 1 << 63


def test_all_that_is_known_of_a_plugin_is_told() -> None:
    health = PluginHealth(
        time=rfc(NOW - 5), state="running", condition="failing", reason="no answer", since=rfc(NOW - 120),
        interval=2.0, readings=7, errors=3, crashes=1, last_error="OSError", simulated=("i2c-1",),
    )  # fmt: skip
    values = (ValueInfo("temperature", "°C", "temperature"), ValueInfo("n", is_guessed=True))
    told = plugin_lines(PluginStatus("light", health, values=values), THEMED, 80, NOW_NS, is_stale=False)
    text = "\n".join("".join(segment.text for segment in line) for line in told)
    for words in (
        "! FAILING for 2m", "no answer", "every 2 s", "7 readings, 3 errors, 1 crash", "OSError", "i2c-1", "5s ago",
        "°C, class temperature (stated by the driver)", "no unit (guessed from the key)",
    ):  # fmt: skip
        assert words in text
