"""What moves, shines or sounds, as all plugins share it: a strip of LEDs, relays, lines with pulse-width modulation."""

from __future__ import annotations

from collections.abc import Callable

from hostcore.access.decisions import Reservations
from hostcore.actuators.led_strip import LedStrip
from hostcore.actuators.pwm import PwmLines
from hostcore.actuators.relays import Relays
from hostcore.buses.shared import Hardware
from hostcore.clock import Clock
from hostcore.config.model import Config
from hostcore.events import Event
from hostcore.permissions import GpioMode, GpioPermission


class Actuators:
    """All actuators of one host. For all threads; a device is opened when it is first used.

    Args:
        config: says which there are.
        hardware: the buses they hang on.
        clock: times pulses and events.
        publish: takes the events.
    """

    def __init__(self, config: Config, hardware: Hardware, clock: Clock, publish: Callable[[Event], None]) -> None:
        self.clock = clock
        self.leds = None if config.leds is None else LedStrip(config.leds, hardware, clock, publish)
        """None where host.toml describes none."""
        self.relays = Relays(config.relays, hardware, clock, publish)
        self.pwm = PwmLines(hardware, clock, publish)

    def show_changed(self) -> None:
        """Let the LEDs show what plugins set since the last time; for the end of a round. Never blocks for long."""
        if self.leds is not None:
            self.leds.show_changed()

    def stop(self) -> None:
        """Leave nothing running: relays off, LEDs dark, pulse-width modulation 0. Blocks for less than a second.

        What was never used is not touched; nothing can be used any more.
        """
        self.relays.stop()
        self.pwm.stop()
        if self.leds is not None:
            self.leds.stop()


def reserve_actuators(config: Config, reservations: Reservations) -> None:
    """Keep the lines of relays and the SPI device of the LEDs from plugins that could use them bare."""
    for relay in config.relays:
        reservations.reserve(f"the relay {relay.name}", GpioPermission(relay.line, GpioMode.OUT))
    if config.leds is not None:
        reservations.reserve("the strip of LEDs", config.leds.spi)
