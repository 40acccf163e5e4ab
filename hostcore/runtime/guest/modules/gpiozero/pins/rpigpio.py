"""gpiozero's pins through `rpigpio`. Here they are the pins of the host."""

from gpiozero.pins import HostFactory


class RPiGPIOFactory(HostFactory):
    """The pins of the host."""
