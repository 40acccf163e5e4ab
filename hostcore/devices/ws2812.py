"""A simulated strip of WS2812B LEDs. It reads the pulses on its data line as the LEDs do, and ignores wrong ones.

Source: Worldsemi, data sheets of the WS2812B and the WS2812B-2020, "Data transfer time" and "Composition of 24bit
data". Their limits differ; a pulse must be within both.
"""

from __future__ import annotations

import re

from hostcore.clock import NS_PER_S, Clock
from hostcore.devices.base import SPI_MODES, SpiTarget
from hostcore.devices.environment import Environment

T0H_NS = (250, 380)
"""High time of a 0: 400 ns ± 150 ns for the WS2812B, 220 to 380 ns for the WS2812B-2020."""
T0L_NS = (700, 1000)
"""Low time of a 0: 850 ns ± 150 ns, and 580 to 1,000 ns."""
T1H_NS = (650, 950)
"""High time of a 1: 800 ns ± 150 ns, and 580 to 1,000 ns."""
T1L_NS = (300, 420)
"""Low time of a 1: 450 ns ± 150 ns, and 220 to 420 ns."""
RESET_NS = 280_000
"""A longer low time ends the frame, and the LEDs show it (WS2812B-2020; the WS2812B needs 50 µs)."""
BITS = 24
"""Bits of one LED: green, red and blue, the highest bit first."""

_PULSE = re.compile("(1+)(0*)")

Color = tuple[int, int, int]
"""Red, green and blue, 0 to 255."""


class Ws2812(SpiTarget):
    """A strip with its data line on MOSI. It has as many LEDs as it was ever sent. The line is low before a transfer.

    Attributes:
        colors: the colour of each LED, the nearest LED first. Empty before the first frame.
    """

    modes = SPI_MODES

    def __init__(self, clock: Clock, environment: Environment) -> None:
        self.colors: tuple[Color, ...] = ()

    def transfer(self, data: bytes, speed_hz: int) -> bytes:
        levels = "".join(f"{byte:08b}" for byte in data)
        bit_ns = NS_PER_S / speed_hz
        received = ""
        for pulse in _PULSE.finditer(levels):
            high_ns, low_ns = len(pulse[1]) * bit_ns, len(pulse[2]) * bit_ns
            received += _symbol(high_ns, low_ns)
            if low_ns > RESET_NS:
                self._show(received)
                received = ""
        return bytes(len(data))

    def _show(self, received: str) -> None:
        """Each LED takes the first 24 bits that reach it and passes on the rest; with fewer, it keeps its colour."""
        if "?" in received:
            return
        shown = tuple(_color(int(received[at : at + BITS], 2)) for at in range(0, len(received) - BITS + 1, BITS))
        self.colors = shown + self.colors[len(shown) :]


def _symbol(high_ns: float, low_ns: float) -> str:
    """The bit of a pulse, or "?" if its times are wrong. The low time of a frame's last pulse is that of the reset."""
    ends = low_ns > RESET_NS
    if _within(high_ns, T0H_NS) and (ends or _within(low_ns, T0L_NS)):
        return "0"
    if _within(high_ns, T1H_NS) and (ends or _within(low_ns, T1L_NS)):
        return "1"
    return "?"


def _within(duration_ns: float, limits: tuple[int, int]) -> bool:
    return limits[0] <= duration_ns <= limits[1]


def _color(bits: int) -> Color:
    return bits >> 8 & 0xFF, bits >> 16, bits & 0xFF
