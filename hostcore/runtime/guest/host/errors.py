"""Exceptions for plugins to raise and catch. The host reports an uncaught one, and the plugin continues."""

from componentize_py_types import Err
from wit_world.imports import types


class Error(Exception):
    """An error that the plugin reports and the host shows. Any other uncaught exception is a crash."""


class SensorError(Error):
    """The sensor answered, but its data is invalid (checksum, range, not ready). Drivers raise this themselves."""


class Denied(Error):  # noqa: N818 - the field's own name
    """host.toml does not grant this access. It is no `BusError`, because a driver that expects a silent device would
    hide it."""


class BusError(Error, OSError):
    """An access to the hardware failed. Raised directly if no subclass fits. `errno` is the number that Linux gives."""

    def __str__(self) -> str:
        return self.strerror or super().__str__()


class NoAcknowledge(BusError):  # noqa: N818
    """No device acknowledged the address, or the device refused a byte. `errno` is 121 (EREMOTEIO)."""


class BusFault(BusError):  # noqa: N818
    """The signals on the wires were wrong: a misplaced start or stop, a line stuck low, an input/output error. `errno`
    is 5 (EIO)."""


class ArbitrationLost(BusError, BlockingIOError):  # noqa: N818
    """Another controller won the bus. `errno` is 11 (EAGAIN), for which Python has `BlockingIOError`."""


class Timeout(BusError, TimeoutError):  # noqa: N818
    """The bus did not finish in time. `errno` is 110 (ETIMEDOUT)."""


_CLASSES: dict[type, tuple[type[BusError], int]] = {
    types.Error_NoAcknowledge: (NoAcknowledge, 121),
    types.Error_Bus: (BusFault, 5),
    types.Error_ArbitrationLoss: (ArbitrationLost, 11),
    types.Error_Timeout: (Timeout, 110),
    types.Error_Other: (BusError, 5),
}
"""The exception for each case, and its number on Linux (errno.h). WASI has other numbers."""


def bus_error(err: Err) -> Error:
    """Create the exception for a WIT `err` of the host."""
    text = err.value.value
    if type(err.value) is types.Error_Denied:
        return Denied(text)
    kind, number = _CLASSES[type(err.value)]
    return kind(number, text)
