"""The buses on the host's page as text."""

from __future__ import annotations

import re

from hostcore.backends.base import BackendKind
from hostcore.clock import NS_PER_S
from hostcore.events import BusHealthMeasured, Outcome, TransferCompleted
from hostcore.events.facts import BusFacts
from hostcore.place import BusName
from hostcore.view.bus_health import BusHealth
from hostcore.web.page import buses_block

EVIL = "\"'><script>alert(1)</script>"
I2C_1 = BusName("i2c-1")
NOW = 10_000 * NS_PER_S


def shown(health: BusHealth, *buses: BusFacts) -> str:
    html = buses_block(buses or (BusFacts(I2C_1, BackendKind.SIMULATED),), health, NOW)
    assert "<script" not in html
    return re.sub(r"\s+", " ", re.sub("<.*?>", " ", html)).strip()


def used(health: BusHealth, address: int, *outcomes: Outcome) -> None:
    for age, outcome in enumerate(outcomes):
        detail = "" if outcome is Outcome.OK else f"no answer {EVIL}"
        health.follow(TransferCompleted(NOW - age * NS_PER_S, "bme", I2C_1, address, (), outcome, detail, 1))


def test_every_bus_says_whether_it_is_real_and_why() -> None:
    found = shown(
        BusHealth(),
        BusFacts(I2C_1, BackendKind.LINUX),
        BusFacts(BusName("gpio"), BackendKind.SIMULATED, f"there is no chip {EVIL}"),
        BusFacts(BusName("spi-0"), BackendKind.LINUX, "no such file", is_usable=False),
    )
    assert "i2c-1 real gpio simulated (there is no chip" in found
    assert "spi-0 ✗ cannot be used real (no such file)" in found
    assert buses_block((), BusHealth(), NOW) == ""


def test_a_bus_that_is_well_tells_its_clock_its_lines_and_who_answers() -> None:
    health = BusHealth()
    health.measure(BusHealthMeasured(NOW, I2C_1, 100_000, 98_000, sda=True, scl=True))
    used(health, 0x76, Outcome.OK)
    assert "98 of 100 kHz, SDA high, SCL high, 1 address answers without an error" in shown(health)
    used(health, 0x23, Outcome.OK)
    assert "2 addresses answer without an error" in shown(health)


def test_an_address_that_fails_tells_how_often_and_when_it_last_answered() -> None:
    health = BusHealth()
    used(health, 0x44, *[Outcome.NO_ACKNOWLEDGE] * 3)
    used(health, 0x76, Outcome.NO_ACKNOWLEDGE, Outcome.OK, Outcome.OK, Outcome.OK)
    found = shown(health)
    assert "! 0x44: 100 % of 3 transfers failed in 10 min; never answered; no answer" in found
    assert "! 0x76: 25 % of 4 transfers failed in 10 min; last answered 3 s ago ;" in found
    assert "without an error" not in found


def test_a_stuck_bus_says_which_line_is_low() -> None:
    health = BusHealth()
    health.measure(BusHealthMeasured(NOW, I2C_1, sda=False, scl=True))
    assert "i2c-1 ✗ SDA LOW simulated SDA LOW, SCL high" in shown(health)


def test_on_a_stuck_bus_nobody_is_said_to_answer() -> None:
    health = BusHealth()
    used(health, 0x76, Outcome.OK)
    assert "1 address answers" in shown(health)
    health.measure(BusHealthMeasured(NOW, I2C_1, sda=False, scl=True))
    assert "answer" not in shown(health)
