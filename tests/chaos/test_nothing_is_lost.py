"""No reading is lost, and none counts twice, whatever happens to the broker. `make chaos` does this for 14 minutes."""

from __future__ import annotations

import time
from pathlib import Path
from random import Random

import pytest

from hostcore.clock import NS_PER_S, VirtualClock, timestamp
from hostcore.events.stream import EventStream
from tests.chaos import real, virtual
from tests.chaos.account import compare
from tests.chaos.subscriber import Got
from tests.waiting import until


def test_in_seconds_of_virtual_time(tmp_path: Path) -> None:
    account = virtual.run(tmp_path, seed=1, times=1, seconds=15)
    assert account.is_balanced, str(account)


@pytest.mark.thorough
def test_in_ten_minutes_of_virtual_time(tmp_path: Path) -> None:
    account = virtual.run(tmp_path, seed=2, times=50, seconds=600)
    assert account.is_balanced, str(account)
    assert account.late > 50


@pytest.mark.thorough
def test_in_real_time_with_a_host_that_is_started_again(tmp_path: Path, cache_folder: Path) -> None:
    outcome = real.run(tmp_path, seed=3, times=2, seconds=25, calm_seconds=10)
    print(outcome)
    assert outcome.account.is_balanced, str(outcome)


@pytest.mark.thorough
def test_a_killed_host_loses_what_it_has_read_since_the_last_write(tmp_path: Path, cache_folder: Path) -> None:
    with real.stage(tmp_path) as (broker, proxy, subscriber):
        host = real.Process(tmp_path, broker, proxy.port)
        proxy.close()
        host.start()
        until(lambda: len(host.read()) >= 20, 60)
        host.kill()
        killed_ns = time.time_ns()
        read = host.read()
        host.start()
        proxy.open()
        last_write = timestamp(killed_ns - round((real.COMMIT_SECONDS + 0.5) * NS_PER_S))
        written = [each for each in read if timestamp(each.time_ns) < last_write]
        until(lambda: not compare(written, subscriber.got[:]).lost, 20)
        host.stop()
        assert len(written) >= 10


class TestTheAccount:
    """It would tell."""

    @pytest.fixture
    def drivers(self) -> virtual.Drivers:
        clock = VirtualClock()
        drivers = virtual.Drivers(clock, EventStream(clock), Random(1))
        for _ in range(20):
            drivers.read_what_is_due()
            clock.advance(0.5)
        return drivers

    def test_of_a_reading_that_never_came(self, drivers: virtual.Drivers) -> None:
        assert len(compare(drivers.read, []).lost) == len(drivers.read)

    def test_of_a_reading_that_came_with_two_ids_or_another_value(self, drivers: virtual.Drivers) -> None:
        first = drivers.read[0]
        time = timestamp(first.time_ns)
        got = [
            Got("0-1", time, first.plugin, False, dict(first.reading)),
            Got("0-2", time, first.plugin, True, dict(first.reading)),
            Got("0-3", time, drivers.read[1].plugin, True, {}),
        ]
        assert len(compare(drivers.read, got).strange) == 2

    def test_of_a_late_one_that_came_after_a_newer_one(self, drivers: virtual.Drivers) -> None:
        got = [
            Got(f"0-{number}", timestamp(each.time_ns), each.plugin, True, dict(each.reading))
            for number, each in [(2, drivers.read[1]), (1, drivers.read[0])]
        ]
        assert compare(drivers.read, got).disordered == ("0-1",)
