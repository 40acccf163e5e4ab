"""Events in, what the screen shows out."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from hostcore.backends.base import BackendKind
from hostcore.events import (
    AccessDenied,
    Counters,
    CountersTaken,
    Event,
    EventsDropped,
    Level,
    LogWritten,
    Message,
    Outcome,
    PluginsChanged,
    ReadingPublished,
    State,
    StateChanged,
    TransferCompleted,
)
from hostcore.events.facts import BusFacts, HostFacts, PluginFacts
from hostcore.permissions import SpiPermission, parse_permission
from hostcore.place import BusName
from hostcore.view.log import LOG_LINES
from hostcore.view.view import View

S = 1_000_000_000
FACTS = HostFacts(
    version="1.0",
    host_name="pi",
    config_file=Path("host.toml"),
    is_shipped_config=True,
    plugins_folder=Path("plugins"),
    interval=2.0,
    buses=(BusFacts(BusName("i2c-1"), BackendKind.SIMULATED),),
    started_ns=0,
)


def plugin(name: str, *permissions: str) -> PluginFacts:
    return PluginFacts(name, Path(f"{name}.py"), 2.0, tuple(map(parse_permission, permissions)), 64, 5.0)


def view(*names: str) -> View:
    return View(FACTS, [plugin(name) for name in names])


def test_a_plugin_is_discovered_until_it_moves() -> None:
    seen = view("light")
    assert [each.state for each in seen.plugins.all()] == [State.DISCOVERED]
    seen.fold([StateChanged(5, "light", State.LOADING, State.BACKOFF, "KeyError: 'gain'")])
    light = seen.plugins.get("light")
    assert light is not None
    assert (light.state, light.cause, light.since_ns) == (State.BACKOFF, "KeyError: 'gain'", 5)
    assert not light.is_failing


def test_a_cause_that_is_known_later_belongs_to_the_same_change_of_state() -> None:
    seen = view("light")
    seen.fold(
        [
            StateChanged(5, "light", State.RUNNING, State.BACKOFF, "looking for the line: it hung", is_searching=True),
            StateChanged(9, "light", State.BACKOFF, State.BACKOFF, "it hung in light.py line 3", 2.0),
        ]
    )
    light = seen.plugins.get("light")
    assert light is not None
    assert (light.cause, light.since_ns) == ("it hung in light.py line 3", 5)
    assert light.retry_ns == 9 + 2 * 10**9
    assert [(each.before, each.cause) for each in light.history] == [(State.RUNNING, "it hung in light.py line 3")]


def test_what_happens_to_a_plugin_that_runs_on_has_a_time_of_its_own() -> None:
    seen = view("light")
    leaked = "memory grew 98.0 KiB per call to 35 of 36 MiB; a new instance took over"
    seen.fold(
        [
            StateChanged(5, "light", State.LOADING, State.RUNNING, "loaded as driver"),
            StateChanged(9, "light", State.RUNNING, State.RUNNING, leaked),
            StateChanged(11, "light", State.RUNNING, State.RUNNING, leaked, rejected="it does not load"),
        ]
    )
    light = seen.plugins.get("light")
    assert light is not None
    assert (light.cause, light.since_ns) == (leaked, 5)
    assert [(each.time_ns, each.cause) for each in light.history] == [(5, "loaded as driver"), (9, leaked)]


def test_a_plugin_says_whether_the_line_of_its_crash_is_searched_for() -> None:
    seen = view("light")
    light = seen.plugins.get("light")
    assert light is not None and not light.is_searching
    searching = StateChanged(5, "light", State.RUNNING, State.BACKOFF, "it hung", is_searching=True)
    seen.fold([searching])
    assert light.is_searching
    assert list(light.history) == [searching]
    seen.fold([StateChanged(9, "light", State.BACKOFF, State.BACKOFF, "it hung in light.py line 3")])
    assert not light.is_searching
    assert not light.history[-1].is_searching


def test_counters_replace_each_other() -> None:
    seen = view("light")
    seen.fold(CountersTaken(time_ns, "light", Counters(calls=time_ns)) for time_ns in (1, 2, 3))
    light = seen.plugins.get("light")
    assert light is not None and light.counters.calls == 3


def test_a_request_stays_until_it_is_granted_or_refused() -> None:
    seen = view("light")
    light_sensor, line = parse_permission("i2c:1:0x23"), parse_permission("gpio:4:in")
    denied = [AccessDenied(1, "light", permission, "no", 1) for permission in (light_sensor, line)]
    seen.fold(denied)
    light = seen.plugins.get("light")
    assert light is not None
    light.drop_answered([light_sensor])
    light.refuse(line)
    assert not light.requests
    seen.fold(denied)
    assert list(light.requests) == [light_sensor], (
        "a refused request does not come back, a granted one that is denied does"
    )


def test_what_is_granted_wherever_that_was_done_is_no_request_any_more() -> None:
    seen = view("light")
    seen.fold([AccessDenied(1, "light", parse_permission("i2c:1:0x23"), "no", 1)])
    seen.know([plugin("light", "i2c:1:0x23")])
    light = seen.plugins.get("light")
    assert light is not None and not light.requests
    seen.fold([AccessDenied(2, "light", parse_permission("i2c:1:0x23"), "bme680 has it", 1)])
    assert not light.requests, "granting it once more would not help"


def test_a_request_that_a_wider_permission_covers_is_no_request_any_more() -> None:
    seen = view("light")
    seen.fold([AccessDenied(1, "light", parse_permission("i2c:1:0x23:read"), "no", 1)])
    seen.know([plugin("light", "i2c:1:0x20-0x27")])
    light = seen.plugins.get("light")
    assert light is not None and not light.requests


def test_a_wider_request_stays_when_only_a_part_of_it_is_granted() -> None:
    seen = view("light")
    both = parse_permission("i2c:1:0x23")
    seen.fold([AccessDenied(1, "light", both, "no", 1)])
    seen.know([plugin("light", "i2c:1:0x23:read")])
    light = seen.plugins.get("light")
    assert light is not None and list(light.requests) == [both]


def test_what_a_permission_covers_is_never_requested() -> None:
    seen = View(FACTS, [plugin("light", "i2c:1:0x23")])
    seen.fold([AccessDenied(1, "light", parse_permission("i2c:1:0x23:write"), "bme680 has it", 1)])
    light = seen.plugins.get("light")
    assert light is not None and not light.requests, "no grant helps, because another plugin owns the chip"


def test_a_plugin_cannot_fill_the_screen_with_requests() -> None:
    seen = view("light")
    seen.fold(AccessDenied(1, "light", SpiPermission(bus, chip), "no", 1) for bus in range(100) for chip in range(100))
    light = seen.plugins.get("light")
    assert light is not None and len(light.requests) == 64


def test_plugins_that_are_gone_are_forgotten_and_the_others_keep_what_is_known_of_them() -> None:
    seen = view("light", "old")
    seen.fold([CountersTaken(1, "light", Counters(calls=7)), ReadingPublished(1, "old", {"a": 1})])
    seen.fold([PluginsChanged(2, ("new", "light"))])
    assert seen.plugins_changed
    seen.know([plugin("new"), plugin("light")])
    assert [(each.name, each.counters.calls) for each in seen.plugins.all()] == [("new", 0), ("light", 7)]
    assert not seen.readings.sources()
    assert not seen.plugins_changed


def test_the_rate_is_that_of_the_last_ten_whole_seconds() -> None:
    seen = view("light")
    seen.fold(ReadingPublished(tenth * S // 10, "light", {}) for tenth in range(200))
    assert seen.reading_rate.per_second(20 * S) == 10.0
    assert seen.reading_rate.per_second(25 * S) == 5.0
    assert seen.reading_rate.per_second(60 * S) == 0.0


def test_lost_events_are_added_up() -> None:
    seen = view()
    seen.fold([EventsDropped(1, 40), EventsDropped(2, 2)])
    assert seen.dropped == 42


@pytest.mark.thorough
def test_a_hundred_thousand_events_take_seconds_at_most_and_bounded_memory() -> None:
    seen = view("light")
    message = Message(True, b"\x10")
    batch: list[Event] = []
    for number in range(25_000):
        batch += [
            ReadingPublished(number * S, "light", {"illuminance": number / 10, "nested": {"a": number}}),
            LogWritten(number * S, "light", Level.INFO, f"line {number}"),
            TransferCompleted(number * S, "light", BusName("i2c-1"), 0x23, (message,), Outcome.OK, "", 1000),
            CountersTaken(number * S, "light", Counters(calls=number)),
        ]
    began = time.process_time()
    seen.fold(batch)
    assert time.process_time() - began < 5
    assert len(seen.log.items) == LOG_LINES
    assert seen.log.items.end == 25_000
    assert seen.log.items[24_999].line.text == "line 24999"
