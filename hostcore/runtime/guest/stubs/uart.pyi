"""Serial ports by name; 8 data bits, no parity, one stop bit."""

from .data import Data

def read(max_length: int = 256, *, timeout: float = 1.0, port: str = "serial0") -> bytes:
    """What has arrived, up to `max_length` bytes (at most 4,096).

    Waits up to `timeout` seconds (at most 60) for the first byte; possibly nothing comes.
    """

def write(data: Data, *, port: str = "serial0") -> None:
    """Send `data`, up to 4,096 bytes."""

def set_baud(baud: int, *, port: str = "serial0") -> None:
    """Set the speed in bits a second, 50 to 4,000,000."""
