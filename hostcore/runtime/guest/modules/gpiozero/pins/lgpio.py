"""gpiozero's pins through `lgpio`. Here they are the pins of the host."""

from gpiozero.pins import HostFactory


class LGPIOFactory(HostFactory):
    """The pins of the host."""
