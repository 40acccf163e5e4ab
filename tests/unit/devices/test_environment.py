"""The world that the simulated chips sense."""

from __future__ import annotations

import statistics
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostcore.clock import NS_PER_S, VirtualClock
from hostcore.devices.environment import DEFAULT_SIGNALS, LIMITS, UNITS, Environment, Quantity, Signal, Step
from hostcore.errors import HostError
from hostcore.quantities.guess import guessed

MIDNIGHT_NS = 1_704_067_200 * NS_PER_S


def at_hour(hour: float) -> VirtualClock:
    return VirtualClock(wall_start_ns=MIDNIGHT_NS + round(hour * 3600 * NS_PER_S))


def environment_with(signal: Signal, clock: VirtualClock, seed: int = 0) -> Environment:
    return Environment(clock, {Quantity.TEMPERATURE: signal}, seed)


def test_a_signal_without_movement_stays_at_its_base() -> None:
    clock = VirtualClock()
    environment = environment_with(Signal(base=21.5), clock)
    assert environment.value(Quantity.TEMPERATURE) == 21.5
    clock.advance(12_345.6)
    assert environment.value(Quantity.TEMPERATURE) == 21.5


def test_a_missing_signal_follows_its_default() -> None:
    clock = at_hour(10)
    default = DEFAULT_SIGNALS[Quantity.PRESSURE]
    pressure = environment_with(Signal(base=0.0), clock).value(Quantity.PRESSURE)
    assert pressure == pytest.approx(default.base + default.daily_at(10), abs=6 * default.noise)


def test_every_quantity_has_a_default_within_its_limits() -> None:
    environment = Environment(VirtualClock())
    for quantity in Quantity:
        lowest, highest = LIMITS[quantity]
        assert lowest < environment.value(quantity) < highest


def test_a_quantity_that_is_held_ignores_its_course_until_it_is_let_go() -> None:
    clock = at_hour(15)
    environment = environment_with(Signal(base=20.0, daily=3.0, peak_hour=15.0, steps=(Step(5.0, 50.0),)), clock)
    environment.hold(Quantity.TEMPERATURE, -4.5)
    environment.hold(Quantity.HUMIDITY, 0.0)
    clock.advance(10.0)
    assert environment.value(Quantity.TEMPERATURE) == -4.5
    environment.hold(Quantity.TEMPERATURE, None)
    assert environment.value(Quantity.TEMPERATURE) == pytest.approx(53.0)
    assert environment.held == {Quantity.HUMIDITY: 0.0}


def test_a_quantity_that_is_held_keeps_its_noise_so_that_no_sensor_looks_stuck() -> None:
    clock = VirtualClock()
    environment = environment_with(Signal(base=20.0, noise=0.5), clock)
    environment.hold(Quantity.TEMPERATURE, 30.0)
    seen = set()
    for _ in range(5):
        clock.advance(2.0)
        seen.add(environment.value(Quantity.TEMPERATURE))
    assert len(seen) == 5
    assert all(abs(each - 30.0) < 5 for each in seen)


@pytest.mark.parametrize("value", [-273.2, 1001.0, float("nan"), float("inf")])
def test_no_quantity_is_held_outside_its_limits(value: float) -> None:
    environment = Environment(VirtualClock())
    with pytest.raises(HostError, match=r"temperature: found .*, allowed is -273\.15 to 1000 °C"):
        environment.hold(Quantity.TEMPERATURE, value)
    assert not environment.held


@pytest.mark.parametrize(("hour", "expected"), [(15, 23.0), (3, 17.0), (21, 20.0), (9, 20.0)])
def test_the_daily_curve_peaks_at_its_hour_and_is_lowest_half_a_day_later(hour: float, expected: float) -> None:
    environment = environment_with(Signal(base=20.0, daily=3.0, peak_hour=15.0), at_hour(hour))
    assert environment.value(Quantity.TEMPERATURE) == pytest.approx(expected)


def test_the_last_step_that_has_passed_replaces_the_base_whatever_their_order() -> None:
    clock = VirtualClock(start_ns=77 * NS_PER_S)
    environment = environment_with(Signal(base=20.0, steps=(Step(at=30.0, to=22.0), Step(at=10.0, to=50.0))), clock)
    seen = []
    for _ in range(4):
        seen.append(environment.value(Quantity.TEMPERATURE))
        clock.advance(10.0)
    assert seen == [20.0, 50.0, 50.0, 22.0]


NOISY = Signal(base=20.0, noise=0.5)


@given(times=st.lists(st.floats(0, 1e5), min_size=1, max_size=8))
def test_a_value_depends_on_the_time_alone_and_not_on_what_was_read_before(times: list[float]) -> None:
    clock = VirtualClock()
    often = environment_with(NOISY, clock)
    for time in sorted(times):
        clock.advance(time - clock.monotonic_ns() / NS_PER_S)
        often.value(Quantity.HUMIDITY)
        last = often.value(Quantity.TEMPERATURE)

    fresh = VirtualClock()
    once = environment_with(NOISY, fresh)
    fresh.advance(clock.monotonic_ns() / NS_PER_S)
    assert once.value(Quantity.TEMPERATURE) == last


def test_the_noise_differs_between_seeds_and_between_quantities() -> None:
    clock = VirtualClock()
    signals = {Quantity.TEMPERATURE: NOISY, Quantity.CPU_TEMPERATURE: NOISY}
    first, second = Environment(clock, signals, seed=1), Environment(clock, signals, seed=2)
    values = {
        first.value(Quantity.TEMPERATURE),
        first.value(Quantity.CPU_TEMPERATURE),
        second.value(Quantity.TEMPERATURE),
        second.value(Quantity.CPU_TEMPERATURE),
    }
    assert len(values) == 4


@pytest.mark.parametrize("within_second", [0.0, 0.25, 0.5])
def test_the_noise_has_the_mean_and_deviation_it_claims_between_its_points_too(within_second: float) -> None:
    clock = VirtualClock()
    environment = environment_with(NOISY, clock)
    clock.advance(within_second)
    values = []
    for _ in range(2000):
        values.append(environment.value(Quantity.TEMPERATURE))
        clock.advance(1.0)
    assert statistics.fmean(values) == pytest.approx(20.0, abs=0.05)
    assert statistics.stdev(values) == pytest.approx(0.5, rel=0.08)


def test_the_noise_is_smooth() -> None:
    clock = VirtualClock()
    environment = environment_with(NOISY, clock)
    values = []
    for _ in range(3000):
        values.append(environment.value(Quantity.TEMPERATURE))
        clock.advance(0.001)
    largest_jump = max(abs(after - before) for before, after in pairwise(values))
    assert 0 < largest_jump < 0.01


@pytest.mark.parametrize("quantity", list(Quantity))
@pytest.mark.parametrize("base", [-1e12, 1e12, float("nan"), float("inf"), float("-inf")])
def test_no_signal_leaves_what_is_physically_possible(quantity: Quantity, base: float) -> None:
    lowest, highest = LIMITS[quantity]
    assert lowest <= Environment(VirtualClock(), {quantity: Signal(base)}).value(quantity) <= highest


@pytest.mark.parametrize("quantity", Quantity)
def test_a_quantity_has_the_unit_that_a_reading_of_it_has(quantity: Quantity) -> None:
    assert UNITS[quantity] == guessed((quantity.value,)).unit
