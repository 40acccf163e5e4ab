"""Trouble of a whole bus is told as such, and not as trouble of each of its devices."""

from __future__ import annotations

from dataclasses import replace

from hostcore.events import BusHealthMeasured, Confidence, Outcome
from hostcore.place import BusName
from tests.evidence import I2C, Bench, a_host, a_plugin


def bench() -> Bench:
    return Bench(a_plugin("bme680", "i2c:1:0x76"), a_plugin("bh1750", "i2c:1:0x23"))


def both_answer(made: Bench, seconds: int = 10) -> None:
    for _ in range(seconds):
        made.transfer("bme680", 0x76, "d0", "61")
        made.transfer("bh1750", 0x23, "20")
        made.wait(1)


def test_devices_that_fall_silent_together_have_lost_the_bus() -> None:
    made = bench()
    both_answer(made)
    for _ in range(12):
        made.silence("bme680", 0x76)
        made.silence("bh1750", 0x23)
        made.wait(1)
    (found,) = made.findings()
    assert found.sentence.startswith("All 2 devices in use on i2c-1 stopped answering within 1 s of each other")
    assert (found.kind, found.address, found.confidence) == ("bus-lost", None, Confidence.LIKELY)


def test_one_device_that_falls_silent_has_not_lost_the_bus() -> None:
    made = bench()
    both_answer(made)
    for _ in range(12):
        made.silence("bme680", 0x76)
        made.transfer("bh1750", 0x23, "20")
        made.wait(1)
    assert made.kinds() == ["silent-address"]


def test_devices_that_fall_silent_one_after_the_other_have_not_lost_the_bus() -> None:
    made = bench()
    both_answer(made)
    for second in range(40):
        made.silence("bme680", 0x76)
        if second < 20:
            made.transfer("bh1750", 0x23, "20")
        else:
            made.silence("bh1750", 0x23)
        made.wait(1)
    assert made.kinds() == ["silent-address", "silent-address"]


def test_a_bus_whose_sda_is_low_is_stuck_although_every_transfer_seems_to_work() -> None:
    made = Bench(a_plugin("bme680", "i2c:1:0x76"))
    made.take(BusHealthMeasured(made.now_ns, I2C, sda=False, scl=True))
    for _ in range(5):
        made.wait(1)
        made.transfer("bme680", 0x76, "d0", "00")
    assert made.kinds() == ["stuck-bus"]
    made.transfer("bme680", 0x76, "d0", "61")
    made.wait(6)
    assert "stuck-bus" not in made.kinds()


def test_a_line_that_is_held_low_is_named() -> None:
    made = bench()
    both_answer(made, 1)
    made.take(BusHealthMeasured(made.now_ns, I2C, sda=False, scl=True))
    (found,) = made.findings()
    assert found.sentence == "Something holds SDA of i2c-1 low, so nothing can talk on the bus."
    assert found.confidence is Confidence.CERTAIN and "wasi-host unstick i2c-1" in found.advice
    made.take(BusHealthMeasured(made.now_ns, I2C, sda=True, scl=True))
    made.wait(10)
    assert made.kinds() == []


def test_bus_errors_at_every_address_mean_a_stuck_bus() -> None:
    made = bench()
    both_answer(made)
    for _ in range(3):
        made.transfer("bme680", 0x76, "d0", outcome=Outcome.TIMEOUT, errno=110)
        made.transfer("bh1750", 0x23, "20", outcome=Outcome.TIMEOUT, errno=110)
        made.wait(1)
    (found,) = made.findings()
    assert (found.kind, found.confidence) == ("stuck-bus", Confidence.LIKELY)


def test_bus_errors_at_one_address_do_not() -> None:
    made = bench()
    both_answer(made)
    for _ in range(5):
        made.transfer("bme680", 0x76, "d0", outcome=Outcome.BUS, errno=5)
        made.transfer("bh1750", 0x23, "20")
        made.wait(1)
    assert made.kinds() == []


def test_a_bus_that_is_not_enabled_is_told_with_its_users() -> None:
    facts = a_host("i2c-1")
    reason = "there is no /dev/i2c-1; enable I2C in raspi-config"
    missing = replace(facts, buses=(replace(facts.buses[0], is_usable=False, reason=reason),))
    made = Bench(a_plugin("bme680", "i2c:1:0x76"), a_plugin("pi_monitor", "system"), facts=missing)
    (found,) = made.findings()
    assert found.sentence == f"i2c-1 cannot be used, so bme680 cannot work: {reason}"
    assert found.bus == BusName("i2c-1") and found.confidence is Confidence.CERTAIN


def test_a_missing_bus_that_no_plugin_needs_is_no_trouble() -> None:
    facts = a_host("i2c-1")
    missing = replace(facts, buses=(replace(facts.buses[0], is_usable=False, reason="not there"),))
    assert Bench(a_plugin("pi_monitor", "system"), facts=missing).findings() == ()
