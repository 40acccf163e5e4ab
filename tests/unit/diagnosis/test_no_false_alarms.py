"""What looks like trouble and is none: cold starts, probing, busy chips, plugs, drivers that moved."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hostcore.events import BusHealthMeasured, Outcome, Presence, State, StateChanged
from tests.evidence import I2C, Bench, a_plugin

REQUESTS = {"bme680": ("d0", "61"), "tmp117": ("0f", "0117")}
"""What drivers ask, and what their chips answer."""


def works(made: Bench, plugin: str, address: int, seconds: int = 30) -> None:
    """A driver that reads its chip once a second."""
    for _ in range(seconds):
        made.transfer(plugin, address, *REQUESTS[plugin])
        made.reading(plugin, temperature=21.0 + made.now_ns % 5)
        made.wait(1)


def test_a_chip_that_wakes_up_may_refuse_its_first_transfers() -> None:
    made = Bench(a_plugin("bme680", "i2c:1:0x76"))
    for _ in range(20):
        made.silence("bme680", 0x76)
        made.wait(0.05)
        assert made.findings() == ()
    works(made, "bme680", 0x76)
    assert made.findings() == ()


def test_a_driver_may_look_for_its_chip_at_both_addresses_at_each_start() -> None:
    made = Bench(a_plugin("bme680", "i2c:1:0x76-0x77"))
    for _ in range(5):
        made.silence("bme680", 0x76)
        works(made, "bme680", 0x77, seconds=20)
        assert made.findings() == ()


def test_a_second_chip_that_is_missing_is_no_probe() -> None:
    made = Bench(a_plugin("bme680", "i2c:1:0x76-0x77"))
    for _ in range(15):
        made.silence("bme680", 0x76)
        works(made, "bme680", 0x77, seconds=1)
    assert made.kinds() == ["silent-address"]


def test_a_driver_whose_address_was_corrected_has_no_trouble_at_the_old_one() -> None:
    made = Bench(a_plugin("bme680", "i2c:1:0x76-0x77"))
    for _ in range(15):
        made.silence("bme680", 0x76)
        made.wait(1)
    assert made.kinds() == ["silent-address"]
    works(made, "bme680", 0x77, seconds=70)
    assert made.findings() == ()


def test_a_crashed_driver_that_asks_for_another_address_since_its_last_start_has_none_either() -> None:
    made = Bench(a_plugin("bme680", "i2c:1:0x76-0x77"))
    for _ in range(15):
        made.silence("bme680", 0x76)
        made.wait(1)
    made.take(StateChanged(made.now_ns, "bme680", State.RUNNING, State.LOADING, "its file changed"))
    made.transfer("bme680", 0x77, "d0", "61")
    made.take(StateChanged(made.now_ns, "bme680", State.LOADING, State.BACKOFF, "a bug"))
    made.wait(6)
    assert made.findings() == ()


def test_a_scan_that_finds_nothing_while_drivers_work_is_no_empty_bus() -> None:
    made = Bench(a_plugin("bme680", "i2c:1:0x76"))
    works(made, "bme680", 0x76, seconds=5)
    made.scan({0x76: Presence.ABSENT})
    works(made, "bme680", 0x76, seconds=5)
    assert made.findings() == ()


@pytest.mark.parametrize("outcome", [Outcome.NO_ACKNOWLEDGE, Outcome.BUS, Outcome.TIMEOUT, Outcome.ARBITRATION_LOSS])
def test_one_failed_transfer_of_each_device_is_none(outcome: Outcome) -> None:
    made = Bench(a_plugin("bme680", "i2c:1:0x76"), a_plugin("tmp117", "i2c:1:0x48"))
    for _ in range(2):
        works(made, "bme680", 0x76, seconds=10)
        works(made, "tmp117", 0x48, seconds=10)
        for plugin, address in (("bme680", 0x76), ("tmp117", 0x48)):
            made.transfer(plugin, address, "d0", outcome=outcome)
            made.failure(plugin, "lost")
        made.wait(0.1)
        assert made.findings() == ()


def test_a_glitch_of_a_second_is_no_stuck_bus() -> None:
    made = Bench(a_plugin("bme680", "i2c:1:0x76"), a_plugin("tmp117", "i2c:1:0x48"))
    for _ in range(10):
        made.transfer("bme680", 0x76, "d0", outcome=Outcome.BUS, errno=5)
        made.transfer("tmp117", 0x48, "0f", outcome=Outcome.BUS, errno=5)
        made.wait(0.1)
        assert made.findings() == ()


def test_a_line_that_was_low_for_a_moment_is_not_stuck_if_a_transfer_worked_since() -> None:
    made = Bench(a_plugin("bme680", "i2c:1:0x76"))
    made.take(BusHealthMeasured(made.now_ns, I2C, sda=False, scl=True))
    made.wait(1)
    made.transfer("bme680", 0x76, "d0", "61")
    assert made.findings() == ()


def test_a_chip_that_was_unplugged_once_and_plugged_in_again_has_no_loose_wire() -> None:
    made = Bench(a_plugin("bme680", "i2c:1:0x76"))
    works(made, "bme680", 0x76, seconds=60)
    for _ in range(20):
        made.silence("bme680", 0x76)
        made.failure("bme680", "no acknowledge")
        made.wait(1)
    works(made, "bme680", 0x76, seconds=60)
    assert made.findings() == ()


def test_a_chip_that_refuses_reads_until_it_has_measured_has_no_loose_wire() -> None:
    made = Bench(a_plugin("sht4x", "i2c:1:0x44"))
    for second in range(120):
        made.transfer("sht4x", 0x44, "fd")
        made.transfer("sht4x", 0x44, outcome=Outcome.NO_ACKNOWLEDGE, asked=(6,))
        made.transfer("sht4x", 0x44, None, "66f3a266f3a2")
        if second % 20 == 3:
            made.failure("sht4x", "a wrong checksum")
        else:
            made.reading("sht4x", temperature=21.0)
        made.wait(1)
    assert "loose-wire" not in made.kinds()


def test_a_bus_error_of_a_chip_that_stretches_no_longer_than_usual_has_another_cause() -> None:
    made = Bench(a_plugin("sht3x", "i2c:1:0x44"))
    for _ in range(5):
        made.transfer("sht3x", 0x44, "2c06", outcome=Outcome.BUS, errno=5)
        made.wait(1)
    assert made.findings() == ()


def test_a_line_that_its_driver_does_not_use_any_more_is_not_told() -> None:
    made = Bench(a_plugin("dht22", "gpio:4:in"))
    made.transfer("dht22", 4, bus="gpio", outcome=Outcome.OTHER, claimed_by="pigpiod")
    assert made.kinds() == ["claimed-line"]
    made.wait(90)
    assert made.kinds() == []


def test_a_plugin_that_a_person_stopped_has_no_trouble() -> None:
    made = Bench(a_plugin("bme680", "i2c:1:0x76"))
    for _ in range(15):
        made.silence("bme680", 0x76)
        made.wait(1)
    made.take(StateChanged(made.now_ns, "bme680", State.RUNNING, State.STOPPED, "a person's order"))
    made.wait(6)
    assert made.findings() == ()


@settings(max_examples=15)
@given(
    st.lists(st.integers(2, 500), max_size=4), st.sampled_from([Outcome.NO_ACKNOWLEDGE, Outcome.BUS, Outcome.TIMEOUT])
)
def test_a_transfer_that_is_lost_now_and_then_raises_nothing(lost: list[int], outcome: Outcome) -> None:
    made = Bench(a_plugin("bme680", "i2c:1:0x76"), a_plugin("tmp117", "i2c:1:0x48"))
    for second in range(500):
        if second in lost[:2]:
            made.transfer("bme680", 0x76, "d0", outcome=outcome)
            made.failure("bme680", "lost")
        else:
            works(made, "bme680", 0x76, seconds=1)
        made.transfer("tmp117", 0x48, "0f", "0117")
    assert made.findings() == ()
