"""The computer's part: its supply, its bus clock, clock stretching, lines that others hold, and loose wires."""

from __future__ import annotations

from hostcore.events import BusHealthMeasured, Confidence, MachineMeasured, Outcome
from tests.evidence import I2C, Bench, a_plugin


def test_a_weak_supply_is_told_while_it_is_weak() -> None:
    made = Bench(a_plugin("bme680", "i2c:1:0x76"))
    made.take(MachineMeasured(made.now_ns, undervoltage=True, was_undervoltage=True))
    (found,) = made.findings()
    assert found.kind == "undervoltage" and "4.63 V" in found.sentence
    made.take(MachineMeasured(made.now_ns, undervoltage=False, was_undervoltage=True))
    made.wait(10)
    assert made.kinds() == []


def test_a_bus_that_is_faster_than_a_chip_allows_is_told() -> None:
    made = Bench(a_plugin("lis3dh", "i2c:1:0x18"))
    made.transfer("lis3dh", 0x18, "0f", "33")
    made.take(BusHealthMeasured(made.now_ns, I2C, configured_hz=1_000_000))
    (found,) = made.findings()
    assert found.sentence == "i2c-1 runs at 1000 kHz, but the LIS3DH at 0x18 allows 400 kHz at most."
    assert found.confidence is Confidence.CERTAIN and "i2c_arm_baudrate=400000" in found.advice


def test_a_clock_that_the_kernel_does_not_tell_is_judged_as_it_was_measured() -> None:
    made = Bench(a_plugin("lis3dh", "i2c:1:0x18"))
    made.transfer("lis3dh", 0x18, "0f", "33")
    made.take(BusHealthMeasured(made.now_ns, I2C, measured_hz=980_000))
    (found,) = made.findings()
    assert "runs at 980 kHz" in found.sentence


def test_a_bus_at_the_clock_that_the_chip_allows_is_fine() -> None:
    made = Bench(a_plugin("lis3dh", "i2c:1:0x18"))
    made.transfer("lis3dh", 0x18, "0f", "33")
    made.take(BusHealthMeasured(made.now_ns, I2C, configured_hz=400_000))
    assert made.findings() == ()


def test_a_line_that_another_program_holds_is_told_with_the_program() -> None:
    made = Bench(a_plugin("dht22", "gpio:4:in"))
    made.transfer("dht22", 4, bus="gpio", outcome=Outcome.OTHER, claimed_by="pigpiod")
    (found,) = made.findings()
    assert found.sentence == "GPIO 4 is in use by pigpiod, so dht22 cannot have it."
    assert found.confidence is Confidence.CERTAIN


def loosely_wired(share_failing: float, *, minutes: int = 5, reports: bool = True) -> Bench:
    """A device that does not answer a share of the times."""
    made = Bench(a_plugin("bme680", "i2c:1:0x76"))
    owed = 0.0
    for _ in range(minutes * 60):
        owed += share_failing
        if owed >= 1:
            owed -= 1
            made.silence("bme680", 0x76)
            if reports:
                made.failure("bme680", "no acknowledge")
        else:
            made.transfer("bme680", 0x76, "d0", "61")
            made.reading("bme680", temperature=21.0)
        made.wait(1)
    return made


def test_a_device_that_sometimes_does_not_answer_has_a_loose_wire() -> None:
    (found,) = loosely_wired(0.05).findings()
    assert found.kind == "loose-wire"
    assert "does not answer 15 of 300 times (5.0 %)" in found.sentence and "likely" in found.sentence


def test_a_rate_that_rises_is_told() -> None:
    made = loosely_wired(0.02)
    for second in range(120):
        if second % 4:
            made.transfer("bme680", 0x76, "d0", "61")
        else:
            made.silence("bme680", 0x76)
            made.failure("bme680", "no acknowledge")
        made.wait(1)
    (found,) = made.findings()
    assert ", rising)" in found.sentence


def test_a_chip_that_is_busy_and_whose_driver_waits_has_no_loose_wire() -> None:
    assert loosely_wired(0.3, reports=False).findings() == ()


def test_a_plug_that_is_pulled_out_and_pushed_in_again_is_no_loose_wire() -> None:
    made = loosely_wired(0.0, minutes=2)
    for _ in range(8):
        made.silence("bme680", 0x76)
        made.failure("bme680", "no acknowledge")
        made.wait(1)
        assert made.findings() == ()
    made.transfer("bme680", 0x76, "d0", "61")
    made.reading("bme680", temperature=21.0)
    assert made.findings() == ()


def test_one_lost_transfer_is_no_loose_wire() -> None:
    made = loosely_wired(0.0)
    made.silence("bme680", 0x76)
    made.failure("bme680", "no acknowledge")
    made.transfer("bme680", 0x76, "d0", "61")
    assert made.findings() == ()


def test_a_chip_that_stretches_the_clock_for_longer_than_the_controller_waits_is_told() -> None:
    made = Bench(a_plugin("ccs811", "i2c:1:0x5a"))
    made.take(BusHealthMeasured(made.now_ns, I2C, stretch_limit_ms=35))
    for _ in range(3):
        made.transfer("ccs811", 0x5A, "20", outcome=Outcome.BUS, errno=5)
        made.wait(1)
    assert all("stretch" not in kind for kind in made.kinds()), "the data sheet allows it less than the controller"
