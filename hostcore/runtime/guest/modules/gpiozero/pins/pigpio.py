"""gpiozero's pins through the daemon pigpiod. Here they are the pins of the host, without a daemon."""

from gpiozero.exc import BadPinFactory
from gpiozero.pins import HostFactory

_HERE = {None, "", "localhost", "127.0.0.1", "::1"}


class PiGPIOFactory(HostFactory):
    """The pins of the host.

    Args:
        host: this computer. The sandbox cannot reach another one.
        port: is not used.
    """

    def __init__(self, host: str | None = None, port: int | None = None) -> None:
        if host not in _HERE:
            raise BadPinFactory(f"the sandbox cannot reach the pins of {host}; run the driver there")
        super().__init__()
