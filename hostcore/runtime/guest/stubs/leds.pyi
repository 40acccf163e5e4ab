"""The LED strip in ``[leds]`` of host.toml. All plugins with the permission "leds" share it."""

def count() -> int:
    """Return the number of LEDs on the strip."""

def set_color(index: int, red: int, green: int, blue: int) -> None:
    """Set the colour of LED `index` (from 0). Each part is 0 to 255. Takes effect at `show`, or when the round ends."""

def fill(red: int, green: int, blue: int) -> None:
    """Set the colour of all LEDs. Each part is 0 to 255. Takes effect at `show`, or when the round ends."""

def show() -> None:
    """Show the colours that were set."""
