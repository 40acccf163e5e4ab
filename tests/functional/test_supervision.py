"""A running host keeps its plugins alive: crashes, errors, orders and turns, as its events tell them."""

from __future__ import annotations

from pathlib import Path

import pytest

from hostcore.clock import NS_PER_S
from hostcore.events import (
    CountersTaken,
    CrashLocated,
    LogWritten,
    PageRendered,
    PluginCrashed,
    PluginReloaded,
    ReadingFailed,
    ReadingPublished,
    RoundCompleted,
    State,
    StateChanged,
)
from hostcore.place import BusName
from hostcore.runtime.host_share import TEXT_COST
from hostcore.session import Order
from hostcore.supervisor.crash_store import CrashStore
from tests.supervised import COUNTER, CRASHER, LIGHT, MAY_USE_LIGHT, STRAIGHT, SupervisedHost
from tests.waiting import soon

pytest_plugins = ["tests.supervised_fixture"]

HANGS = """\
calls = 0
def read():
    while calls: pass
    globals()["calls"] = 1
    return {"calls": calls}
"""
COPY = """
shown = {}
def update(readings):
    global shown
    shown = readings
def read():
    return {"copied": shown.get("light", {}).get("set_ups")}
"""
"""A display that returns the readings of a driver as its own."""


class TestCrashes:
    def test_each_wait_for_a_new_instance_is_twice_as_long_less_a_quarter_at_most(
        self, supervised: SupervisedHost
    ) -> None:
        supervised.write("crasher", CRASHER)
        supervised.configure({"supervisor": {"first_delay": 0.05, "longest_delay": 60, "max_crashes": 4}})
        supervised.start()
        supervised.reaches("crasher", State.QUARANTINED)
        changes = supervised.of(StateChanged, "crasher")
        waits = [
            (after.time_ns - before.time_ns) / 1e9  # the wait begins between the two, at the crash
            for before, waiting, after in zip(changes, changes[1:], changes[2:], strict=False)
            if waiting.after is State.BACKOFF
        ]
        assert len(waits) == 4
        assert all(wait >= 0.75 * 0.05 * 2**number for number, wait in enumerate(waits))
        told = [each.retry_seconds for each in changes]
        assert [seconds > 0 for seconds in told] == [each.after is State.BACKOFF for each in changes]
        assert all(0 < seconds <= wait + 0.01 for seconds, wait in zip(filter(None, told), waits, strict=True))

    def test_the_error_of_a_crash_after_the_use_of_a_simulated_bus_has_its_mark(
        self, supervised: SupervisedHost
    ) -> None:
        supervised.configure(MAY_USE_LIGHT)
        supervised.write("light", LIGHT.replace("return", "1 / 0; return"))
        supervised.start()
        supervised.reaches("light", State.BACKOFF)
        assert {each.simulated for each in supervised.of(ReadingFailed, "light")} == {(BusName("i2c-1"),)}

    def test_a_crash_too_many_is_quarantine_until_a_person_releases_it(self, supervised: SupervisedHost) -> None:
        supervised.write("crasher", CRASHER)
        supervised.start()
        for _ in range(2):
            quarantined = supervised.reaches("crasher", State.QUARANTINED)
            assert quarantined.cause == "read crashed: ZeroDivisionError: division by zero"
            supervised.host.order("crasher", Order.RELEASE)
            released = supervised.reaches("crasher", State.LOADING)
            assert (released.before, released.cause) == (State.QUARANTINED, "a person's order")
        supervised.reaches("crasher", State.QUARANTINED)
        assert supervised.states("crasher").count(State.BACKOFF) == 6, "what was before the release is forgotten"

    def test_a_crash_in_the_reading_shows_in_the_round_until_there_is_a_new_one(
        self, supervised: SupervisedHost
    ) -> None:
        supervised.write(
            "odd", "calls = []\ndef read():\n    calls.append(1)\n    return {'x': 1 / (3 - len(calls))}\n"
        )
        supervised.configure({"supervisor": {"first_delay": 0.3, "max_crashes": 100}})
        supervised.start()
        error = {"error": "read crashed: ZeroDivisionError: division by zero"}
        supervised.wait_for(RoundCompleted, where=lambda event: event.readings.get("odd") == error)
        supervised.wait_for(RoundCompleted, where=lambda event: event.readings.get("odd") == {"x": 0.5})

    def test_a_death_is_told_when_it_happens_and_its_line_when_it_is_known(self, supervised: SupervisedHost) -> None:
        supervised.write("hangs", HANGS)
        supervised.configure({"limits": {"call_seconds": 0.3}, "supervisor": {"first_delay": 20, "longest_delay": 20}})
        supervised.start()
        searching = supervised.reaches("hangs", State.BACKOFF)
        assert searching.cause == "looking for the line: read crashed: still running after 0.3 s"
        assert searching.is_searching
        assert searching.retry_seconds > 15, "the next instance does not wait for the search"
        crashed = supervised.wait_for(PluginCrashed, "hangs")
        assert crashed.report.problem == "still running after 0.3 s"
        located = supervised.wait_for(CrashLocated, "hangs")
        assert located.report.problem == "still running after 0.3 s, likely in hangs.py line 3"
        assert located.report.time_ns == crashed.time_ns
        assert CrashStore.load(Path(crashed.file)) == located.report
        found = supervised.reaches("hangs", State.BACKOFF)
        assert (found.before, found.cause) == (
            State.BACKOFF,
            "read crashed: still running after 0.3 s, likely in hangs.py line 3",
        )
        assert not found.is_searching
        waited = (found.time_ns - crashed.time_ns) / NS_PER_S
        assert 15 - waited - 0.1 < found.retry_seconds <= 20 - waited + 0.1
        told = [each.text for each in supervised.of(LogWritten, "hangs")]
        assert told.index("crashed (deadline): still running after 0.3 s") < told.index(
            "it died likely in hangs.py line 3, as a replay of the recording did"
        )

    @pytest.mark.parametrize("order", [Order.STOP, Order.RESTART])
    def test_an_order_ends_the_search_for_the_line_of_a_death(self, supervised: SupervisedHost, order: Order) -> None:
        supervised.write("hangs", HANGS)
        supervised.configure({"limits": {"call_seconds": 2}, "supervisor": {"first_delay": 60, "longest_delay": 60}})
        supervised.start()
        supervised.wait_for(PluginCrashed, "hangs")
        with soon():
            supervised.host.order("hangs", order)
            supervised.reaches("hangs", State.STOPPED)
        if order is Order.RESTART:
            assert supervised.reading("hangs") == {"calls": 1}
        assert not supervised.of(CrashLocated)

    def test_a_report_that_cannot_be_written_stops_nobody(self, supervised: SupervisedHost) -> None:
        (supervised.folder / "crashes").write_text("a file where the folder should be", encoding="utf-8")
        supervised.write("crasher", CRASHER)
        supervised.write("counter", COUNTER)
        supervised.start()
        crash = supervised.crash("crasher")
        assert crash.file.startswith("not kept: the crash report of crasher cannot be written to ")
        assert crash.report.problem == "ZeroDivisionError: division by zero in crasher.py line 2"
        supervised.reaches("crasher", State.QUARANTINED)
        assert supervised.reading("counter")

    def test_a_driver_that_is_shown_simulated_readings_cannot_return_them_without_the_mark(
        self, supervised: SupervisedHost
    ) -> None:
        supervised.configure(MAY_USE_LIGHT)
        supervised.write("light", LIGHT)
        supervised.write("copy", COPY)
        supervised.start()
        copied = supervised.wait_for(ReadingPublished, "copy", lambda each: each.reading["copied"] is not None)
        assert copied.simulated == (BusName("i2c-1"),)

    def test_a_display_and_a_page_that_crash_are_given_rounds_again(self, supervised: SupervisedHost) -> None:
        supervised.write("counter", COUNTER)
        supervised.write("screen", "def update(readings):\n    print('at', 60 / (readings['counter']['count'] - 3))\n")
        supervised.write("site", "def render(readings):\n    return str(60 / (readings['counter']['count'] - 3))\n")
        supervised.configure({"supervisor": {"first_delay": 0.05, "max_crashes": 100}})
        supervised.start()
        crashes = {each.plugin: each.report for each in (supervised.wait_for(PluginCrashed) for _ in range(2))}
        assert {name: report.call for name, report in crashes.items()} == {"screen": "update", "site": "render"}
        assert all('"counter": {"count": 3}' in report.argument for report in crashes.values())
        for name in ("screen", "site"):
            assert State.RUNNING in supervised.states(name)
        supervised.line("screen", "at")
        supervised.wait_for(PageRendered, "site")


class TestErrors:
    def test_a_driver_recovers_by_itself_when_its_sensor_returns(self, supervised: SupervisedHost) -> None:
        supervised.write("light", LIGHT)
        supervised.configure(MAY_USE_LIGHT)
        supervised.start()
        assert supervised.reading("light") == {"set_ups": 1}
        supervised.wires.unplugged.add(0x23)
        assert "0x23: no device acknowledged" in supervised.failure("light")
        assert supervised.counters("light", lambda counters: counters.errors >= 3).crashes == ()
        supervised.wires.unplugged.clear()
        assert supervised.reading("light") == {"set_ups": 2}, "it sets a sensor up that lost its power"
        supervised.line("light", "read works again")
        assert supervised.states("light") == STRAIGHT
        said = [each.text for each in supervised.of(LogWritten, "light")]
        assert [text.partition(":")[0] for text in said] == ["read reports", "read works again"], "once, not every time"

    def test_a_sensor_that_was_absent_at_the_start_is_set_up_when_it_appears(self, supervised: SupervisedHost) -> None:
        supervised.write("light", LIGHT)
        supervised.configure(MAY_USE_LIGHT)
        supervised.wires.unplugged.add(0x23)
        supervised.start()
        assert "no device acknowledged" in supervised.failure("light")
        supervised.wires.unplugged.clear()
        assert supervised.reading("light") == {"set_ups": 1}
        assert supervised.states("light") == STRAIGHT

    def test_an_error_is_told_once_although_the_plugins_other_calls_work(self, supervised: SupervisedHost) -> None:
        supervised.write(
            "both",
            """
            import host
            def read():
                raise host.SensorError("nobody answered")
            def render(readings):
                return "a page"
            """,
        )
        supervised.start()
        for _ in range(3):
            supervised.wait_for(PageRendered, "both")
        assert [line.text for line in supervised.of(LogWritten, "both")] == ["read reports: nobody answered"]

    def test_the_counters_after_a_call_count_that_very_call(self, supervised: SupervisedHost) -> None:
        supervised.write("light", LIGHT)
        supervised.write("crasher", CRASHER)
        supervised.configure(MAY_USE_LIGHT)
        supervised.wires.unplugged.add(0x23)
        supervised.start()
        supervised.reaches("crasher", State.QUARANTINED)
        assert supervised.of(CountersTaken, "crasher")[-1].counters.crashes == (("exception", 3),)
        counted = [each.counters for each in supervised.of(CountersTaken, "light")]
        assert [(each.calls, each.errors) for each in counted[:3]] == [(1, 0), (2, 1), (3, 2)]

    def test_the_hosts_memory_that_a_call_took_is_counted_for_its_plugin(self, supervised: SupervisedHost) -> None:
        supervised.write("long", "def read(): return {'text': 'x' * 50_000}")
        supervised.write("short", "def read(): return {}")
        supervised.start()
        assert supervised.counters("long", lambda counters: counters.calls >= 2).host_bytes > 50_000 * TEXT_COST
        assert supervised.counters("short", lambda counters: counters.calls >= 2).host_bytes == 0


class TestTurns:
    def test_a_driver_reads_once_at_the_start_and_then_once_an_interval(self, supervised: SupervisedHost) -> None:
        supervised.write("counter", COUNTER)
        supervised.configure({"host": {"interval": 0.3}})
        supervised.start()
        times = [supervised.wait_for(ReadingPublished, "counter").time_ns for _ in range(3)]
        assert times[2] - times[0] > 0.4e9, "two intervals, even if a busy machine delays the first reading"

    def test_a_shorter_interval_holds_at_once(self, supervised: SupervisedHost) -> None:
        supervised.write("counter", COUNTER)
        supervised.configure({"plugins.counter": {"interval": 3600}})
        supervised.start()
        assert supervised.reading("counter") == {"count": 1}
        supervised.configure({"plugins.counter": {"interval": 0.05}})
        supervised.host.refresh()
        assert supervised.reading("counter") == {"count": 2}
        assert supervised.reading("counter") == {"count": 3}
        assert not supervised.of(PluginReloaded)

    def test_readings_that_take_longer_than_the_interval_leave_the_plugin_time_to_show(
        self, supervised: SupervisedHost
    ) -> None:
        supervised.write(
            "both",
            """
            import time
            def read():
                time.sleep(0.1)
                return {"slow": True}
            def update(readings):
                print("shows", readings["both"])
            """,
        )
        supervised.start()
        supervised.line("both", "shows {'slow': True}")
