"""Whatever drivers send and chips answer, the rules neither fail nor keep more than they may."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hostcore.chips.library import shipped_library
from hostcore.diagnosis.chip_facts import MOST_CYCLES, MOST_MISUSES, MOST_RESULTS
from hostcore.events import EventsDropped, Outcome, State, StateChanged
from tests.evidence import Bench, a_plugin

CHIPS = ("bme280", "bme680", "sht3x", "aht20", "lis3dh", "mlx90614", "icm20948", "ads1115", "tmp117", "scd4x")
HEX = st.binary(min_size=0, max_size=40).map(bytes.hex)
STEPS = st.one_of(
    st.tuples(st.just("transfer"), st.one_of(st.none(), HEX), st.one_of(st.none(), HEX), st.sampled_from(Outcome)),
    st.tuples(st.just("reading"), st.floats(allow_nan=True, allow_infinity=True), st.none(), st.none()),
    st.tuples(st.sampled_from(["failure", "restart", "gap"]), st.none(), st.none(), st.none()),
)


@pytest.mark.parametrize("name", CHIPS)
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=st.lists(STEPS, max_size=60))
def test_no_traffic_makes_a_rule_fail(name: str, steps: list[tuple]) -> None:  # type: ignore[type-arg]
    bench, chip = Bench(a_plugin(name)), shipped_library().chip(name)
    assert chip is not None
    address = chip.addresses[0]
    for kind, first, second, outcome in steps:
        if kind == "transfer":
            bench.transfer(name, address, first, second, outcome=outcome, asked=(2,) if second else ())
        elif kind == "reading":
            bench.reading(name, temperature=first, pressure=first)
        elif kind == "failure":
            bench.failure(name, "wrong crc \x1b[2J")
        elif kind == "gap":
            bench.take(EventsDropped(bench.now_ns, 3))
        else:
            bench.take(StateChanged(bench.now_ns, name, State.RUNNING, State.LOADING, ""))
            bench.take(StateChanged(bench.now_ns, name, State.LOADING, State.RUNNING, ""))
        bench.wait(0.7)
        bench.findings()


@pytest.mark.parametrize("name", CHIPS)
def test_a_talkative_driver_is_remembered_in_bounds(name: str) -> None:
    bench, chip = Bench(a_plugin(name)), shipped_library().chip(name)
    assert chip is not None
    for number in range(3000):
        bench.transfer(name, chip.addresses[0], f"{number * 7919 % 65536:04x}", f"{number % 65536:04x}")
        bench.wait(0.01)
    record = bench.case.chips.record(bench.case.devices[next(iter(bench.case.devices))].bus, chip.addresses[0])
    if record is not None:
        assert len(list(record.misuses)) <= MOST_MISUSES
        assert len(record.results) <= MOST_RESULTS and len(record.cycles) <= MOST_CYCLES
        assert len(record.registers) <= len(chip.registers)
