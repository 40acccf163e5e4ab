"""Which clock modes a simulated SPI chip understands, and what happens in the others."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostcore.actuators.ws2812 import SETTINGS, frame
from hostcore.clock import VirtualClock
from hostcore.devices.base import SPI_MODES, SpiTarget
from hostcore.devices.environment import Environment
from hostcore.devices.loopback import SpiLoopback
from hostcore.devices.ws2812 import Ws2812
from tests.spi_flash import ID_ANSWER, READ_ID, SpiFlash

CLOCK = VirtualClock()
ENVIRONMENT = Environment(CLOCK)
WRONG_MODES = sorted(SPI_MODES - SpiFlash.modes)


class Recorder(SpiTarget):
    """Understands mode 0 alone, notes what it hears, and answers with fixed bytes."""

    modes = frozenset({0})

    def __init__(self, answer: bytes) -> None:
        self.answer, self.heard = answer, b""

    def transfer(self, data: bytes, speed_hz: int) -> bytes:
        self.heard = data
        return self.answer


@pytest.mark.parametrize("mode", sorted(SpiFlash.modes))
def test_a_chip_answers_in_the_modes_of_its_data_sheet(mode: int) -> None:
    assert SpiFlash().exchange(READ_ID, 500_000, mode) == ID_ANSWER


@pytest.mark.parametrize("mode", WRONG_MODES)
def test_a_chip_does_not_recognise_its_command_in_another_mode(mode: int) -> None:
    flash = SpiFlash()
    assert flash.exchange(READ_ID, 500_000, mode) == bytes(4)
    assert flash.heard == [b"\x4f\x80\x00\x00"]


def test_in_a_wrong_mode_both_sides_see_every_bit_one_clock_late() -> None:
    chip = Recorder(b"\xff\x01")
    assert chip.exchange(b"\x81\x02", 500_000, 1) == b"\x7f\x80"
    assert chip.heard == b"\x40\x81"


@given(st.binary(max_size=64), st.sampled_from(sorted(SPI_MODES)))
def test_as_many_bytes_come_back_as_were_sent_in_every_mode(data: bytes, mode: int) -> None:
    chip = Recorder(bytes(len(data)))
    assert chip.exchange(data, 500_000, mode) == bytes(len(data))
    assert len(chip.heard) == len(data)


@given(st.binary(max_size=64), st.sampled_from(sorted(SPI_MODES)))
def test_a_wire_from_mosi_to_miso_works_in_every_mode(data: bytes, mode: int) -> None:
    assert SpiLoopback(CLOCK, ENVIRONMENT).exchange(data, 500_000, mode) == data


@pytest.mark.parametrize("mode", sorted(SPI_MODES))
def test_a_strip_of_leds_has_no_clock_and_works_in_every_mode(mode: int) -> None:
    strip = Ws2812(CLOCK, ENVIRONMENT)
    strip.exchange(frame([2, 1, 3]), SETTINGS.speed_hz, mode)
    assert strip.colors == ((1, 2, 3),)
