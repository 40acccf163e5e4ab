"""What the view knows of the simulated world."""

from __future__ import annotations

import pytest

from hostcore.clock import NS_PER_S, VirtualClock
from hostcore.devices.environment import Environment, Quantity, Signal, Step
from hostcore.events import ConnectionRestored, HeldQuantity, QuantitiesHeld
from hostcore.events.facts import QuantityFacts
from hostcore.view.world import World

NOON_NS = 1_704_110_400 * NS_PER_S
SIGNAL = Signal(base=20.0, daily=3.0, peak_hour=12.0, steps=(Step(60.0, 40.0),))
WARMTH = QuantityFacts("temperature", "°C", -10.0, 50.0, SIGNAL)


@pytest.mark.parametrize("seconds", [0, 59, 60, 40_000])
def test_a_quantity_that_follows_its_course_is_what_the_chips_see_apart_from_noise(seconds: int) -> None:
    clock = VirtualClock(wall_start_ns=NOON_NS)
    environment = Environment(clock, {Quantity.TEMPERATURE: SIGNAL})
    clock.advance(seconds)
    expected = pytest.approx(environment.value(Quantity.TEMPERATURE))
    assert World().mean(WARMTH, NOON_NS, NOON_NS + seconds * NS_PER_S) == expected


def test_a_quantity_that_is_held_is_at_its_value_until_another_event_says_otherwise() -> None:
    world = World()
    world.replace(QuantitiesHeld(1, (HeldQuantity("temperature", 35.0),)))
    assert world.mean(WARMTH, NOON_NS, NOON_NS) == 35.0
    world.replace(QuantitiesHeld(2, ()))
    assert world.mean(WARMTH, NOON_NS, NOON_NS) == 23.0


def test_a_host_that_was_started_again_holds_nothing_and_one_that_went_on_still_does() -> None:
    world = World()
    world.replace(QuantitiesHeld(1, (HeldQuantity("temperature", 35.0),)))
    world.meet(ConnectionRestored(2, False))
    assert world.held
    world.meet(ConnectionRestored(3, True))
    assert not world.held
