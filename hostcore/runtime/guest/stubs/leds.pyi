"""The strip of LEDs that ``[leds]`` of host.toml describes, shared by all plugins with the permission "leds"."""

def count() -> int:
    """How many LEDs the strip has."""

def set_color(index: int, red: int, green: int, blue: int) -> None:
    """Give the LED `index` (from 0) a colour, each part 0 to 255; seen at the next `show`, or when the round ends."""

def fill(red: int, green: int, blue: int) -> None:
    """Give all LEDs a colour, each part 0 to 255; all 0 is dark. Seen like that of `set_color`."""

def show() -> None:
    """Let what was set be seen now."""
