"""Relays, buzzers and fans. `name` is the NAME of a table ``[relays.NAME]`` in host.toml."""

def write(name: str, on: bool) -> None:
    """Switch `name` on or off. Ends its current pulses."""

def read(name: str) -> bool:
    """Return whether `name` is on."""

def pulse(name: str, count: int = 1, *, on: float = 0.1, off: float = 0.1) -> None:
    """Switch `name` on and off `count` times. Returns at once. Replaces current pulses.

    Args:
        name: name of the relay.
        count: number of pulses, 1 to 1,000.
        on: seconds of each pulse, 0.001 to 60.
        off: seconds after each pulse, 0 to 60.
    """
