"""What changes in host.toml while the host runs: permissions, limits, and everything else."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from hostcore.access.requests import load_requests
from hostcore.events import (
    AccessDenied,
    CountersTaken,
    LogWritten,
    PluginReloaded,
    PluginsChanged,
    ReadingFailed,
    State,
)
from hostcore.permissions import parse_permission
from hostcore.reload.granting import grant
from hostcore.session import Order
from tests.supervised import COUNTER, LIGHT, MAY_USE_LIGHT, STRAIGHT, SupervisedHost

pytest_plugins = ["tests.supervised_fixture"]


class TestPermissions:
    def test_what_a_person_grants_holds_for_the_next_call_of_the_same_instance(
        self, supervised: SupervisedHost
    ) -> None:
        supervised.write("light", LIGHT)
        text = supervised.config.read_text(encoding="utf-8") + "\n# my own words\n"
        supervised.config.write_text(text, encoding="utf-8")
        supervised.start()
        denied = supervised.wait_for(AccessDenied, "light")
        assert (denied.permission, denied.count) == (parse_permission("i2c:1:0x23"), 1)
        assert "wasi-host grant light i2c:1:0x23" in denied.reason
        supervised.host.grant("light", ("i2c:1:0x23:write",))
        assert supervised.reading("light") == {"set_ups": 1}
        assert supervised.states("light") == STRAIGHT
        assert not supervised.of(PluginReloaded)
        assert "light" in supervised.of(PluginsChanged)[0].names
        assert "# my own words" in supervised.config.read_text(encoding="utf-8")

    def test_what_another_process_writes_into_host_toml_holds_too(self, supervised: SupervisedHost) -> None:
        supervised.write("light", LIGHT)
        supervised.start()
        supervised.failure("light", "does not let")
        grant(supervised.config, "light", [parse_permission("i2c:1:0x23:write")])
        assert supervised.reading("light") == {"set_ups": 1}
        supervised.configure()
        supervised.failure("light", "does not let")
        assert supervised.states("light") == STRAIGHT

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
        supervised.line("host", "light and rival may both use 0x23 on i2c-1")
        assert "belongs to light, which used it first" in supervised.failure("rival")
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
        assert line.startswith("the new settings are not used, the old ones stay: ")
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
        assert (
            "changes of [simulation], [crashes] take effect at the next start" in supervised.line("host", "chang").text
        )
        supervised.configure({**changed, "limits": {"reading_bytes": 64}})
        supervised.wait_for(PluginReloaded, "counter")
        assert len(supervised.of(LogWritten, "host")) == 1

    def test_until_then_it_holds_for_nobody(self, supervised: SupervisedHost) -> None:
        supervised.write("counter", COUNTER)
        supervised.start()
        supervised.reading("counter")
        supervised.configure({"host": {"plugins_folder": "elsewhere", "interval": 3600}})
        assert "changes of [host] take effect at the next start" in supervised.line("host", "changes").text
        supervised.host.refresh()
        supervised.skip()
        assert supervised.reading("counter")["count"] < supervised.reading("counter")["count"]
        assert supervised.states("counter") == STRAIGHT
