"""The bits on an SPI bus's MOSI line that a strip of WS2812B LEDs reads as colours.

Each bit of a colour becomes four of the bus: high for one slot and low for three is 0, high for three and low for one
is 1. At 3.3 MHz these are 303 and 909 ns, within the limits of the WS2812B (0.4 and 0.8 µs high, ± 150 ns) and of the
WS2812B-2020 (0.22 to 0.38 and 0.58 to 1 µs; data sheets, "Data transfer time"). Three bits at 2.4 MHz would be too
long for the latter's 0.
"""

from __future__ import annotations

from collections.abc import Iterable

from hostcore.backends.base import SpiSettings

SETTINGS = SpiSettings(speed_hz=3_300_000, mode=0)
"""How the bus has to send a frame. A controller divides its clock by an even number, so that the bus is never faster
(kernel, drivers/spi/spi-bcm2835.c); down to 3.16 MHz is slow enough."""
RESET_BYTES = 116
"""281 µs low at 3.3 MHz: ends a frame for all kinds, which need 50 (WS2812B) or 280 µs (WS2812B-2020)."""

_SLOTS = {"00": 0b1000_1000, "01": 0b1000_1110, "10": 0b1110_1000, "11": 0b1110_1110}
_PATTERNS = tuple(bytes(_SLOTS[f"{byte:08b}"[at : at + 2]] for at in range(0, 8, 2)) for byte in range(256))


def frame(parts: Iterable[int]) -> bytes:
    """What to send for all LEDs in one transfer: a gap would end the frame early. 12 bytes an LED, and two resets.

    The line is low before the first LED and after the last one for as long as a reset, whatever it was before.

    Args:
        parts: of all colours, 0 to 255 each, in the order in which the LEDs want them.
    """
    reset = bytes(RESET_BYTES)
    return reset + b"".join([_PATTERNS[part] for part in parts]) + reset
