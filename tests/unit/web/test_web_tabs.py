"""The tabs of the host's page as text: problems, plugins, crashes, values, displays, the log, and nothing hostile."""

from __future__ import annotations

import re
from base64 import b64decode
from dataclasses import replace

from hostcore.clock import NS_PER_S
from hostcore.devices.ssd1306 import Ssd1306Decoder
from hostcore.events import (
    AccessDenied,
    AdjustedValue,
    Alarm,
    AlarmRaised,
    BusHealthMeasured,
    Confidence,
    Counters,
    CrashReport,
    Evidence,
    Finding,
    FindingRaised,
    Level,
    LogWritten,
    Message,
    Outcome,
    PluginCrashed,
    ReadingFailed,
    ReadingPublished,
    State,
    TransferCompleted,
)
from hostcore.permissions import LedsPermission
from hostcore.place import BusName
from hostcore.view.alarms import Bounds
from hostcore.view.condition import Condition
from hostcore.view.log import Log
from hostcore.view.plugins import PluginStatus
from hostcore.view.problems import Problem, ProblemKind
from hostcore.web.page import PluginRow, Values, displays_block, log_block, plugins_block
from hostcore.web.page.crash import crash_block
from hostcore.web.page.plugins import ORDERS
from hostcore.web.page.problems import ADVICE, problems_block
from hostcore.web.page.words import ago, old, plain
from tests.scripted_session import plugin_facts
from tests.web_view_events import after, moved
from tui.plugins.actions import POSSIBLE

EVIL = "\"'><script>alert(1)</script>"
SAFE = "&lt;script&gt;alert(1)&lt;/script&gt;"
I2C_1 = BusName("i2c-1")
NOW = 1_000 * NS_PER_S


def text_of(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub("<.*?>", " ", html)).strip()


# Problems


def test_the_worst_problems_are_in_sight_and_all_are_listed_with_what_to_do() -> None:
    certain = Finding("x", "A wire is loose.", "Press it.", Confidence.CERTAIN, (Evidence("3 of 4 failed"),))
    likely = Finding("y", "It is slow.", "Wait.", Confidence.LIKELY, is_simulated=True)
    view = after(
        moved("light", State.QUARANTINED, "it died"), FindingRaised(2, likely, 1), FindingRaised(2, certain, 1)
    )
    shown = problems_block(view.problems)
    titles = re.findall(r'<strong class="\w+">(.*?)</strong>', shown)
    assert titles == [
        "✗ quarantined: light: it died",
        "✗ certain: A wire is loose.",
        "! likely: It is slow. (simulated)",
    ]
    assert "→ Press it.<ul><li>3 of 4 failed</li></ul>" in shown
    assert '<a href="/plugins#plugin-light">See light</a>' in shown
    assert problems_block(after().problems) == ""


def test_many_problems_are_counted() -> None:
    found = [Problem(ProblemKind.FAILING, f"a{each}", 5) for each in range(20)]
    shown = problems_block(found)
    assert "+17 more" in shown and 'and 4 more: <a href="/api/problems">' in shown


def test_alarms_are_left_to_their_own_place() -> None:
    raised = AlarmRaised(2, Alarm("hot", "air.t is above 30", plugin="air", reading="t"), 2)
    assert problems_block(after(raised).problems) == ""


def test_every_kind_of_problem_has_an_advice() -> None:
    assert set(ADVICE) == set(ProblemKind) - {ProblemKind.ALARM, ProblemKind.FINDING}


def test_a_stuck_bus_and_its_plugins_look_stuck() -> None:
    view = after(moved("light", State.RUNNING), BusHealthMeasured(1, I2C_1, sda=False, scl=True))
    view.know([plugin_facts("light", "i2c:1:0x23")])
    (light,) = view.plugins.all()
    assert view.condition_of(light) is Condition.BUS_STUCK
    assert "✗ bus stuck: i2c-1: " in problems_block(view.problems)


def test_problems_are_escaped() -> None:
    evil = Finding("x", EVIL, EVIL, Confidence.CERTAIN, (Evidence(EVIL),))
    shown = problems_block(after(FindingRaised(2, evil, 1)).problems)
    assert "<script" not in shown and shown.count(SAFE) == 4


# Plugins and their crashes


def row(name: str, condition: Condition = Condition.RUNNING, reason: str = "") -> tuple[PluginRow, PluginStatus]:
    return PluginRow(name, State.RUNNING, condition, reason), PluginStatus(name)


def test_plugins_in_trouble_stand_first_with_their_reason() -> None:
    shown = plugins_block([row("light"), row("air", Condition.FAILING, "Nothing answers.")], NOW)
    assert re.findall('id="plugin-([a-z]+)"', shown) == ["air", "light"]
    first = shown.partition('id="plugin-light"')[0]
    assert "! failing" in first and "Nothing answers." in first and "✓" not in first


def test_every_state_has_the_orders_that_mean_something() -> None:
    assert {(state, order) for state, orders in ORDERS.items() for order in orders} <= {
        (state, order) for order, states in POSSIBLE.items() for state in states
    }
    assert all(ORDERS[state] for state in State)


def crash() -> PluginCrashed:
    transfer = TransferCompleted(
        NOW - 12_500_000, "light", I2C_1, 0x23, (Message(True, b"\x10"), Message(False, bytes(40))),
        Outcome.NO_ACKNOWLEDGE, "nobody", 1, 0, source_line=7, is_simulated=True,
    )  # fmt: skip
    report = CrashReport(
        NOW, "light", "light.py", "abc", "exception", f"KeyError: {EVIL}", f"Traceback:\n  {EVIL}\n\x1b[31m", "",
        "read", EVIL, (transfer,), (LogWritten(NOW, "light", Level.INFO, EVIL),), Counters(calls=7), "1.0", 9,
    )  # fmt: skip
    return PluginCrashed(NOW, "light", report, EVIL)


def test_a_crash_has_its_traceback_its_last_words_and_its_transfers() -> None:
    (light, _) = after(crash(), AccessDenied(1, "light", LedsPermission(), EVIL, 1)).plugins.all()
    shown = plugins_block([(row("light")[0], light)], NOW + 60 * NS_PER_S)
    text = text_of(shown)
    assert "Crash 60 s ago : KeyError" in text
    assert "Asks for leds" in text
    assert f"12.5 ms before i2c-1 0x23: wrote 10; read {'00 ' * 32}…: no-acknowledge, simulated (line 7)" in text
    assert "\x1b" not in shown and "\\x1b[31m" in shown
    assert "<script" not in shown and shown.count(SAFE) == 7


def test_a_long_traceback_is_cut_where_it_begins_because_it_ends_with_the_error() -> None:
    found = crash()
    long = replace(found.report, traceback="Traceback:\n" + "  line\n" * 5_000 + "KeyError: 'gain'")
    shown = crash_block(replace(found, report=long), NOW)
    assert "KeyError: &#x27;gain&#x27;" in shown and "Traceback:" not in shown
    assert "<pre>…\n" in shown and len(shown) < 20_000


# Values


def values(*events: ReadingPublished | ReadingFailed, now_ns: int = NOW, bounds: Bounds | None = None) -> str:
    found = after(*events).readings.sources()
    return Values(now_ns, lambda plugin: 6 * NS_PER_S, lambda plugin, key: bounds or Bounds()).block(found)


READING = ReadingPublished(NOW, "light", {"lux": 12.5, "inner": {"name": EVIL, "on": True}, EVIL: 3}, (I2C_1,))


def test_every_value_has_its_unit_and_a_place_for_its_chart() -> None:
    shown = values(READING)
    assert "lux 12.5 lx guessed inner.name" in text_of(shown)
    assert "Simulated: i2c-1" in shown
    assert re.findall('data-plugin="light" data-keys="(.*?)"', shown)[0] == "[&quot;lux&quot;]"
    assert shown.count('class="chart"') == 2, "only numbers have one"
    assert "inner.on yes" in text_of(shown)
    assert "stale" not in shown
    assert "<script" not in shown


def test_the_last_values_of_a_driver_that_fails_stay_and_tell_their_age() -> None:
    shown = values(READING, ReadingFailed(NOW + NS_PER_S, "light", EVIL), now_ns=NOW + 300 * NS_PER_S)
    text = text_of(shown)
    assert "lux 12.5 lx guessed stale: 5 min old" in text
    assert f'<p class="failed">✗ &quot;&#x27;&gt;{SAFE}</p>' in shown


def test_a_value_of_a_silent_driver_is_stale_too() -> None:
    assert "stale" not in values(READING, now_ns=NOW + 5 * NS_PER_S)
    assert "stale: 7 s old" in values(READING, now_ns=NOW + 7 * NS_PER_S)


def test_an_adjusted_value_tells_what_was_measured_and_a_watched_one_its_limits() -> None:
    adjusted = replace(READING, adjusted=(AdjustedValue(("lux",), 11.0),))
    shown = values(adjusted, bounds=Bounds(above=20.0))
    assert "adjusted, raw 11" in shown and 'data-limits="[20.0]"' in shown


def test_numbers_of_any_size_are_written() -> None:
    reading = {"a": 10**400, "b": float("nan"), "c": 1e-9, "d": 1234567.5, "e": float("inf")}
    text = text_of(values(replace(READING, reading=reading)))
    for words in ("a huge", "b nan", "c 1e-09", "d 1\u202f234\u202f567.5", "e inf"):
        assert words in text.replace("1 234 567.5", "1\u202f234\u202f567.5")


# Displays


def test_a_display_is_a_picture_in_the_page_and_tells_where_and_when() -> None:
    written = TransferCompleted(
        NOW, "oled", I2C_1, 0x3C, (Message(True, b"\x00\x8d\x14\xaf"),), Outcome.OK, "", 1, 0, is_simulated=True
    )
    shown = displays_block(after(written).displays.all(), NOW + 90 * NS_PER_S)
    (data,) = re.findall('src="data:image/png;base64,(.*?)"', shown)
    assert b64decode(data).startswith(b"\x89PNG")
    assert "i2c-1 0x3c" in shown and "written" in shown and "simulated" in shown
    assert Ssd1306Decoder(height=None).picture().width == 128 and 'width="128"' in shown
    assert displays_block((), NOW) == ""


# The log


def log_of(*lines: LogWritten) -> str:
    log = Log()
    for each in lines:
        log.write(each)
    numbers = range(log.items.end - 1, -1, -1)
    return log_block(list(zip(numbers, log.items.newest_first(), strict=True)), "", Level.INFO)


def test_the_newest_line_stands_first_with_who_said_it() -> None:
    shown = log_of(
        LogWritten(1, "light", Level.INFO, EVIL), LogWritten(2, "light", Level.ERROR, "stopped", by_host=True)
    )
    assert re.findall(r'<li id="line-(\d)" class="(\w+)"', shown) == [("1", "error"), ("0", "info")]
    assert "<script" not in shown and SAFE in shown
    assert "light host error stopped" in text_of(shown)


def test_a_traceback_is_one_entry_that_names_its_error() -> None:
    shown = log_of(
        LogWritten(1, "light", Level.ERROR, "Traceback"),
        LogWritten(2, "light", Level.ERROR, "KeyError: 1", False, True),
    )
    assert "<details><summary>KeyError: 1</summary><pre>Traceback\nKeyError: 1</pre></details>" in shown


def test_a_visitor_chooses_the_least_level_and_keeps_the_plugin() -> None:
    shown = log_block([], "light", Level.WARNING)
    assert '<a href="/log?plugin=light&amp;level=error">error</a>' in shown
    assert 'level=warning" aria-current=true' in shown
    assert "There are no such lines." in shown
    assert "<script" not in log_block([], EVIL, Level.WARNING)


# Words


def test_ages_are_rough_and_what_a_browser_would_hide_is_written_out() -> None:
    assert [old(seconds * NS_PER_S) for seconds in (0, 119, 120, 7200, 172_800)] == [
        "0 s",
        "119 s",
        "2 min",
        "2 h",
        "2 d",
    ]
    assert ">just now<" in ago(NOW, NOW) and ">3 s ago<" in ago(NOW, NOW + 3 * NS_PER_S)
    assert plain("a\u202eb\n<") == "a\\u202eb\\n&lt;"
    assert plain("x" * 20, 10) == "xxxxxxxxxx…"
