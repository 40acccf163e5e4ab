"""Relays, buzzers and fans, by the NAME of their table ``[relays.NAME]`` in host.toml."""

def write(name: str, on: bool) -> None:
    """Switch `name` on or off; ends pulses under way."""

def read(name: str) -> bool:
    """Whether `name` is on."""

def pulse(name: str, count: int = 1, *, on: float = 0.1, off: float = 0.1) -> None:
    """Switch `name` on `count` times (1 to 1,000), and off after each. Returns at once; replaces pulses under way.

    Args:
        name: which one.
        count: how often.
        on: seconds that each lasts, 0.001 to 60.
        off: seconds after each, up to 60.
    """
