"""gpiozero's pins through `native`. Here they are the pins of the host."""

from gpiozero.pins import HostFactory


class NativeFactory(HostFactory):
    """The pins of the host."""
