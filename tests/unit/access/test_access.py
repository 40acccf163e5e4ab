"""Who may touch what: by host.toml's permissions, and by who used it first."""

from __future__ import annotations

import sys
import threading
import timeit
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostcore.access.decisions import MOST_DENIALS, Access, Conflict, Denial, Reservations, conflicts
from hostcore.config.model import Limits, PluginSettings
from hostcore.errors import AccessDeniedError
from hostcore.permissions import I2cPermission, Permission, claims, parse_permission


def permissions(text: str) -> tuple[Permission, ...]:
    return tuple(map(parse_permission, text.split()))


def allowed(access: Access, wanted: str) -> bool:
    """Whether the access passes."""
    try:
        access.require(parse_permission(wanted))
    except AccessDeniedError:
        return False
    return True


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


class TestDenials:
    @staticmethod
    def observed(*granted: str) -> tuple[Access, list[tuple[str, int]]]:
        told: list[tuple[str, int]] = []
        permissions = tuple(map(parse_permission, granted))
        access = Access("probe", permissions, denied=lambda denial: told.append((str(denial.permission), denial.count)))
        return access, told

    def test_the_first_is_told_and_then_every_tenfold(self) -> None:
        access, told = self.observed()
        for _ in range(1234):
            assert not allowed(access, "system")
        assert told == [("system", 1), ("system", 10), ("system", 100), ("system", 1000)]

    def test_each_permission_is_counted_for_itself(self) -> None:
        access, told = self.observed()
        for wanted in ("i2c:1:0x77:write", "i2c:1:0x77:read", "i2c:1:0x77:write"):
            assert not allowed(access, wanted)
        assert told == [("i2c:1:0x77", 1), ("i2c:1:0x77:read", 1)]

    def test_a_denied_write_asks_for_reads_too_so_that_a_person_grants_once(self) -> None:
        access, told = self.observed("i2c:1:0x76:read")
        with pytest.raises(AccessDeniedError, match="does not let probe use 0x77 on i2c-1"):
            access.require(parse_permission("i2c:1:0x77:write"))
        assert told == [("i2c:1:0x77", 1)]

    def test_the_reason_that_is_told_is_the_one_that_the_plugin_gets(self) -> None:
        reasons: list[str] = []
        access = Access("probe", (), denied=lambda denial: reasons.append(denial.reason))
        with pytest.raises(AccessDeniedError) as denied:
            access.require(parse_permission("system"))
        assert reasons == [str(denied.value)]

    def test_a_plugin_that_asks_for_ever_new_things_is_denied_them_but_not_heard_for_ever(self) -> None:
        access, told = self.observed()
        assert not any(allowed(access, f"uart:port{number}") for number in range(10 * MOST_DENIALS))
        assert len(told) == MOST_DENIALS
        assert not any(allowed(access, "uart:port0") for _ in range(9))
        assert told[-1] == ("uart:port0", 10)

    def test_a_denial_that_a_grant_ended_counts_anew_if_it_comes_back(self) -> None:
        access, told = self.observed()
        allowed(access, "system")
        access.grant(permissions("system"))
        access.grant(())
        allowed(access, "system")
        assert told == [("system", 1), ("system", 1)]


class TestOwners:
    """A denial of another plugin's device names that plugin, and nobody is told to take the device away from it."""

    @staticmethod
    def denied(wanted: str, *, granted: str = "", shared: str = "", owner_uses: str = "", **others: str) -> Denial:
        """What light is told when it wants what these other plugins may use."""
        reservations = Reservations(permissions(shared))
        told: list[Denial] = []
        accesses = {name: Access(name, permissions(text), reservations) for name, text in others.items()}
        if owner_uses:
            assert allowed(next(iter(accesses.values())), owner_uses)
        assert not allowed(Access("light", permissions(granted), reservations, told.append), wanted)
        return told[0]

    @pytest.mark.parametrize("wanted", ["i2c:1:0x76", "i2c:1:0x76:read", "i2c:1:0x76:write"])
    def test_the_owner_is_named_before_it_has_used_its_device(self, wanted: str) -> None:
        denial = self.denied(wanted, bme680="i2c:1:0x76")
        assert denial.reason == "0x76 on i2c-1 belongs to bme680, so light may not use it; check the address in light"
        assert denial.owner == "bme680"

    def test_the_owner_of_a_line_is_named(self) -> None:
        denial = self.denied("gpio:4:in", servo="gpio:4:out")
        assert denial.reason == "GPIO 4 belongs to servo, so light may not use it; check the line in light"

    def test_a_plugin_that_used_the_device_first_is_its_owner_however_much_else_it_may_use(self) -> None:
        denial = self.denied("i2c:1:0x76", owner_uses="i2c:1:0x76", wide="i2c:1:0x08-0x77", bme680="i2c:1:0x76")
        assert denial.owner == "wide"

    def test_a_plugin_that_may_use_every_address_is_not_the_owner_if_another_has_only_this_one(self) -> None:
        assert self.denied("i2c:1:0x76", wide="i2c:1:0x08-0x77", bme680="i2c:1:0x76").owner == "bme680"

    def test_what_is_shared_or_only_read_by_others_belongs_to_nobody(self) -> None:
        assert self.denied("i2c:1:0x76", shared="i2c:1:0x76", bme680="i2c:1:0x76").owner == ""
        assert self.denied("i2c:1:0x76", reader="i2c:1:0x76:read").owner == ""
        assert self.denied("system", monitor="system").owner == ""

    def test_a_plugin_that_stopped_owns_nothing_until_it_asks_again(self) -> None:
        reservations = Reservations()
        owner, light = Access("bme680", permissions("i2c:1:0x76"), reservations), Access("light", (), reservations)
        owner.release()
        with pytest.raises(AccessDeniedError, match="does not let light use 0x76 on i2c-1"):
            light.require(parse_permission("i2c:1:0x76"))
        assert allowed(owner, "i2c:1:0x76")
        with pytest.raises(AccessDeniedError, match="belongs to bme680"):
            light.require(parse_permission("i2c:1:0x76"))


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
