"""The shipped drivers on their chips raise no finding, in any weather and after any restart."""

from __future__ import annotations

import pytest

from hostcore.devices.environment import DEFAULT_SIGNALS, Quantity, Signal, Step
from tests.watched import Watched

WEATHER = {
    **DEFAULT_SIGNALS,
    Quantity.TEMPERATURE: Signal(3.0, 1.8, noise=0.05, steps=(Step(300, 24.0), Step(600, -4.0), Step(1200, 0.3))),
    Quantity.HUMIDITY: Signal(46.0, 5.0, noise=0.3, steps=(Step(400, 98.0), Step(800, 12.0))),
    Quantity.PRESSURE: Signal(1013.2, 0.9, noise=0.05, steps=(Step(500, 960.0), Step(1000, 1035.0))),
    Quantity.ILLUMINANCE: Signal(260.0, 240.0, noise=3.0, steps=(Step(300, 0.0), Step(700, 60_000.0))),
    Quantity.GAS_RESISTANCE: Signal(120_000.0, noise=900.0, steps=(Step(700, 8_000.0),)),
}
"""A room whose windows open on a frosty day and whose lamps go on and off."""
DRIVERS = ("bme680", "bh1750", "aht20", "dht22", "pi_monitor")


def shipped() -> Watched:
    """All shipped drivers on their chips."""
    pi = Watched(WEATHER)
    pi.plug("bme680", 0x77)
    pi.plug("bh1750", 0x23)
    pi.plug("ssd1306", 0x3C)
    pi.plug("aht20", 0x38, bus=3)
    pi.wire("dht22", 4)
    for name in DRIVERS:
        pi.drive_shipped(name, every=2.0, **({"bus": 3} if name == "aht20" else {}))
    pi.drive_shipped("oled", every=2.0, kind="update")
    return pi


def test_they_raise_no_finding_at_their_start() -> None:
    pi = shipped()
    assert pi.run(60).sentences() == []
    assert all(pi.case.plugins[name].published > 20 for name in DRIVERS)


@pytest.mark.thorough
@pytest.mark.parametrize("restarts", [0, 5])
def test_they_raise_no_finding_for_half_an_hour(restarts: int) -> None:
    pi = shipped()
    for part in range(1 + restarts):
        pi.run(1800 / (1 + restarts))
        for name in (*DRIVERS, "oled") if part < restarts else ():
            pi.restart(name)
    pi.scan()
    assert pi.run(30).sentences() == []
    assert all(pi.case.plugins[name].published > 800 for name in DRIVERS)
