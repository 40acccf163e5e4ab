"""The bits for a strip of WS2812B LEDs, read by a strip that is as strict as the data sheets."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostcore.actuators.ws2812 import SETTINGS, frame
from hostcore.clock import VirtualClock
from hostcore.config.actuators import MOST_LEDS
from hostcore.devices.environment import Environment
from hostcore.devices.ws2812 import Color, Ws2812
from hostcore.plugin.bounds import MAX_STREAM_BYTES

PART = st.integers(0, 255)
COLORS = st.lists(st.tuples(PART, PART, PART), min_size=1, max_size=12)
RESET = bytes(116)


def strip() -> Ws2812:
    clock = VirtualClock()
    return Ws2812(clock, Environment(clock))


def sent(*colors: Color) -> bytes:
    return frame([part for red, green, blue in colors for part in (green, red, blue)])


@given(COLORS)
def test_every_colour_arrives_at_its_led(colors: list[Color]) -> None:
    leds = strip()
    leds.transfer(sent(*colors), SETTINGS.speed_hz)
    assert leds.colors == tuple(colors)


@pytest.mark.parametrize("speed_hz", [250_000_000 / 76, 400_000_000 / 122, 500_000_000 / 152, 200_000_000 / 62])
def test_the_speeds_that_a_pis_clock_divider_makes_of_it_are_good_too(speed_hz: float) -> None:
    leds = strip()
    leds.transfer(sent((1, 2, 3), (255, 0, 128)), round(speed_hz))
    assert leds.colors == ((1, 2, 3), (255, 0, 128))


@pytest.mark.parametrize("speed_hz", [500_000, 2_400_000, 3_100_000, 3_400_000, 6_600_000])
def test_at_any_other_speed_the_leds_show_nothing_new(speed_hz: int) -> None:
    leds = strip()
    leds.transfer(sent((9, 9, 9)), SETTINGS.speed_hz)
    leds.transfer(sent((1, 2, 3)), speed_hz)
    assert leds.colors == ((9, 9, 9),)


def test_leds_that_got_no_colour_stay_as_they_were() -> None:
    leds = strip()
    leds.transfer(sent((1, 1, 1), (2, 2, 2)), SETTINGS.speed_hz)
    leds.transfer(sent((3, 3, 3)), SETTINGS.speed_hz)
    assert leds.colors == ((3, 3, 3), (2, 2, 2))


def test_a_frame_without_a_reset_is_not_shown() -> None:
    leds = strip()
    leds.transfer(sent((1, 2, 3)).removesuffix(RESET), SETTINGS.speed_hz)
    assert leds.colors == ()


def test_a_frame_with_one_wrong_pulse_is_not_shown() -> None:
    leds, data = strip(), bytearray(sent((1, 2, 3)))
    data[len(RESET)] = 0b1100_1000
    leds.transfer(bytes(data), SETTINGS.speed_hz)
    assert leds.colors == ()


def test_the_longest_strip_fits_into_one_transfer() -> None:
    assert len(sent(*[(0, 0, 0)] * MOST_LEDS)) <= MAX_STREAM_BYTES


@given(st.binary(max_size=200), st.integers(1, 125_000_000))
def test_anything_else_on_the_bus_is_answered_like_any_transfer(data: bytes, speed_hz: int) -> None:
    assert strip().transfer(data, speed_hz) == bytes(len(data))
