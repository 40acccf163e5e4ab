"""The simulated DHT22 against Aosong's data sheets (the manual of the AM2302, and the older sheet)."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostcore.clock import NS_PER_S, VirtualClock
from hostcore.devices.dht22 import Dht22, frame
from hostcore.devices.environment import Environment, Quantity, Signal, Step
from hostcore.pulse import Pulse

START = (Pulse(False, 1_000_000),)


class Bench:
    """One DHT22, awake, in air that a test chooses."""

    def __init__(self, temperature: Signal | float = 21.5, humidity: float = 46.0, seed: int = 0) -> None:
        self.clock = VirtualClock()
        signal = temperature if isinstance(temperature, Signal) else Signal(temperature)
        self.air = Environment(self.clock, {Quantity.TEMPERATURE: signal, Quantity.HUMIDITY: Signal(humidity)})
        self.sensor = Dht22(self.clock, self.air, powered_ns=-NS_PER_S, seed=seed)

    def ask(self, request: Sequence[Pulse] = START) -> Sequence[Pulse]:
        self.clock.advance(sum(pulse.duration_ns for pulse in request) / NS_PER_S)
        return self.sensor.answer(request)

    def temperature(self) -> float:
        return decode(self.ask())[1]


def decode(pulses: Sequence[Pulse]) -> tuple[float, float]:
    """Humidity and temperature as the manual's section 7 describes them, bit by bit from the high times."""
    bits = [pulse.duration_ns > 48_000 for pulse in pulses[3:] if pulse.level]
    assert len(bits) == 40
    octets = [sum(bit << 7 - place for place, bit in enumerate(bits[at : at + 8])) for at in range(0, 40, 8)]
    assert sum(octets[:4]) % 256 == octets[4]
    magnitude = ((octets[2] & 0x7F) * 256 + octets[3]) / 10
    return (octets[0] * 256 + octets[1]) / 10, -magnitude if octets[2] & 0x80 else magnitude


def test_the_manuals_example_of_a_frame() -> None:
    assert frame(65.2, 35.1) == bytes([0b0000_0010, 0b1000_1100, 0b0000_0001, 0b0101_1111, 0b1110_1110])


def test_the_manuals_example_of_a_temperature_below_zero() -> None:
    assert frame(0, -10.1)[2:4] == bytes([0b1000_0000, 0b0110_0101])


def test_nearly_zero_from_below_has_no_sign() -> None:
    assert frame(0, -0.04)[2:4] == b"\x00\x00"


@given(st.floats(0, 99.9), st.floats(-40, 80))
def test_the_answer_decodes_to_the_air_in_tenths(humidity: float, temperature: float) -> None:
    decoded = decode(Bench(temperature, humidity).ask())
    assert decoded == (pytest.approx(humidity, abs=0.0501), pytest.approx(temperature, abs=0.0501))


@pytest.mark.parametrize(
    ("temperature", "humidity", "reported"), [(-55.0, 0.0, (0.0, -40.0)), (120.0, 100.0, (99.9, 80.0))]
)
def test_values_stop_at_the_ends_of_the_range(
    temperature: float, humidity: float, reported: tuple[float, float]
) -> None:
    assert decode(Bench(temperature, humidity).ask()) == reported


def test_every_pulse_is_within_the_data_sheets_limits() -> None:
    for seed in range(50):
        release, low, high, *bits, end = Bench(seed=seed).ask()
        assert release.level and 20_000 <= release.duration_ns <= 40_000
        assert not low.level and 75_000 <= low.duration_ns <= 85_000
        assert high.level and 75_000 <= high.duration_ns <= 85_000
        assert not end.level and 45_000 <= end.duration_ns <= 55_000
        assert all(not pulse.level and 48_000 <= pulse.duration_ns <= 55_000 for pulse in bits[::2])
        assert all(
            pulse.level and (22_000 <= pulse.duration_ns <= 30_000 or 68_000 <= pulse.duration_ns <= 75_000)
            for pulse in bits[1::2]
        )


def test_the_jitter_can_be_repeated_and_depends_on_the_seed() -> None:
    assert Bench(seed=1).ask() == Bench(seed=1).ask()
    assert Bench(seed=1).ask() != Bench(seed=2).ask()


def test_two_answers_jitter_differently() -> None:
    bench = Bench()
    assert bench.ask() != bench.ask()


@pytest.mark.parametrize("low_ns", [800_000, 1_000_000, 10_000_000, 20_000_000])
def test_a_low_of_0_8_to_20_ms_is_a_request(low_ns: int) -> None:
    assert Bench().ask([Pulse(False, low_ns)])


@pytest.mark.parametrize("low_ns", [0, 500_000, 799_999, 20_000_001, 1_000_000_000])
def test_any_other_low_is_not(low_ns: int) -> None:
    assert not Bench().ask([Pulse(False, low_ns)])


@pytest.mark.parametrize(
    "request_",
    [
        [Pulse(True, 5_000_000), Pulse(False, 1_000_000)],
        [Pulse(False, 400_000), Pulse(False, 600_000)],
        [Pulse(False, 100_000), Pulse(True, 50_000), Pulse(False, 1_000_000)],
    ],
)
def test_only_the_last_low_counts(request_: list[Pulse]) -> None:
    assert Bench().ask(request_)


@pytest.mark.parametrize("request_", [[], [Pulse(True, 1_000_000)]])
def test_without_a_low_there_is_no_answer(request_: list[Pulse]) -> None:
    assert not Bench().ask(request_)


def test_a_host_that_drives_high_before_it_releases_misses_that_much_of_the_answer() -> None:
    whole = Bench().ask()
    late = Bench().ask([*START, Pulse(True, 15_000)])
    later = Bench().ask([*START, Pulse(True, 50_000)])
    assert late[0] == Pulse(True, whole[0].duration_ns - 15_000)
    assert later[0] == Pulse(False, whole[0].duration_ns + whole[1].duration_ns - 50_000)
    assert late[1:] == whole[1:]
    assert later[1:] == whole[2:]
    assert not Bench().ask([*START, Pulse(True, 10_000_000)])


def test_it_answers_with_the_previous_measurement() -> None:
    bench = Bench(Signal(10, steps=(Step(at=3, to=20), Step(at=8, to=30))))
    assert bench.temperature() == 10
    bench.clock.advance(5)
    assert bench.temperature() == 10
    bench.clock.advance(5)
    assert bench.temperature() == 20
    bench.clock.advance(5)
    assert bench.temperature() == 30


def test_asked_within_two_seconds_it_measures_nothing_new() -> None:
    bench = Bench(Signal(10, steps=(Step(at=1, to=20), Step(at=4, to=30))))
    bench.ask()
    bench.clock.advance(1.5)
    assert bench.temperature() == 10
    bench.clock.advance(0.6)
    assert bench.temperature() == 10
    bench.clock.advance(2.1)
    assert bench.temperature() == 20


def test_asked_ever_too_often_it_still_measures_every_two_seconds() -> None:
    bench = Bench(Signal(10, steps=(Step(at=1.5, to=20),)))
    seen = []
    for _ in range(6):
        seen.append(bench.temperature())
        bench.clock.advance(1)
    assert seen == [10, 10, 10, 20, 20, 20]


def test_in_the_first_second_after_power_on_it_does_not_answer() -> None:
    bench = Bench()
    sensor = Dht22(bench.clock, bench.air)
    bench.clock.advance(1.0005)
    assert not sensor.answer(START)  # the low began before the second was over
    bench.clock.advance(0.001)
    assert sensor.answer(START)


def test_while_it_sends_it_does_not_hear_another_request() -> None:
    bench = Bench()
    bench.ask()
    assert not bench.ask()
    bench.clock.advance(0.01)
    assert bench.ask()


def test_a_low_ends_with_the_request_it_belongs_to() -> None:
    bench = Bench()
    bench.sensor.drive(False)
    assert not bench.ask([Pulse(False, 500_000)])
    bench.clock.advance(0.0005)
    bench.sensor.drive(None)
    for _ in range(20):
        assert bench.sensor.level()
        bench.clock.advance(20e-6)


@pytest.mark.parametrize("release", [None, True])
def test_a_host_that_drives_and_samples_the_line_sees_the_same_pulses(release: bool | None) -> None:
    bench, expected = Bench(), Bench().ask()
    assert bench.sensor.level()
    bench.sensor.drive(False)
    bench.clock.advance(0.001)
    bench.sensor.drive(release)
    for pulse in expected:
        bench.clock.advance(pulse.duration_ns / 2 / NS_PER_S)
        assert bench.sensor.level() is pulse.level
        bench.clock.advance(pulse.duration_ns / 2 / NS_PER_S)
    assert bench.sensor.level()


@given(st.lists(st.builds(Pulse, st.booleans(), st.integers(0, 1_000_000_000)), max_size=10))
def test_whatever_the_host_drives_there_is_a_whole_answer_or_the_rest_of_one(request_: list[Pulse]) -> None:
    answer = Bench().ask(request_)
    assert len(answer) <= 84
    assert all(pulse.duration_ns > 0 for pulse in answer)
    assert all(first.level is not second.level for first, second in pairwise(answer))
