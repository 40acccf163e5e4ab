"""A front end that composes fewer parts: what the web shows, made of events alone."""

from __future__ import annotations

from dataclasses import replace

from hostcore.clock import NS_PER_S
from hostcore.events import (
    AccessDenied,
    Counters,
    CountersTaken,
    CrashLocated,
    EventsDropped,
    LedsShown,
    LeftOut,
    Level,
    LogWritten,
    PluginReloaded,
    PwmSet,
    ReadingFailed,
    ReadingPublished,
    RelaySwitched,
    RoundCompleted,
    State,
    StateChanged,
)
from hostcore.permissions import LedsPermission
from hostcore.web.web_view import CRASHES, LOG_LINES
from tests.scripted_session import host_facts, plugin_facts
from tests.web_view_events import after, crashed, moved, rendered


def line(number: int, plugin: str = "light", level: Level = Level.INFO) -> LogWritten:
    return LogWritten(number, plugin, level, f"line {number}")


def test_the_newest_round_is_kept() -> None:
    first, second = RoundCompleted(1, 1, {"light": {"lux": 3}}), RoundCompleted(2, 2, {"light": {"lux": "½"}})
    assert after().rounds.newest is None
    assert after(first, second).rounds.newest == second


def test_all_plugins_are_there_from_the_start_in_their_order() -> None:
    assert [(each.name, each.state) for each in after().plugins.all()] == [
        ("light", State.DISCOVERED),
        ("dashboard", State.DISCOVERED),
    ]


def test_a_plugin_has_its_state_its_counters_its_version_and_its_last_error() -> None:
    counters = Counters(calls=3)
    view = after(
        moved("light", State.BACKOFF, "it died"),
        CountersTaken(6, "light", counters),
        PluginReloaded(7, "light", "0123456789ab"),
        ReadingFailed(8, "light", "no acknowledge"),
    )
    light = view.plugins.get("light")
    assert light is not None
    assert (light.state, light.cause, light.since_ns) == (State.BACKOFF, "it died", 5)
    assert (light.counters, light.version) == (counters, "0123456789ab")
    assert (light.last_error, light.last_error_ns) == ("no acknowledge", 8)


def test_a_reading_that_a_round_has_no_room_for_is_the_drivers_error_and_not_the_displays() -> None:
    missing = LeftOut("light", 600_000, 1, "the reading is left out")
    light, dashboard = after(RoundCompleted(9, 1, {}, (missing,))).plugins.all()
    assert (light.last_error, light.last_error_ns) == ("the reading is left out", 9)
    assert (dashboard.name, dashboard.last_error) == ("dashboard", "")


def test_a_crash_is_the_last_error() -> None:
    light = after(crashed("light", "read")).plugins.get("light")
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
    light = after(crash, CrashLocated(12, "light", report, "")).plugins.get("light")
    assert light is not None
    assert (light.last_error, light.last_error_ns) == ("divided by zero in light.py line 3", 9)


def test_the_place_of_an_older_crash_does_not_hide_a_newer_error() -> None:
    crash = crashed("light", "read")
    view = after(crash, ReadingFailed(11, "light", "no answer"), CrashLocated(12, "light", crash.report, ""))
    light = view.plugins.get("light")
    assert light is not None and light.last_error == "no answer"


def test_a_cause_that_is_known_later_does_not_change_since_when_the_state_is() -> None:
    view = after(
        moved("light", State.BACKOFF, "crashed"), StateChanged(9, "light", State.BACKOFF, State.BACKOFF, "in line 3")
    )
    light = view.plugins.get("light")
    assert light is not None
    assert (light.cause, light.since_ns) == ("in line 3", 5)


def test_plugins_that_are_gone_are_forgotten_and_others_keep_what_is_known() -> None:
    view = after(moved("light", State.RUNNING), moved("dashboard", State.RUNNING), rendered("dashboard"))
    view.know([plugin_facts("light", "i2c:1:0x23", interval=9), plugin_facts("new")])
    assert [(each.name, each.state, each.facts and each.facts.interval) for each in view.plugins.all()] == [
        ("light", State.RUNNING, 9),
        ("new", State.DISCOVERED, 2.0),
    ]
    assert view.pages.of("dashboard") is None
    assert view.pages.last_maker == ""


def test_the_web_keeps_requests_and_the_last_crashes_but_no_past() -> None:
    denied = AccessDenied(1, "light", LedsPermission(), "no", 1)
    crashes = [crashed("light", "read")] * (CRASHES + 1)
    view = after(moved("light", State.RUNNING), denied, *crashes, ReadingPublished(2, "light", {"lux": 1}))
    light, source = view.plugins.get("light"), view.readings.source("light")
    assert light is not None and source is not None
    assert (len(light.crashes), list(light.requests), len(light.history)) == (CRASHES, [LedsPermission()], 0)
    assert [each.series for each in source.items.values()] == [None]


def test_only_the_last_lines_are_kept() -> None:
    view = after(*map(line, range(LOG_LINES + 50)))
    assert [each.time_ns for each in view.log.last(LOG_LINES)] == list(range(50, LOG_LINES + 50))


def test_lines_are_chosen_by_plugin_by_level_and_by_number() -> None:
    view = after(
        line(1, level=Level.ERROR),
        line(2, "oled", Level.WARNING),
        line(3),
        line(4, level=Level.WARNING),
        line(5, "oled"),
    )
    assert [each.time_ns for each in view.log.last(10)] == [1, 2, 3, 4, 5]
    assert [each.time_ns for each in view.log.last(2)] == [4, 5]
    assert [each.time_ns for each in view.log.last(10, "oled")] == [2, 5]
    assert [each.time_ns for each in view.log.last(10, least=Level.WARNING)] == [1, 2, 4]
    assert [each.time_ns for each in view.log.last(1, "light", Level.WARNING)] == [4]


def test_actuators_are_as_they_were_last_set() -> None:
    leds = LedsShown(3, "light", ((1, 2, 3),))
    on, off = RelaySwitched(1, "light", "fan", True), RelaySwitched(2, "light", "fan", False)
    buzzer, pwm = RelaySwitched(1, "light", "buzzer", True), PwmSet(1, "light", 12, 0.5, 100.0)
    outputs = after(LedsShown(1, "light", ((9, 9, 9),)), leds, on, buzzer, off, pwm).outputs
    assert (outputs.shown, tuple(outputs.relays.values()), outputs.modulated) == (leds, (off, buzzer), {12: pwm})


def test_lost_events_are_counted() -> None:
    assert after(EventsDropped(1, 3), EventsDropped(2, 4)).dropped == 7


def test_a_driver_whose_interval_is_not_known_is_old_when_the_hosts_own_would_be() -> None:
    view = after(plugins=())
    assert view.patience_ns("gone") == 6 * NS_PER_S, "2.5 rounds of 2 s, and a second"
    view.know([plugin_facts("light", interval=10.0)])
    assert view.patience_ns("light") == 26 * NS_PER_S
    view.know_host(replace(host_facts(), interval=4.0), ())
    assert view.patience_ns("gone") == 11 * NS_PER_S
