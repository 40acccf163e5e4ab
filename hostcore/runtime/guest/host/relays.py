"""Relays, buzzers and fans. `name` is the NAME of a table ``[relays.NAME]`` in host.toml."""

from wit_world.imports import python_wire

from ._arguments import number, text
from ._wire import ask


def write(name: str, on: bool) -> None:
    """Switch `name` on or off. Ends its current pulses."""
    ask(python_wire.relays_write, text("name", name), bool(on))


def read(name: str) -> bool:
    """Return whether `name` is on."""
    return ask(python_wire.relays_read, text("name", name))


def pulse(name: str, count: int = 1, *, on: float = 0.1, off: float = 0.1) -> None:
    """Switch `name` on and off `count` times. Returns at once. Replaces current pulses.

    Args:
        name: name of the relay.
        count: number of pulses, 1 to 1,000.
        on: seconds of each pulse, 0.001 to 60.
        off: seconds after each pulse, 0 to 60.
    """
    on_ms, off_ms = number("on in ms", round(on * 1000), 32), number("off in ms", round(off * 1000), 32)
    ask(python_wire.relays_pulse, text("name", name), number("count", count, 32), on_ms, off_ms)
