"""The strip of LEDs that ``[leds]`` of host.toml describes, shared by all plugins with the permission "leds"."""

from wit_world.imports import python_wire

from ._arguments import number
from ._wire import ask


def count() -> int:
    """How many LEDs the strip has."""
    return ask(python_wire.leds_count)


def set_color(index: int, red: int, green: int, blue: int) -> None:
    """Give the LED `index` (from 0) a colour, each part 0 to 255; seen at the next `show`, or when the round ends."""
    ask(python_wire.leds_set_color, number("index", index, 32), *_color(red, green, blue))


def fill(red: int, green: int, blue: int) -> None:
    """Give all LEDs a colour, each part 0 to 255; all 0 is dark. Seen like that of `set_color`."""
    ask(python_wire.leds_fill, *_color(red, green, blue))


def show() -> None:
    """Let what was set be seen now."""
    ask(python_wire.leds_show)


def _color(red: int, green: int, blue: int) -> tuple[int, int, int]:
    return number("red", red, 8), number("green", green, 8), number("blue", blue, 8)
