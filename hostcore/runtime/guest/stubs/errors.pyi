"""What a plugin may raise or catch. Any of these, not caught, is a reported error: the plugin lives on."""

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
