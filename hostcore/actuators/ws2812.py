"""Encodes colours for a strip of WS2812B LEDs on the MOSI line of an SPI bus.

Each bit of a colour becomes four bits on the bus: 1000 for 0, and 1110 for 1. At 3.3 MHz, the line is high for 303 or
909 ns. This is within the limits of the WS2812B (0.4 and 0.8 µs, ± 150 ns) and of the WS2812B-2020 (0.22 to 0.38 and
0.58 to 1 µs; data sheets, "Data transfer time"). With three bits at 2.4 MHz, a 0 would be too long for the latter.
"""

from __future__ import annotations

from collections.abc import Iterable

from hostcore.backends.spi import SpiSettings

SETTINGS = SpiSettings(speed_hz=3_300_000, mode=0)
"""The settings of the bus for a frame. The controller divides its clock by an even number, so the bus is never faster
(kernel, drivers/spi/spi-bcm2835.c). It may be as slow as 3.16 MHz."""
RESET_BYTES = 116
"""The zero bytes that end a frame: 281 µs at 3.3 MHz. A WS2812B needs 50 µs, a WS2812B-2020 280 µs."""

_SLOTS = {"00": 0b1000_1000, "01": 0b1000_1110, "10": 0b1110_1000, "11": 0b1110_1110}
_PATTERNS = tuple(bytes(_SLOTS[f"{byte:08b}"[at : at + 2]] for at in range(0, 8, 2)) for byte in range(256))


def frame(parts: Iterable[int]) -> bytes:
    """Return the frame for all LEDs: 12 bytes per LED, with a reset before and after them.

    Send it in one transfer, because a gap would end the frame early.

    Args:
        parts: the parts of all colours, 0 to 255 each, in the order in which the LEDs expect them.
    """
    reset = bytes(RESET_BYTES)
    return reset + b"".join([_PATTERNS[part] for part in parts]) + reset
