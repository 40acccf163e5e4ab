"""The simulated world in the hand of a person: what is there, what is held, and who is told."""

from __future__ import annotations

import threading

import pytest

from hostcore.buses import world as buses_world
from hostcore.buses.world import World, chip_facts, quantity_facts
from hostcore.clock import VirtualClock
from hostcore.devices.catalog import SimulatedChip
from hostcore.devices.environment import LIMITS, UNITS, Environment, Quantity, Signal
from hostcore.errors import HostError
from hostcore.events import Event, HeldQuantity, LogWritten, QuantitiesHeld
from hostcore.events.facts import BackendKind, BusFacts, ChipFacts
from hostcore.place import BusName

PATIENCE = 10.0


def test_a_change_is_told_with_everything_that_is_held_and_written_into_the_log() -> None:
    events: list[Event] = []
    world = World(Environment(VirtualClock()), VirtualClock(), events.append)
    world.hold("humidity", 80)
    world.hold("temperature", 35.5)
    world.hold("humidity", None)
    told = [each.held for each in events if isinstance(each, QuantitiesHeld)]
    humid, warm = HeldQuantity("humidity", 80), HeldQuantity("temperature", 35.5)
    assert told == [(humid,), (humid, warm), (warm,)]
    assert [each.text for each in events if isinstance(each, LogWritten)] == [
        "by a person: simulated humidity held at 80 %",
        "by a person: simulated temperature held at 35.5 °C",
        "by a person: simulated humidity follows its own course again",
    ]


def test_what_is_held_is_told_again_and_again_until_the_end_for_those_who_have_lost_an_event(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(buses_world, "RESTATE_S", 0.001)
    again = threading.Semaphore(0)
    events: list[Event] = []

    def publish(event: Event) -> None:
        events.append(event)
        again.release()

    world = World(Environment(VirtualClock()), VirtualClock(), publish)
    world.hold("humidity", 80)
    assert all(again.acquire(timeout=PATIENCE) for _ in range(5))
    world.hold("humidity", None)
    assert all(again.acquire(timeout=PATIENCE) for _ in range(5))
    world.stop()
    told = [each.held for each in events if isinstance(each, QuantitiesHeld)]
    assert told.count((HeldQuantity("humidity", 80),)) > 1
    assert told[-1] == ()


def test_a_real_machine_has_no_world_to_change_and_says_what_to_do() -> None:
    events: list[Event] = []
    with pytest.raises(HostError, match='set backend = "simulated"'):
        World(None, VirtualClock(), events.append).hold("temperature", 30)
    assert not events
    assert quantity_facts(None) == ()


def test_a_wrong_value_or_name_changes_nothing_and_tells_nobody() -> None:
    events: list[Event] = []
    world = World(Environment(VirtualClock()), VirtualClock(), events.append)
    with pytest.raises(HostError, match="found 'noise', allowed is a quantity"):
        world.hold("noise", 1)
    with pytest.raises(HostError, match="allowed is 0 to 100 %"):
        world.hold("humidity", -1)
    assert not events


def test_every_quantity_has_a_unit_limits_and_its_course() -> None:
    own = Signal(base=3.0)
    facts = {each.name: each for each in quantity_facts(Environment(VirtualClock(), {Quantity.PRESSURE: own}))}
    assert facts.keys() == {each.value for each in Quantity}
    assert facts["pressure"].signal == own
    for quantity in Quantity:
        fact = facts[quantity]
        assert (fact.unit, fact.lowest, fact.highest) == (UNITS[quantity], *LIMITS[quantity])


def test_the_chips_are_those_on_simulated_buses_with_the_address_of_a_fault_that_strikes_them() -> None:
    chips = [
        SimulatedChip("bme680", bus=1, address=0x76),
        SimulatedChip("bh1750", bus=3, address=0x23),
        SimulatedChip("ws2812", bus=0, chip_select=1),
        SimulatedChip("loopback-spi", bus=0, line=25),
        SimulatedChip("dht22", line=4),
        SimulatedChip("loopback-uart", port="serial0"),
    ]
    names = ["i2c-1", "spi-0", "gpio", "uart-serial0"]
    buses = [BusFacts(BusName(name), BackendKind.SIMULATED) for name in names]
    real = BusFacts(BusName("i2c-3"), BackendKind.LINUX)
    assert chip_facts(chips, [*buses, real]) == (
        ChipFacts("bme680", BusName("i2c-1"), 0x76),
        ChipFacts("ws2812", BusName("spi-0"), 1),
        ChipFacts("loopback-spi", BusName("spi-0"), None),
        ChipFacts("dht22", BusName("gpio"), 4),
        ChipFacts("loopback-uart", BusName("uart-serial0"), None),
    )
