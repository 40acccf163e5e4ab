"""Exceptions for plugins to raise and catch. The host reports an uncaught one, and the plugin continues."""

class Error(Exception):
    """An error that the plugin reports and the host shows. Any other uncaught exception is a crash."""

class SensorError(Error):
    """The sensor answered, but its data is invalid (checksum, range, not ready). Drivers raise this themselves."""

class Denied(Error):  # noqa: N818 - the field's own name
    """host.toml does not grant this access. It is no `BusError`, because a driver that expects a silent device would
    hide it."""

class BusError(Error, OSError):
    """An access to the hardware failed. Raised directly if no subclass fits. `errno` is the number that Linux gives."""

class NoAcknowledge(BusError):  # noqa: N818
    """No device acknowledged the address, or the device refused a byte. `errno` is 121 (EREMOTEIO)."""

class BusFault(BusError):  # noqa: N818
    """The signals on the wires were wrong: a misplaced start or stop, a line stuck low, an input/output error. `errno`
    is 5 (EIO)."""

class ArbitrationLost(BusError, BlockingIOError):  # noqa: N818
    """Another controller won the bus. `errno` is 11 (EAGAIN), for which Python has `BlockingIOError`."""

class Timeout(BusError, TimeoutError):  # noqa: N818
    """The bus did not finish in time. `errno` is 110 (ETIMEDOUT)."""
