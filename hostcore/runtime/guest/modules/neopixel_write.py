"""CircuitPython's `neopixel_write`: shows colours on the LED strip of `[leds]` in host.toml.

The strip is wired to the SPI pins that `[leds]` names, whatever pin the driver gives. It needs the permission "leds".
"""

from digitalio import DigitalInOut
from host import _granted, leds

_PLACES = {"GRB": (1, 0, 2), "RGB": (0, 1, 2)}
"""Where red, green and blue are in the bytes that the LEDs expect."""
BYTES = 3
"""Bytes of one LED."""


def neopixel_write(gpio: DigitalInOut, buf: bytes | bytearray) -> None:
    """Show colours, and return once the strip has them.

    Args:
        gpio: the data pin. It is not used.
        buf: 3 bytes for each LED, in the order of `[leds]`. A driver has to be given the same order (`pixel_order`).

    Raises:
        RuntimeError: `buf` has colours for more LEDs than the strip has, or 4 bytes for each.
    """
    count, rest = divmod(len(buf), BYTES)
    if rest:
        raise RuntimeError(f"{len(buf)} bytes are no colours of 3 bytes: LEDs with white (RGBW) are not supported")
    if count > leds.count():
        raise RuntimeError(f"colours for {count} LEDs, but the strip has {leds.count()} (count in [leds] of host.toml)")
    red, green, blue = _PLACES[_granted.granted().leds or "GRB"]
    for index in range(count):
        color = buf[BYTES * index : BYTES * (index + 1)]
        leds.set_color(index, color[red], color[green], color[blue])
    leds.show()
