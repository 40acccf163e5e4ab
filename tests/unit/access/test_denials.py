"""What a denial tells, how often, and to whom the device belongs."""

from __future__ import annotations

import pytest

from hostcore.access.decisions import MOST_DENIALS, Access, Denial, Reservations
from hostcore.errors import AccessDeniedError
from hostcore.permissions import parse_permission
from tests.accesses import allowed, permissions


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
