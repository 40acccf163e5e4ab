"""Serial ports by name, with 8 data bits, no parity and one stop bit."""

from .data import Data

def read(max_length: int = 256, *, timeout: float = 1.0, port: str = "serial0") -> bytes:
    """Return received data, up to `max_length` bytes (1 to 4,096).

    Blocks up to `timeout` seconds (at most 60) for the first byte. Returns b"" if none arrives.
    """

def write(data: Data, *, port: str = "serial0") -> None:
    """Send `data`, up to 4,096 bytes."""

def set_baud(baud: int, *, port: str = "serial0") -> None:
    """Set the speed in bits per second, 50 to 4,000,000."""
