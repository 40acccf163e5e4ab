"""Relays, buzzers and fans, by the NAME of their table ``[relays.NAME]`` in host.toml."""

from wit_world.imports import python_wire

from ._arguments import number, text
from ._wire import ask


def write(name: str, on: bool) -> None:
    """Switch `name` on or off; ends pulses under way."""
    ask(python_wire.relays_write, text("name", name), bool(on))


def read(name: str) -> bool:
    """Whether `name` is on."""
    return ask(python_wire.relays_read, text("name", name))


def pulse(name: str, count: int = 1, *, on: float = 0.1, off: float = 0.1) -> None:
    """Switch `name` on `count` times (1 to 1,000), and off after each. Returns at once; replaces pulses under way.

    Args:
        name: which one.
        count: how often.
        on: seconds that each lasts, 0.001 to 60.
        off: seconds after each, up to 60.
    """
    on_ms, off_ms = number("on in ms", round(on * 1000), 32), number("off in ms", round(off * 1000), 32)
    ask(python_wire.relays_pulse, text("name", name), number("count", count, 32), on_ms, off_ms)
