"""What a plugin may raise or catch. Any of these, not caught, is a reported error: the plugin lives on."""

from componentize_py_types import Err
from wit_world.imports import types


class Error(Exception):
    """An error that the driver reports and the host shows; any other exception is a crash."""


class SensorError(Error):
    """For a driver to raise: the sensor answered, but with nonsense (checksum, range, not ready)."""


class BusError(Error):
    """An access to the hardware failed. Also raised itself, for what has no class of its own."""


class NoAcknowledge(BusError):  # noqa: N818 - the field's own name
    """No device acknowledged the address, or the device refused a byte."""


class BusFault(BusError):  # noqa: N818
    """The wires misbehaved."""


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
    """The exception for a WIT `err` of the host."""
    return _CLASSES[type(err.value)](err.value.value)
