"""What the web shows, made of events alone."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace

import pytest

from hostcore.events import (
    Counters,
    CountersTaken,
    CrashLocated,
    CrashReport,
    Event,
    EventsDropped,
    LedsShown,
    Level,
    LogWritten,
    PageRendered,
    PluginCrashed,
    PluginReloaded,
    PwmSet,
    ReadingFailed,
    RelaySwitched,
    RoundCompleted,
    State,
    StateChanged,
)
from hostcore.web.state import LOG_LINES, NO_PAGE, Page, WebState
from tests.scripted_session import plugin_facts


def after(*events: Event, plugins: Iterable[str] = ("light", "dashboard")) -> WebState:
    state = WebState(plugin_facts(name) for name in plugins)
    state.fold(events)
    return state


def moved(plugin: str, to: State, cause: str = "") -> StateChanged:
    return StateChanged(5, plugin, State.RUNNING, to, cause)


def rendered(plugin: str, html: str = "<p>page</p>") -> PageRendered:
    return PageRendered(1, plugin, 1, html)


def crashed(plugin: str, call: str) -> PluginCrashed:
    report = CrashReport(
        9, plugin, "x.py", "abc", "trap", "divided by zero", "", "", call, "", (), (), Counters(calls=7), "1.0"
    )
    return PluginCrashed(9, plugin, report, "")


def line(number: int, plugin: str = "light", level: Level = Level.INFO) -> LogWritten:
    return LogWritten(number, plugin, level, f"line {number}")


# Readings


def test_before_the_first_round_the_readings_are_empty() -> None:
    assert json.loads(after().readings_json) == {}


def test_the_newest_round_is_shown() -> None:
    first, second = RoundCompleted(1, 1, {"light": {"lux": 3}}), RoundCompleted(2, 2, {"light": {"lux": "½"}})
    state = after(first, second)
    assert json.loads(state.readings_json) == {"light": {"lux": "½"}}
    assert state.newest_round == second


def test_a_reading_nested_deeper_than_json_can_be_written_is_told_as_such() -> None:
    nested: object = 1
    for _ in range(100_000):
        nested = [nested]
    assert "not fit for JSON" in json.loads(after(RoundCompleted(1, 1, {"deep": nested})).readings_json)["error"]


# Plugins


def test_all_plugins_are_there_from_the_start_in_their_order() -> None:
    assert [(each.name, each.state) for each in after().plugins] == [
        ("light", State.DISCOVERED),
        ("dashboard", State.DISCOVERED),
    ]


def test_a_plugin_has_its_state_its_counters_its_version_and_its_last_error() -> None:
    counters = Counters(calls=3)
    state = after(
        moved("light", State.BACKOFF, "it died"),
        CountersTaken(6, "light", counters),
        PluginReloaded(7, "light", "0123456789ab"),
        ReadingFailed(8, "light", "no acknowledge"),
    )
    light = state.plugin("light")
    assert light is not None
    assert (light.state, light.cause, light.since_ns) == (State.BACKOFF, "it died", 5)
    assert (light.counters, light.version) == (counters, "0123456789ab")
    assert (light.last_error, light.last_error_ns) == ("no acknowledge", 8)


def test_a_crash_is_the_last_error() -> None:
    light = after(crashed("light", "read")).plugin("light")
    assert light is not None
    assert (light.last_error, light.last_error_ns, light.version, light.counters.calls) == (
        "divided by zero",
        9,
        "abc",
        7,
    )


def test_the_place_of_a_crash_is_shown_once_it_is_known() -> None:
    crash = crashed("light", "read")
    report = replace(crash.report, problem="divided by zero in light.py line 3")
    light = after(crash, CrashLocated(12, "light", report, "")).plugin("light")
    assert light is not None
    assert (light.last_error, light.last_error_ns) == ("divided by zero in light.py line 3", 9)


def test_the_place_of_an_older_crash_does_not_hide_a_newer_error() -> None:
    crash = crashed("light", "read")
    light = after(crash, ReadingFailed(11, "light", "no answer"), CrashLocated(12, "light", crash.report, "")).plugin(
        "light"
    )
    assert light is not None and light.last_error == "no answer"


def test_a_cause_that_is_known_later_does_not_change_since_when_the_state_is() -> None:
    light = after(
        moved("light", State.BACKOFF, "crashed"), StateChanged(9, "light", State.BACKOFF, State.BACKOFF, "in line 3")
    ).plugin("light")
    assert light is not None
    assert (light.cause, light.since_ns) == ("in line 3", 5)


def test_plugins_that_are_gone_are_forgotten_and_others_keep_what_is_known() -> None:
    state = after(moved("light", State.RUNNING), moved("dashboard", State.RUNNING), rendered("dashboard"))
    state.know([plugin_facts("light", "i2c:1:0x23", interval=9), plugin_facts("new")])
    assert [(each.name, each.state, each.interval) for each in state.plugins] == [
        ("light", State.RUNNING, 9),
        ("new", State.DISCOVERED, 2.0),
    ]
    assert state.page == Page(None, NO_PAGE, has_plugin=False)


# The log


def test_only_the_last_lines_are_kept() -> None:
    state = after(*map(line, range(LOG_LINES + 50)))
    assert [each.time_ns for each in state.log(LOG_LINES)] == list(range(50, LOG_LINES + 50))


def test_lines_are_chosen_by_plugin_by_level_and_by_number() -> None:
    state = after(
        line(1, level=Level.ERROR),
        line(2, "oled", Level.WARNING),
        line(3),
        line(4, level=Level.WARNING),
        line(5, "oled"),
    )
    assert [each.time_ns for each in state.log(10)] == [1, 2, 3, 4, 5]
    assert [each.time_ns for each in state.log(2)] == [4, 5]
    assert [each.time_ns for each in state.log(10, "oled")] == [2, 5]
    assert [each.time_ns for each in state.log(10, least=Level.WARNING)] == [1, 2, 4]
    assert [each.time_ns for each in state.log(1, "light", Level.WARNING)] == [4]


# The page


def test_without_a_page_plugin_it_says_so() -> None:
    assert after(plugins=["light"]).page == Page(None, NO_PAGE, has_plugin=False)


def test_a_dashboard_that_has_not_rendered_yet_is_waited_for() -> None:
    page = after(moved("dashboard", State.LOADING)).page
    assert (page.html, page.has_plugin) == (None, True)
    assert "dashboard has not made a page yet (loading)." in page.problem


def test_the_dashboards_page_goes_before_others() -> None:
    assert after(rendered("dashboard", "ours"), rendered("light", "theirs")).page == Page("ours")


def test_without_a_dashboard_the_newest_page_is_shown() -> None:
    pages = rendered("light", "1"), rendered("other", "2"), rendered("light", "3")
    assert after(*pages, plugins=["light", "other"]).page == Page("3")


@pytest.mark.parametrize("gone", [State.BACKOFF, State.QUARANTINED, State.STOPPED])
def test_a_page_whose_plugin_is_gone_gives_way_to_why_until_there_is_a_new_one(gone: State) -> None:
    state = after(rendered("dashboard", "old"), moved("dashboard", gone, "render crashed: it is <b>broken</b>"))
    assert state.page.html is None
    assert f"dashboard, which makes this page, is in {gone}: render crashed: it is <b>broken</b>" in state.page.problem
    state.fold([crashed("dashboard", "render"), moved("dashboard", State.LOADING), moved("dashboard", State.RUNNING)])
    assert state.page.html is None
    assert "not made a page yet (running). Its last error: divided by zero" in state.page.problem
    state.fold([rendered("dashboard", "new")])
    assert state.page == Page("new")


def test_who_crashed_while_rendering_is_a_page_plugin_by_any_name() -> None:
    state = after(moved("light", State.BACKOFF, "oh"), crashed("light", "render"), plugins=["light"])
    assert "light, which makes this page, is in backoff: oh" in state.page.problem


# The rest


def test_actuators_are_as_they_were_last_set() -> None:
    leds = LedsShown(3, "light", ((1, 2, 3),))
    on, off = RelaySwitched(1, "light", "fan", True), RelaySwitched(2, "light", "fan", False)
    buzzer, pwm = RelaySwitched(1, "light", "buzzer", True), PwmSet(1, "light", 12, 0.5, 100.0)
    actuators = after(LedsShown(1, "light", ((9, 9, 9),)), leds, on, buzzer, off, pwm).actuators
    assert (actuators.leds, actuators.relays, actuators.pwm) == (leds, (off, buzzer), (pwm,))


def test_lost_events_are_counted() -> None:
    assert after(EventsDropped(1, 3), EventsDropped(2, 4)).events_dropped == 7
