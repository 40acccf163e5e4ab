"""A running host keeps its plugins alive: crashes, errors, orders, permissions and limits, as its events tell them."""

from __future__ import annotations

import time
from collections.abc import Mapping
from itertools import pairwise

import pytest

from hostcore.access_requests import load_requests
from hostcore.errors import HostError
from hostcore.events import (
    AccessDenied,
    CountersTaken,
    LogWritten,
    PageRendered,
    PluginCrashed,
    PluginReloaded,
    PluginsChanged,
    ReadingFailed,
    ReadingPublished,
    RoundCompleted,
    State,
    StateChanged,
)
from hostcore.grants import grant
from hostcore.hardware import Place
from hostcore.permissions import parse_permission
from hostcore.session import Order
from tests.supervised import SupervisedHost

pytest_plugins = ["tests.supervised_fixture"]

SOON = 1.5
"""Seconds in which something stops: one by the specification, and a bit for a machine that has other tests to run."""
COUNTER = """
    count = 0
    def read():
        global count
        count += 1
        return {"count": count}
"""
CRASHER = "def read():\n    return 1 / 0\n"
LIGHT = """
    from host import i2c
    set_ups = 0
    def setup():
        global set_ups
        i2c.write(0x23, b"\\x01")
        set_ups += 1
    def read():
        i2c.write(0x23, b"\\x20")
        return {"set_ups": set_ups}
"""
MAY_USE_LIGHT = {"plugins.light": {"permissions": ["i2c:1:0x23"]}}
BUSY = {
    "in a loop": "while True: pass",
    "asleep": "time.sleep(60)",
    "waiting for the bus": "i2c.read(0x23, 1)",
    "waiting for the serial port": "uart.read(timeout=60)",
}
"""Ways to spend a minute in one call."""
RUNNING_STRAIGHT = [State.LOADING, State.RUNNING]


def ran_straight(supervised: SupervisedHost, plugin: str) -> bool:
    """Whether the plugin has been running ever since it was loaded."""
    return supervised.states(plugin) == RUNNING_STRAIGHT


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
            (later.time_ns - earlier.time_ns) / 1e9
            for earlier, later in pairwise(changes)
            if earlier.after is State.BACKOFF
        ]
        assert len(waits) == 4
        assert all(wait >= 0.75 * 0.05 * 2**number for number, wait in enumerate(waits))

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
        assert ran_straight(supervised, "light")
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
        assert ran_straight(supervised, "light")

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


class TestOrders:
    def test_whoever_is_stopped_leaves_the_rounds_and_starts_anew(self, supervised: SupervisedHost) -> None:
        supervised.write("counter", COUNTER)
        supervised.write("other", COUNTER)
        supervised.start()
        supervised.wait_for(RoundCompleted, where=lambda event: "counter" in event.readings)
        supervised.host.order("counter", Order.STOP)
        supervised.reaches("counter", State.STOPPED)
        supervised.wait_for(RoundCompleted, where=lambda event: "counter" not in event.readings)
        supervised.host.order("counter", Order.START)
        supervised.reaches("counter", State.RUNNING)
        assert supervised.reading("counter") == {"count": 1}

    @pytest.mark.parametrize("before", [State.RUNNING, State.STOPPED, State.QUARANTINED, State.BACKOFF])
    def test_a_restart_is_a_new_instance_from_any_state(self, supervised: SupervisedHost, before: State) -> None:
        source = CRASHER if before in {State.QUARANTINED, State.BACKOFF} else COUNTER
        supervised.write("plugin", source)
        delay = 60 if before is State.BACKOFF else 0.05
        supervised.configure({"supervisor": {"first_delay": delay, "max_crashes": 1}})
        supervised.start()
        if before is State.STOPPED:
            supervised.host.order("plugin", Order.STOP)
        supervised.reaches("plugin", before)
        supervised.write("plugin", COUNTER)
        supervised.host.order("plugin", Order.RESTART)
        supervised.reaches("plugin", State.LOADING)
        supervised.reaches("plugin", State.RUNNING)
        assert supervised.reading("plugin")["count"] == 1
        assert not [each for each in supervised.of(LogWritten, "plugin") if "knows no" in each.text]

    def test_an_order_that_means_nothing_now_says_what_would(self, supervised: SupervisedHost) -> None:
        supervised.write("counter", COUNTER)
        supervised.start()
        supervised.reaches("counter", State.RUNNING)
        supervised.host.order("counter", Order.RELEASE)
        supervised.line("counter", "a running plugin knows no 'release'; possible: crashed, ")
        assert supervised.reading("counter")
        assert ran_straight(supervised, "counter")

    def test_an_order_for_a_plugin_that_is_not_there_names_those_that_are(self, supervised: SupervisedHost) -> None:
        supervised.write("counter", COUNTER)
        supervised.write("other", COUNTER)
        supervised.start()
        with pytest.raises(HostError, match="no plugin is called 'counters'; there are: counter, other"):
            supervised.host.order("counters", Order.STOP)

    @pytest.mark.parametrize("how", BUSY)
    def test_a_stop_ends_the_call_under_way_and_is_no_crash(self, supervised: SupervisedHost, how: str) -> None:
        self.start_busy(supervised, how)
        with supervised.host.hardware.held(Place("i2c-1", None)):
            supervised.line("busy", "begins")
            began = time.monotonic()
            supervised.host.order("busy", Order.STOP)
            supervised.reaches("busy", State.STOPPED)
            assert time.monotonic() - began < SOON
        assert not supervised.of(PluginCrashed)
        assert supervised.of(CountersTaken, "busy")[-1].counters.crashes == ()
        supervised.host.order("busy", Order.START)
        supervised.line("busy", "begins")

    @pytest.mark.parametrize("how", BUSY)
    def test_the_hosts_end_ends_the_call_under_way(self, supervised: SupervisedHost, how: str) -> None:
        self.start_busy(supervised, how)
        with supervised.host.hardware.held(Place("i2c-1", None)):
            supervised.line("busy", "begins")
            began = time.monotonic()
            assert supervised.stop()
            assert time.monotonic() - began < SOON
        assert supervised.threads() == set()

    def test_a_plugin_that_never_ends_to_load_can_be_stopped(self, supervised: SupervisedHost) -> None:
        supervised.write("busy", "print('begins', flush=True)\nwhile True: pass\ndef read(): return {}\n")
        supervised.configure({"limits": {"call_seconds": 60}})
        supervised.start()
        supervised.line("busy", "begins")
        supervised.host.order("busy", Order.STOP)
        assert supervised.reaches("busy", State.STOPPED).before is State.LOADING
        assert not supervised.of(PluginCrashed)

    def start_busy(self, supervised: SupervisedHost, how: str) -> None:
        """Start a host with a plugin that says when it begins to be busy, for up to a minute."""
        supervised.write(
            "busy",
            f"""
            import time
            from host import i2c, uart
            def read():
                print("begins", flush=True)
                {BUSY[how]}
                return {{}}
            """,
        )
        supervised.configure(
            {"limits": {"call_seconds": 60}, "plugins.busy": {"permissions": ["i2c:1:0x23", "uart:serial0"]}}
        )
        supervised.start()


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


class TestPermissions:
    def test_what_a_person_grants_holds_for_the_next_call_of_the_same_instance(
        self, supervised: SupervisedHost
    ) -> None:
        supervised.write("light", LIGHT)
        text = supervised.config.read_text(encoding="utf-8") + "\n# my own words\n"
        supervised.config.write_text(text, encoding="utf-8")
        supervised.start()
        denied = supervised.wait_for(AccessDenied, "light")
        assert (denied.permission, denied.count) == ("i2c:1:0x23:write", 1)
        assert "wasi-host grant light i2c:1:0x23:write" in denied.reason
        supervised.host.grant("light", ("i2c:1:0x23:write",))
        assert supervised.reading("light") == {"set_ups": 1}
        assert ran_straight(supervised, "light")
        assert not supervised.of(PluginReloaded)
        assert "light" in supervised.of(PluginsChanged)[0].names
        assert "# my own words" in supervised.config.read_text(encoding="utf-8")

    def test_what_another_process_writes_into_host_toml_holds_too(self, supervised: SupervisedHost) -> None:
        supervised.write("light", LIGHT)
        supervised.start()
        supervised.failure("light", "does not grant")
        grant(supervised.config, "light", [parse_permission("i2c:1:0x23:write")])
        assert supervised.reading("light") == {"set_ups": 1}
        supervised.configure()
        supervised.failure("light", "does not grant")
        assert ran_straight(supervised, "light")

    def test_a_denied_access_is_a_request_that_is_kept_and_its_repeats_are_counted(
        self, supervised: SupervisedHost
    ) -> None:
        supervised.write(
            "nosy",
            """
            from host import Denied, i2c
            def read():
                for _ in range(40):
                    try: i2c.read(0x50, 1)
                    except Denied: pass
                return {}
            """,
        )
        supervised.start()
        assert supervised.counters("nosy", lambda counters: counters.denied >= 120)
        supervised.stop()
        assert [each.count for each in supervised.of(AccessDenied, "nosy")][:3] == [1, 10, 100]
        (request,) = load_requests(supervised.config)
        assert (request.plugin, str(request.permission)) == ("nosy", "i2c:1:0x50:read")
        assert request.count >= 100

    def test_two_writers_of_one_address_are_a_conflict_that_names_both(self, supervised: SupervisedHost) -> None:
        supervised.write("light", LIGHT)
        supervised.configure(MAY_USE_LIGHT)
        supervised.start()
        supervised.reading("light")
        supervised.write("rival", LIGHT)
        supervised.configure({**MAY_USE_LIGHT, "plugins.rival": {"permissions": ["i2c:1:0x23"]}})
        supervised.host.refresh()
        supervised.line("host", 'light and rival may both use "i2c:1:0x23"')
        assert "light used it first and has it for itself" in supervised.failure("rival")
        denied = supervised.of(AccessDenied, "rival")[0]
        assert 'add "i2c:1:0x23:write" to shared in [access]' in denied.reason
        supervised.host.order("light", Order.STOP)
        supervised.reaches("light", State.STOPPED)
        assert supervised.reading("rival"), "what the first had is free now"
        assert load_requests(supervised.config) == (), "no grant could have helped"

    def test_what_host_toml_shares_is_no_conflict(self, supervised: SupervisedHost) -> None:
        supervised.write("light", LIGHT)
        supervised.write("rival", LIGHT)
        tables = {**MAY_USE_LIGHT, "plugins.rival": {"permissions": ["i2c:1:0x23"]}}
        supervised.configure({**tables, "access": {"shared": ["i2c:1:0x23"]}})
        supervised.start()
        for name in ("light", "rival"):
            supervised.reading(name)
        assert not supervised.of(ReadingFailed)
        assert not supervised.of(LogWritten, "host")


class TestLimits:
    @pytest.mark.parametrize(
        ("name", "before", "after", "source", "words"),
        [
            ("call_seconds", 5, 0.2, "import time; time.sleep(1)", "still asleep after 0.2 s"),
            ("memory_mib", 64, 24, "bytearray(40 << 20)", "asked for more than 24 MiB"),
            ("log_line_length", 2000, 100, "print('x' * 200)", "[100 characters more]"),
            ("log_lines_per_second", 10_000, 7, "print('x\\n' * 300)", "dropped (more than 7 a second)"),
            ("reading_bytes", 65_536, 64, "pass", "64 are allowed (reading_bytes)"),
        ],
    )
    def test_a_limit_that_changes_in_host_toml_holds_from_the_next_call_on(
        self, supervised: SupervisedHost, name: str, before: float, after: float, source: str, words: str
    ) -> None:
        supervised.write("plugin", f"def read():\n    {source}\n    return {{'text': 'x' * 100}}\n")
        supervised.configure({"limits": {name: before}})
        supervised.start()
        supervised.reading("plugin")
        assert not [each for each in supervised.of(LogWritten, "plugin") if words in each.text]
        supervised.configure({"plugins.plugin.limits": {name: after}})
        supervised.line("plugin", words)
        assert len(supervised.of(PluginReloaded, "plugin")) == 1
        assert len(supervised.of(PluginsChanged)) == (name in {"call_seconds", "memory_mib"})

    def test_a_smaller_bus_share_holds_too_and_what_was_counted_counts_on(self, supervised: SupervisedHost) -> None:
        supervised.write(
            "hammer",
            """
            from host import i2c
            def read():
                for _ in range(300): i2c.read(0x23, 255)
                print("x\\n" * 100)
                return {}
            """,
        )
        tables: Mapping[str, Mapping[str, object]] = {"plugins.hammer": {"permissions": ["i2c:1:0x23"]}}
        supervised.configure({**tables, "limits": {"bus_share": 1.0}})
        supervised.start()
        dropped = supervised.counters("hammer", lambda counters: counters.lines_dropped > 0).lines_dropped
        assert supervised.of(CountersTaken, "hammer")[-1].counters.throttled_ns == 0
        supervised.configure({**tables, "limits": {"bus_share": 0.01, "log_line_length": 100}})
        throttled = supervised.counters("hammer", lambda counters: counters.throttled_ns > 0)
        assert throttled.lines_dropped >= dropped
        assert throttled.reloads == 1

    def test_a_plugins_own_settings_reach_it_when_they_change(self, supervised: SupervisedHost) -> None:
        supervised.write("plugin", "import host\ndef read(): return host.settings()\n")
        supervised.configure({"plugins.plugin.settings": {"gain": 1}})
        supervised.start()
        assert supervised.reading("plugin") == {"gain": 1}
        supervised.configure({"plugins.plugin.settings": {"gain": 2}})
        assert supervised.reading("plugin", lambda reading: reading != {"gain": 1}) == {"gain": 2}


class TestHostToml:
    def test_a_broken_one_changes_nothing_and_says_where(self, supervised: SupervisedHost) -> None:
        supervised.write("counter", COUNTER)
        supervised.start()
        supervised.reading("counter")
        good = supervised.config.read_text(encoding="utf-8")
        supervised.config.write_text(good + "[limits]\nmemory_mib = 7\n", encoding="utf-8")
        supervised.line("host", "memory_mib")
        line = supervised.of(LogWritten, "host")[-1].text
        assert line.startswith("the new settings are not taken, the old ones hold: ")
        assert f"host.toml:{good.count(chr(10)) + 2}" in line
        assert supervised.reading("counter")
        supervised.config.write_text(good + "[limits]\nreading_bytes = 64\n", encoding="utf-8")
        supervised.wait_for(PluginReloaded, "counter")

    def test_what_holds_only_from_the_next_start_on_is_said_once(self, supervised: SupervisedHost) -> None:
        supervised.write("counter", COUNTER)
        supervised.start()
        supervised.reading("counter")
        changed = {"crashes": {"folder": "elsewhere"}, "simulation": {"seed": 99}}
        supervised.configure(changed)
        assert "changes of [simulation], [crashes] hold from the next start on" in supervised.line("host", "chang").text
        supervised.configure({**changed, "limits": {"reading_bytes": 64}})
        supervised.wait_for(PluginReloaded, "counter")
        assert len(supervised.of(LogWritten, "host")) == 1
