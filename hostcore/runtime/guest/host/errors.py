"""Exceptions for plugins to raise and catch. The host reports an uncaught one, and the plugin continues."""

from componentize_py_types import Err
from wit_world.imports import types


class Error(Exception):
    """An error that the plugin reports and the host shows. Any other uncaught exception is a crash."""


class SensorError(Error):
    """The sensor answered, but its data is invalid (checksum, range, not ready). Drivers raise this themselves."""


class BusError(Error):
    """An access to the hardware failed. Raised directly if no subclass fits."""


class NoAcknowledge(BusError):  # noqa: N818 - the field's own name
    """No device acknowledged the address, or the device refused a byte."""


class BusFault(BusError):  # noqa: N818
    """The signals on the wires were wrong: a misplaced start or stop, a line stuck low, an input/output error."""


class ArbitrationLost(BusError):  # noqa: N818
    """Another controller won the bus."""


class Timeout(BusError):  # noqa: N818
    """The bus did not finish in time."""


class Denied(BusError):  # noqa: N818
    """host.toml does not grant this access."""


_CLASSES: dict[type, type[BusError]] = {
    types.Error_NoAcknowledge: NoAcknowledge,
    types.Error_Bus: BusFault,
    types.Error_ArbitrationLoss: ArbitrationLost,
    types.Error_Timeout: Timeout,
    types.Error_Denied: Denied,
    types.Error_Other: BusError,
}


def bus_error(err: Err) -> BusError:
    """Create the exception for a WIT `err` of the host."""
    return _CLASSES[type(err.value)](err.value.value)
