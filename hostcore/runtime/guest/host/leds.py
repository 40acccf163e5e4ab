"""The LED strip in ``[leds]`` of host.toml. All plugins with the permission "leds" share it."""

from wit_world.imports import python_wire

from ._arguments import number
from ._wire import ask


def count() -> int:
    """Return the number of LEDs on the strip."""
    return ask(python_wire.leds_count)


def set_color(index: int, red: int, green: int, blue: int) -> None:
    """Set the colour of LED `index` (from 0). Each part is 0 to 255. Takes effect at `show`, or when the round ends."""
    ask(python_wire.leds_set_color, number("index", index, 32), *_color(red, green, blue))


def fill(red: int, green: int, blue: int) -> None:
    """Set the colour of all LEDs. Each part is 0 to 255. Takes effect at `show`, or when the round ends."""
    ask(python_wire.leds_fill, *_color(red, green, blue))


def show() -> None:
    """Show the colours that were set."""
    ask(python_wire.leds_show)


def _color(red: int, green: int, blue: int) -> tuple[int, int, int]:
    return number("red", red, 8), number("green", green, 8), number("blue", blue, 8)
