"""Two hosts under one name, or a stranger, make a node a conflict, and nothing else does."""

from __future__ import annotations

import pytest

from hostcore.fleet.folding import Fleet
from hostcore.fleet.model import Standing
from hostcore.fleet.node import CONFLICT_SECONDS
from tests.fleet_messages import NOW, OTHER_RUN, RUN, arrived, health, info, introduce, line


@pytest.fixture
def fleet() -> Fleet:
    fleet = Fleet()
    fleet.connected(NOW)
    return fleet


def test_a_restart_is_no_conflict(fleet: Fleet) -> None:
    introduce(fleet, "pi")
    fleet.fold(arrived("pi/info", info(OTHER_RUN)), NOW + 5)
    assert (line(fleet, after=5).standing, line(fleet, after=5).run) == (Standing.OK, OTHER_RUN)


def test_two_hosts_under_one_name_are_a_conflict_for_some_minutes(fleet: Fleet) -> None:
    introduce(fleet, "pi")
    for run in (OTHER_RUN, RUN):
        fleet.fold(arrived("pi/info", info(run)), NOW + 5)
    conflict = line(fleet, after=6)
    assert conflict.standing is Standing.CONFLICT
    assert RUN in conflict.reason and OTHER_RUN in conflict.reason
    fleet.fold(arrived("pi/health", health(NOW + 300)), NOW + 300)
    assert line(fleet, after=6 + CONFLICT_SECONDS).standing is Standing.OK


def test_two_hosts_that_only_tell_how_they_are_are_a_conflict_too(fleet: Fleet) -> None:
    introduce(fleet, "pi", run=RUN)
    for run in (OTHER_RUN, RUN):
        assert line(fleet).standing is Standing.OK
        fleet.fold(arrived("pi/health", health(NOW, run=run)), NOW)
    assert line(fleet).standing is Standing.CONFLICT


def test_a_node_that_says_that_another_host_has_its_name_is_a_conflict(fleet: Fleet) -> None:
    introduce(fleet, "pi", twin="another host, the computer pi2, has the name pi at the broker, too")
    assert line(fleet).standing is Standing.CONFLICT
    assert "the computer pi2" in line(fleet).reason


def test_a_node_that_speaks_although_its_status_is_offline_is_likely_a_conflict(fleet: Fleet) -> None:
    introduce(fleet, "pi")
    fleet.fold(arrived("pi/status", b"offline"), NOW)
    fleet.fold(arrived("pi/health", health(NOW + 9)), NOW + 9)  # the will of an earlier connection can come late
    assert line(fleet, after=9).standing is Standing.OFFLINE
    fleet.fold(arrived("pi/health", health(NOW), kept=True), NOW + 10)
    assert line(fleet, after=10).standing is Standing.OFFLINE
    fleet.fold(arrived("pi/health", health(NOW + 10)), NOW + 10)
    assert (line(fleet, after=10).standing, line(fleet, after=10).is_stale) == (Standing.CONFLICT, False)
    assert "it speaks although its status is offline" in line(fleet, after=10).reason


def test_a_node_whose_new_status_we_may_have_lost_is_no_conflict(fleet: Fleet) -> None:
    introduce(fleet, "pi")
    fleet.fold(arrived("pi/status", b"offline"), NOW)
    fleet.lose(1)
    fleet.fold(arrived("pi/health", health(NOW + 30)), NOW + 30)
    assert line(fleet, after=30).standing is Standing.OFFLINE
    fleet.fold(arrived("pi/status", b"online", kept=True), NOW + 31)
    assert line(fleet, after=31).standing is Standing.OK


@pytest.mark.parametrize("is_offline", [False, True])
def test_a_conflict_in_which_nobody_speaks_any_more_is_of_a_time_before_now(fleet: Fleet, *, is_offline: bool) -> None:
    introduce(fleet, "pi")
    for run in (OTHER_RUN, RUN):
        fleet.fold(arrived("pi/info", info(run)), NOW)
    if is_offline:
        fleet.fold(arrived("pi/status", b"offline"), NOW)
    assert (line(fleet, after=74).standing, line(fleet, after=74).is_stale) == (Standing.CONFLICT, False)
    assert (line(fleet, after=75).standing, line(fleet, after=75).is_stale) == (Standing.CONFLICT, True)
    assert line(fleet, after=300).standing is (Standing.OFFLINE if is_offline else Standing.SILENT)


def test_what_the_broker_kept_of_an_earlier_run_is_no_conflict(fleet: Fleet) -> None:
    for part, body in (("info", info(OTHER_RUN)), ("health", health(NOW, run=RUN)), ("status", b"online")):
        fleet.fold(arrived(f"pi/{part}", body, kept=True), NOW)
    fleet.fold(arrived("pi/health", health(NOW, run=OTHER_RUN)), NOW)
    assert line(fleet).standing is Standing.OK
