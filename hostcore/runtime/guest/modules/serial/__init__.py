"""The module `serial`: serial ports, with the methods, results and errors of pyserial 3.5.

The host's ports have 8 data bits, no parity, one stop bit and no flow control. Other settings are refused when the port
is opened. Control lines (RTS, DTR, CTS, ...) and breaks are not offered.
"""

from ._port import Serial
from .serialutil import (
    EIGHTBITS,
    FIVEBITS,
    PARITY_EVEN,
    PARITY_MARK,
    PARITY_NAMES,
    PARITY_NONE,
    PARITY_ODD,
    PARITY_SPACE,
    SEVENBITS,
    SIXBITS,
    STOPBITS_ONE,
    STOPBITS_ONE_POINT_FIVE,
    STOPBITS_TWO,
    XOFF,
    XON,
    PortNotOpenError,
    SerialException,
    SerialTimeoutException,
    Timeout,
    to_bytes,
)

__all__ = [
    "EIGHTBITS",
    "FIVEBITS",
    "PARITY_EVEN",
    "PARITY_MARK",
    "PARITY_NAMES",
    "PARITY_NONE",
    "PARITY_ODD",
    "PARITY_SPACE",
    "SEVENBITS",
    "SIXBITS",
    "STOPBITS_ONE",
    "STOPBITS_ONE_POINT_FIVE",
    "STOPBITS_TWO",
    "VERSION",
    "XOFF",
    "XON",
    "PortNotOpenError",
    "Serial",
    "SerialException",
    "SerialTimeoutException",
    "Timeout",
    "serial_for_url",
    "to_bytes",
]

__version__ = VERSION = "3.5"


def serial_for_url(url: str, *arguments: object, do_not_open: bool = False, **settings: object) -> Serial:
    """Return a port for a path such as ``/dev/serial0``. There are no other addresses here.

    Args:
        url: the path.
        arguments: those of `Serial` after the port.
        do_not_open: whether to leave the port closed.
        settings: those of `Serial`.
    """
    if "://" in url:
        raise ValueError(f"invalid URL, protocol {url.partition('://')[0]!r} not known")
    port = Serial(None, *arguments, **settings)
    port.port = url
    if not do_not_open:
        port.open()
    return port
