"""Who may touch what: by host.toml's permissions, and by who used it first."""

from __future__ import annotations

import sys
import threading
import timeit
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostcore.access.decisions import Access, Conflict, Reservations, conflicts
from hostcore.config.model import Limits, PluginSettings
from hostcore.errors import AccessDeniedError
from hostcore.permissions import Claim, I2cPermission, Permission, claims, parse_permission
from tests.accesses import allowed, permissions


class TestPermissions:
    def test_what_is_granted_passes_again_and_again(self) -> None:
        access = Access("bme680", permissions("i2c:1:0x77"))
        assert [allowed(access, "i2c:1:0x77") for _ in range(3)] == [True] * 3
        assert allowed(access, "i2c:1:0x77:read")

    def test_nothing_else_does(self) -> None:
        access = Access("bme680", permissions("i2c:1:0x77:read gpio:4:in"))
        refused = ("i2c:1:0x77:write", "i2c:1:0x77", "i2c:1:0x76:read", "i2c:3:0x77:read", "gpio:4:out", "system")
        assert not any(allowed(access, wanted) for wanted in refused)

    def test_one_permission_to_read_and_one_to_write_make_a_register_access(self) -> None:
        assert allowed(Access("bme680", permissions("i2c:1:0x77:read i2c:1:0x77:write")), "i2c:1:0x77")

    def test_a_reason_names_the_device_in_a_persons_words_and_what_to_put_into_host_toml(self) -> None:
        with pytest.raises(AccessDeniedError) as denied:
            Access("bme680", permissions("i2c:1:0x76 system")).require(parse_permission("i2c:1:0x77"))
        assert str(denied.value) == (
            "host.toml does not let bme680 use 0x77 on i2c-1; if it should, "
            'add "i2c:1:0x77" to permissions in [plugins.bme680], or run: wasi-host grant bme680 i2c:1:0x77'
        )

    def test_what_is_granted_at_run_time_passes_from_then_on(self) -> None:
        access = Access("bme680", ())
        assert not allowed(access, "i2c:1:0x77")
        access.grant(permissions("i2c:1:0x77"))
        assert allowed(access, "i2c:1:0x77")

    def test_what_is_taken_away_at_run_time_is_denied_from_then_on(self) -> None:
        access = Access("bme680", permissions("i2c:1:0x77 system"))
        assert allowed(access, "i2c:1:0x77")
        access.grant(permissions("system"))
        assert not allowed(access, "i2c:1:0x77")
        assert allowed(access, "system")

    def test_one_can_ask_what_is_granted_without_it_being_a_denial(self) -> None:
        told: list[int] = []
        access = Access("bme680", permissions("system"), denied=lambda denial: told.append(denial.count))
        assert access.grants(parse_permission("system"))
        assert not access.grants(parse_permission("i2c:1:0x77"))
        assert told == []


class TestReservations:
    @staticmethod
    def pair(granted: str, shared: str = "") -> tuple[Access, Access]:
        """Two plugins that may touch the same."""
        reservations = Reservations(permissions(shared))
        return Access("first", permissions(granted), reservations), Access("second", permissions(granted), reservations)

    @pytest.mark.parametrize(
        ("wanted", "device", "check"),
        [
            ("i2c:1:0x76", "0x76 on i2c-1", "address"),
            ("i2c:1:0x76:write", "0x76 on i2c-1", "address"),
            ("spi:0.1", "chip select 1 of spi-0", "device"),
            ("gpio:4:out", "GPIO 4", "line"),
            ("uart:serial0", "the serial port serial0", "device"),
        ],
    )
    def test_who_uses_a_thing_first_has_it_for_itself(self, wanted: str, device: str, check: str) -> None:
        first, second = self.pair(wanted)
        assert allowed(first, wanted)
        with pytest.raises(AccessDeniedError) as denied:
            second.require(parse_permission(wanted))
        assert str(denied.value) == (
            f"{device} belongs to first, which used it first, so second may not use it; check the {check} in second; "
            f'if both should use it, add "{wanted}" to shared in [access] of host.toml'
        )
        assert allowed(first, wanted)

    def test_an_output_and_pulses_are_uses_of_the_same_line(self) -> None:
        first, second = self.pair("gpio:4:out gpio:4:pulses")
        assert allowed(first, "gpio:4:pulses")
        assert not allowed(second, "gpio:4:out")

    def test_reading_an_address_keeps_nobody_from_it_and_is_not_kept_from_anybody(self) -> None:
        first, second = self.pair("i2c:1:0x76")
        assert allowed(first, "i2c:1:0x76:read")
        assert allowed(second, "i2c:1:0x76")
        assert allowed(first, "i2c:1:0x76:read")
        assert not allowed(first, "i2c:1:0x76:write")

    def test_levels_and_the_computers_state_are_everybodys(self) -> None:
        first, second = self.pair("gpio:17:in system")
        assert all(allowed(access, wanted) for access in (first, second) for wanted in ("gpio:17:in", "system"))

    def test_a_line_that_another_drives_is_not_read_however_often_it_was_before(self) -> None:
        first, second = self.pair("gpio:17:in gpio:17:out")
        assert allowed(second, "gpio:17:in")
        assert allowed(first, "gpio:17:out")
        assert not allowed(second, "gpio:17:in"), "reading would make the output an input"
        assert allowed(first, "gpio:17:in"), "its own it may"
        first.release()
        assert allowed(second, "gpio:17:in")

    def test_the_reason_says_how_to_let_both(self) -> None:
        first, second = self.pair("gpio:17:in gpio:17:out")
        assert allowed(first, "gpio:17:out")
        with pytest.raises(AccessDeniedError, match=r'drives the line, .*; if both .*, add "gpio:17:out" to shared'):
            second.require(parse_permission("gpio:17:in"))

    def test_a_shared_line_is_read_whoever_drives_it(self) -> None:
        first, second = self.pair("gpio:17:in gpio:17:out", shared="gpio:17:out")
        assert all(allowed(first, wanted) for wanted in ("gpio:17:out", "gpio:17:in"))
        assert allowed(second, "gpio:17:in")

    def test_a_neighbour_on_another_address_does_not_matter(self) -> None:
        first, second = self.pair("i2c:1:0x76-0x77")
        assert allowed(first, "i2c:1:0x76")
        assert allowed(second, "i2c:1:0x77")

    def test_what_is_shared_is_everybodys_and_all_else_is_not(self) -> None:
        first, second = self.pair("i2c:1:0x76 i2c:1:0x77", shared="i2c:1:0x76")
        assert all(allowed(access, "i2c:1:0x76") for access in (first, second))
        assert allowed(first, "i2c:1:0x77")
        assert not allowed(second, "i2c:1:0x77")

    def test_what_is_not_granted_is_not_reserved(self) -> None:
        reservations = Reservations()
        assert not allowed(Access("first", (), reservations), "i2c:1:0x76")
        assert allowed(Access("second", permissions("i2c:1:0x76"), reservations), "i2c:1:0x76")

    def test_who_stops_leaves_it_to_others_and_has_to_ask_again(self) -> None:
        first, second = self.pair("i2c:1:0x76")
        assert allowed(first, "i2c:1:0x76")
        first.release()
        assert allowed(second, "i2c:1:0x76")
        assert not allowed(first, "i2c:1:0x76")

    def test_a_permission_that_is_taken_away_leaves_it_to_others(self) -> None:
        first, second = self.pair("i2c:1:0x76 spi:0.0")
        assert all(allowed(first, wanted) for wanted in ("i2c:1:0x76", "spi:0.0"))
        first.grant(permissions("spi:0.0"))
        assert allowed(second, "i2c:1:0x76")
        assert not allowed(second, "spi:0.0")

    def test_a_range_is_reserved_as_a_whole_or_not_at_all(self) -> None:
        first, second = self.pair("i2c:1:0x50-0x57")
        assert allowed(first, "i2c:1:0x57")
        assert not allowed(second, "i2c:1:0x50-0x57")
        assert allowed(first, "i2c:1:0x50")

    @given(
        st.lists(
            st.tuples(
                st.sampled_from(["a", "b", "c"]),
                st.sampled_from(["i2c:1:0x76", "i2c:1:0x76:read", "i2c:1:0x70-0x77", "spi:0.0", "gpio:4:out", "stop"]),
            ),
            max_size=30,
        )
    )
    def test_at_no_time_do_two_plugins_have_the_same_for_themselves(self, steps: list[tuple[str, str]]) -> None:
        reservations = Reservations()
        granted = permissions("i2c:1:0x70-0x77 spi:0.0 gpio:4:out")
        plugins = {name: Access(name, granted, reservations) for name in "abc"}
        owners: dict[object, str] = {}
        for name, step in steps:
            if step == "stop":
                plugins[name].release()
                owners = {claim: owner for claim, owner in owners.items() if owner != name}
                continue
            wanted = claims(parse_permission(step))
            free = all(owners.get(claim, name) == name for claim in wanted)
            assert allowed(plugins[name], step) is free
            if free:
                owners.update(dict.fromkeys(wanted, name))


class TestThreads:
    def test_only_one_of_many_gets_the_same_addresses(self) -> None:
        wanted = parse_permission("i2c:1:0x08-0x77")
        switch_interval = sys.getswitchinterval()
        sys.setswitchinterval(1e-6)
        try:
            for _ in range(30):
                reservations, start, owners = Reservations(), threading.Barrier(4), []

                def use(plugin: str, reservations=reservations, start=start, owners=owners) -> None:
                    start.wait()
                    owners.append(reservations.reserve(plugin, wanted))

                threads = [threading.Thread(target=use, args=(plugin,)) for plugin in "abcd"]
                for thread in threads:
                    thread.start()
                for thread in threads:
                    thread.join()
                assert owners.count(None) == 1
        finally:
            sys.setswitchinterval(switch_interval)

    def test_what_is_taken_away_in_the_middle_of_an_access_is_not_kept_for_its_plugin(self) -> None:
        class Reserving(Reservations):
            """Lets somebody take all permissions away in the very moment in which the plugin gets its address."""

            def reserve(self, plugin: str, wanted: Permission) -> str | None:
                if plugin == "first":
                    taking.start()
                    taking.join(timeout=0.05)
                return super().reserve(plugin, wanted)

        reservations = Reserving()
        first = Access("first", permissions("i2c:1:0x76"), reservations)
        second = Access("second", permissions("i2c:1:0x76"), reservations)
        taking = threading.Thread(target=first.grant, args=((),))
        assert allowed(first, "i2c:1:0x76")
        taking.join()
        assert not allowed(first, "i2c:1:0x76")
        assert allowed(second, "i2c:1:0x76")


def test_a_line_that_is_read_again_and_again_is_checked_without_a_look_at_all_permissions(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    access = Access("light", permissions("i2c:1:0x08-0x77 gpio:4:in"))
    assert allowed(access, "gpio:4:in")
    looked_at: list[Permission] = []

    def counted(permission: Permission) -> tuple[Claim, ...]:
        looked_at.append(permission)
        return claims(permission)

    monkeypatch.setattr("hostcore.access.decisions.claims", counted)
    assert allowed(access, "gpio:4:in")
    assert looked_at == [parse_permission("gpio:4:in")]


def test_an_access_that_passed_before_takes_less_than_ten_set_lookups() -> None:
    wanted = I2cPermission(1, 0x77, 0x77)
    access, plain = Access("probe", (wanted,)), {wanted}
    access.require(wanted)
    required = min(timeit.repeat(lambda: access.require(wanted), number=2000, repeat=5))
    looked_up = min(timeit.repeat(lambda: wanted in plain, number=2000, repeat=5))
    assert required < 10 * looked_up


def plugin(name: str, granted: str, enabled: bool = True) -> PluginSettings:
    return PluginSettings(name, Path(f"{name}.py"), enabled, 1.0, None, permissions(granted), Limits(), "{}")


class TestConflicts:
    @pytest.mark.parametrize(
        ("one", "other", "both"),
        [
            ("i2c:1:0x76", "i2c:1:0x76", ["i2c:1:0x76"]),
            ("i2c:1:0x76:write", "i2c:1:0x76", ["i2c:1:0x76:write"]),
            ("i2c:1:0x50-0x57", "i2c:1:0x54-0x60", ["i2c:1:0x54-0x57"]),
            ("i2c:1:0x50-0x57 spi:0.0", "spi:0.0 i2c:1:0x50 system", ["i2c:1:0x50", "spi:0.0"]),
            ("i2c:1:0x50-0x57 i2c:1:0x50", "i2c:1:0x50", ["i2c:1:0x50"]),
            ("gpio:4:out", "gpio:4:pulses", ["gpio:4:out"]),
            ("uart:serial0", "uart:serial0", ["uart:serial0"]),
            ("i2c:1:0x76:read", "i2c:1:0x76", []),
            ("i2c:1:0x76", "i2c:3:0x76", []),
            ("i2c:1:0x76", "i2c:1:0x77", []),
            ("gpio:4:in", "gpio:4:out", []),
            ("system", "system", []),
            ("spi:0.0", "i2c:1:0x50", []),
        ],
    )
    def test_two_plugins_that_may_write_to_the_same(self, one: str, other: str, both: list[str]) -> None:
        found = conflicts([plugin("a", one), plugin("b", other)], ())
        assert [str(conflict.permission) for conflict in found] == both
        assert all(conflict.plugins == ("a", "b") for conflict in found)

    def test_a_plugin_that_is_not_enabled_does_not_matter(self) -> None:
        assert conflicts([plugin("a", "spi:0.0"), plugin("b", "spi:0.0", enabled=False)], ()) == ()

    def test_what_is_shared_is_none(self) -> None:
        plugins = [plugin("a", "i2c:1:0x50-0x57"), plugin("b", "i2c:1:0x50-0x57")]
        assert conflicts(plugins, permissions("i2c:1:0x50-0x57")) == ()
        assert len(conflicts(plugins, permissions("i2c:1:0x50-0x56"))) == 1

    def test_three_plugins_are_three_pairs(self) -> None:
        found = conflicts([plugin(name, "spi:0.0") for name in "abc"], ())
        assert [conflict.plugins for conflict in found] == [("a", "b"), ("a", "c"), ("b", "c")]

    def test_it_names_both_plugins_what_follows_and_what_to_do(self) -> None:
        assert str(Conflict(("left", "right"), parse_permission("i2c:1:0x76"))) == (
            "left and right may both use 0x76 on i2c-1: it belongs to the first one that uses it, "
            "and the other one is denied; "
            'if both should use it, add "i2c:1:0x76" to shared in [access] of host.toml'
        )
