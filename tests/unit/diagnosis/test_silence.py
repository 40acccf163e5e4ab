"""An address at which nothing answers has a cause: the address, its form, the bus, or the chip's wires."""

from __future__ import annotations

import pytest

from hostcore.events import Confidence, Finding, Outcome, State, StateChanged
from hostcore.events.facts import HostFacts
from tests.evidence import Bench, a_host, a_plugin


def bench(name: str = "bme680", *permissions: str, facts: HostFacts | None = None) -> Bench:
    return Bench(a_plugin(name, *permissions or ("i2c:1:0x77",)), facts=facts)


def silent(made: Bench, address: int, *, plugin: str = "bme680", seconds: int = 15) -> None:
    """Nothing answers for a while."""
    for _ in range(seconds):
        made.silence(plugin, address)
        made.wait(1)


def the_finding(made: Bench) -> Finding:
    (found,) = made.findings()
    return found


def test_a_chip_at_its_other_address_is_a_wrong_address() -> None:
    made = bench()
    silent(made, 0x77)
    made.identified(0x76, "BME680")
    made.scan([0x23, 0x76])
    found = the_finding(made)
    assert found.sentence == (
        "Nothing answers at 0x77 on i2c-1, where bme680 looks for its BME680. At 0x76, a chip answers that is a "
        "BME680: wrong address."
    )
    assert (found.kind, found.confidence, found.plugin, found.address) == (
        "wrong-address", Confidence.CERTAIN, "bme680", 0x77,
    )  # fmt: skip
    assert "0x76" in found.advice


def test_a_chip_that_was_not_asked_who_it_is_could_be_the_one() -> None:
    made = bench()
    silent(made, 0x77)
    made.scan([0x76])
    found = the_finding(made)
    assert "a chip answers that could be" in found.sentence and "wrong address" in found.sentence
    assert found.confidence is Confidence.LIKELY


def test_an_address_that_another_driver_uses_is_not_the_right_one() -> None:
    made = Bench(a_plugin("bme680", "i2c:1:0x77"), a_plugin("garden", "i2c:1:0x76"))
    made.transfer("garden", 0x76, "d0", "61")
    silent(made, 0x77)
    made.scan([0x76])
    assert the_finding(made).kind == "silent-address"


def test_without_a_scan_the_finding_asks_for_one() -> None:
    made = bench()
    silent(made, 0x77)
    found = the_finding(made)
    assert found.kind == "silent-address" and "wasi-host scan" in found.advice


def test_an_old_scan_does_not_count() -> None:
    made = bench()
    made.scan([0x76, 0x77])
    made.wait(1)
    made.transfer("bme680", 0x77, "d0", "61")
    silent(made, 0x77)
    assert "wasi-host scan" in the_finding(made).advice


def test_a_chip_that_went_away_has_lost_its_wires() -> None:
    made = bench()
    made.transfer("bme680", 0x77, "d0", "61")
    silent(made, 0x77)
    made.scan([0x23])
    found = the_finding(made)
    assert "any more" in found.sentence and "wires" in found.advice


@pytest.mark.parametrize("plugin", ["bh1750", "light"])
def test_the_8_bit_form_of_an_address_is_told(plugin: str) -> None:
    made = bench(plugin, "i2c:1:0x46")
    silent(made, 0x46, plugin=plugin)
    made.scan([0x23])
    found = the_finding(made)
    assert found.kind == "8-bit-address"
    assert found.sentence.startswith("0x46 is an address in 8-bit form, with the R/W bit. In 7 bits it is 0x23")
    assert found.confidence is (Confidence.CERTAIN if plugin == "bh1750" else Confidence.LIKELY)


def test_an_address_beyond_7_bits_is_told_at_once() -> None:
    made = bench()
    made.silence("bme680", 0xEC)
    found = the_finding(made)
    assert found.kind == "8-bit-address" and "0x76" in found.sentence and found.confidence is Confidence.CERTAIN


def test_a_chip_on_another_bus_is_a_wrong_bus() -> None:
    made = bench(facts=a_host("i2c-1", "i2c-3"))
    silent(made, 0x77)
    made.scan([0x23], bus="i2c-1")
    made.scan([0x77], bus="i2c-3")
    found = the_finding(made)
    assert found.kind == "wrong-bus" and "0x77 answers on i2c-3" in found.sentence


def test_a_device_that_answers_raises_nothing() -> None:
    made = bench()
    for _ in range(60):
        made.transfer("bme680", 0x77, "d0", "61")
        made.wait(1)
    made.scan([0x77])
    assert made.findings() == ()


def test_a_chip_that_is_busy_for_some_seconds_raises_nothing() -> None:
    made = bench()
    for _ in range(6):
        made.transfer("bme680", 0x77, "d0", "61")
        for _ in range(4):
            made.silence("bme680", 0x77)
            made.wait(1)
    assert made.findings() == ()


def test_the_finding_goes_when_the_device_answers_again() -> None:
    made = bench()
    silent(made, 0x77)
    assert made.kinds() == ["silent-address"]
    made.transfer("bme680", 0x77, "d0", "61")
    made.findings()
    made.wait(10)
    assert made.kinds() == []


def test_an_empty_bus_is_told_instead_of_each_silent_address() -> None:
    made = Bench(a_plugin("bme680", "i2c:1:0x77"), a_plugin("bh1750", "i2c:1:0x23"))
    silent(made, 0x77)
    silent(made, 0x23, plugin="bh1750")
    found = the_finding(made)
    assert found.kind == "empty-bus" and found.confidence is Confidence.LIKELY
    made.scan([])
    found = the_finding(made)
    assert found.sentence == "Nothing answers on i2c-1: a scan found no device at any address."
    assert found.confidence is Confidence.CERTAIN and "GPIO 2 (pin 3)" in found.advice


def test_evidence_that_a_fault_on_demand_made_says_so() -> None:
    made = bench()
    for _ in range(15):
        made.transfer("bme680", 0x77, "d0", outcome=Outcome.NO_ACKNOWLEDGE, is_injected=True)
        made.wait(1)
    assert the_finding(made).evidence[0].text == "wrote d0, no-acknowledge, struck by a fault on demand"


def test_a_driver_whose_file_is_gone_is_neither_named_nor_asked_for_its_chip() -> None:
    made = bench("bme680")
    silent(made, 0x77, plugin="bme680", seconds=3)
    made.case.know([a_plugin("garden", "i2c:1:0x77")])
    made.take(StateChanged(made.now_ns, "garden", State.LOADING, State.RUNNING, ""))
    silent(made, 0x77, plugin="garden")
    made.scan([0x76])
    (finding,) = made.findings()
    assert (finding.kind, finding.plugin) == ("wrong-address", "garden")
    assert "bme680" not in finding.advice and "looks for its" not in finding.sentence


def test_a_device_that_only_drivers_used_which_are_gone_is_forgotten() -> None:
    made = bench("bme680")
    made.silence("bme680", 0x77)
    made.case.know([])
    assert not list(made.case.i2c_devices())
