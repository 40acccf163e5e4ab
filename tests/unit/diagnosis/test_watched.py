"""The bench for drivers and their findings: drivers in plain CPython on simulated chips, in virtual time."""

from __future__ import annotations

from hostcore.faults.model import Fault, FaultKind
from hostcore.place import BusName
from tests.watched import Driver, Watched


def illuminance(driver: Driver) -> dict[str, float]:
    driver.write(0x23, b"\x20")
    driver.sleep(0.18)
    return {"illuminance": int.from_bytes(driver.read(0x23, 2), "big") / 1.2}


def test_a_driver_on_its_chip_reads_in_virtual_time_and_raises_no_finding() -> None:
    pi = Watched()
    pi.plug("bh1750", 0x23)
    pi.drive("bh1750", illuminance)
    pi.run(120)
    assert pi.case.plugins["bh1750"].published == 120
    assert pi.sentences() == []


def test_a_driver_without_its_chip_raises_a_finding_whose_evidence_has_its_line() -> None:
    pi = Watched()
    pi.drive("bh1750", illuminance)
    pi.run(30)
    (raised,) = pi.raised
    assert raised.finding.kind == "silent-address" and 2 <= raised.seconds <= 15
    assert raised.finding.evidence[0].source_line == illuminance.__code__.co_firstlineno + 1


def test_a_shipped_plugin_runs_on_the_same_chips() -> None:
    pi = Watched()
    pi.plug("bme680", 0x77)
    pi.drive_shipped("bme680")
    pi.run(60)
    assert pi.case.plugins["bme680"].published > 50 and pi.sentences() == []


def test_faults_on_demand_strike_its_transfers() -> None:
    pi = Watched()
    pi.plug("bh1750", 0x23)
    pi.drive("bh1750", illuminance)
    pi.fault(Fault(FaultKind.UNPLUGGED, BusName("i2c-1"), 0x23, from_s=30, to_s=60))
    pi.run(120)
    assert "silent-address" in [each.finding.kind for each in pi.raised]
    assert pi.raised[0].seconds > 30 and "silent-address" not in pi.kinds()


def test_a_crash_gives_the_driver_a_new_instance() -> None:
    def read(driver: Driver) -> dict[str, float]:
        driver.memory["calls"] = driver.memory.get("calls", 0) + 1
        if driver.memory["calls"] == 3:
            raise KeyError("gain")
        return {"calls": driver.memory["calls"]}

    pi = Watched(rules=())
    pi.drive("counter", read)
    pi.run(10)
    record = pi.case.plugins["counter"]
    assert record.crashes and record.newest.restarts >= 2
    assert max(value for _, value in record.series("calls")) == 2
