"""Which transfers a fault strikes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hostcore.clock import NS_PER_S
from hostcore.faults.model import Fault, FaultKind
from hostcore.faults.schedule import Schedule
from hostcore.place import BusName

NACK, I2C = FaultKind.NACK, BusName("i2c-1")


def strikes(fault: Fault, transfers: int, seed: str = "seed") -> list[bool]:
    schedule = Schedule(fault, seed, 0)
    return [schedule.strikes(0) for _ in range(transfers)]


@given(every=st.integers(1, 50), transfers=st.integers(0, 200))
def test_it_strikes_every_nth_transfer(every: int, transfers: int) -> None:
    struck = [number for number, each in enumerate(strikes(Fault(NACK, I2C, every=every), transfers), 1) if each]
    assert struck == list(range(every, transfers + 1, every))


@given(probability=st.floats(0.01, 0.99), seed=st.text(max_size=5))
def test_equal_seeds_give_equal_strikes(probability: float, seed: str) -> None:
    fault = Fault(NACK, I2C, probability=probability)
    assert strikes(fault, 100, seed) == strikes(fault, 100, seed)


@given(probability=st.floats(0.05, 0.95))
def test_it_strikes_with_its_probability(probability: float) -> None:
    part = sum(strikes(Fault(NACK, I2C, probability=probability), 4000)) / 4000
    assert abs(part - probability) < 0.05  # 6 standard deviations


@given(every=st.integers(1, 5), probability=st.floats(0.1, 0.9))
def test_a_probability_thins_out_every_nth(every: int, probability: float) -> None:
    fault = Fault(NACK, I2C, every=every, probability=probability)
    assert all(number % every == 0 for number, struck in enumerate(strikes(fault, 100), 1) if struck)


def test_transfers_outside_its_time_are_not_counted() -> None:
    schedule = Schedule(Fault(NACK, I2C, every=2, from_s=10, to_s=20), "seed", 5 * NS_PER_S)
    moments = [14, 15, 16, 17, 24, 25, 26]
    assert [schedule.strikes(moment * NS_PER_S) for moment in moments] == [
        False, False, True, False, True, False, False,
    ]  # fmt: skip
