"""Serial ports by name; 8 data bits, no parity, one stop bit."""

from wit_world.imports import python_wire
from wit_world.imports import uart as _uart

from ._arguments import number, text
from .data import Data, to_wire
from .errors import raising_bus_errors


def read(max_length: int = 256, *, timeout: float = 1.0, port: str = "serial0") -> bytes:
    """What has arrived, up to `max_length` bytes (at most 4,096).

    Waits up to `timeout` seconds (at most 60) for the first byte; possibly nothing comes.
    """
    with raising_bus_errors():
        timeout_ms = number("timeout in ms", round(timeout * 1000), 32)
        return _uart.read(text("port", port), number("max_length", max_length, 32), timeout_ms)


def write(data: Data, *, port: str = "serial0") -> None:
    """Send `data`, up to 4,096 bytes."""
    with raising_bus_errors():
        python_wire.uart_write(text("port", port), to_wire(data))


def set_baud(baud: int, *, port: str = "serial0") -> None:
    """Set the speed in bits a second, 50 to 4,000,000."""
    with raising_bus_errors():
        _uart.set_baud(text("port", port), number("baud", baud, 32))
