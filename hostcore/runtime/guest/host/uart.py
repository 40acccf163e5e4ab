"""Serial ports by name, with 8 data bits, no parity and one stop bit."""

from wit_world.imports import python_wire

from ._arguments import number, text
from ._wire import ask
from .data import Data, to_wire


def read(max_length: int = 256, *, timeout: float = 1.0, port: str = "serial0") -> bytes:
    """Return received data, up to `max_length` bytes (1 to 4,096).

    Blocks up to `timeout` seconds (at most 60) for the first byte. Returns b"" if none arrives.
    """
    timeout_ms = number("timeout in ms", round(timeout * 1000), 32)
    return ask(python_wire.uart_read, text("port", port), number("max_length", max_length, 32), timeout_ms)


def write(data: Data, *, port: str = "serial0") -> None:
    """Send `data`, up to 4,096 bytes."""
    ask(python_wire.uart_write, text("port", port), to_wire(data))


def set_baud(baud: int, *, port: str = "serial0") -> None:
    """Set the speed in bits per second, 50 to 4,000,000."""
    ask(python_wire.uart_set_baud, text("port", port), number("baud", baud, 32))
