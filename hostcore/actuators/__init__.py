"""LEDs, relays and lines with pulse-width modulation, shared by all plugins."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from hostcore.access.decisions import Reservations
from hostcore.actuators.account import Account
from hostcore.actuators.led_strip import LedStrip
from hostcore.actuators.pwm import PwmLines
from hostcore.actuators.relays import Relays
from hostcore.buses.shared import Buses
from hostcore.config.actuators import LedsSettings, RelaySettings
from hostcore.config.model import Config
from hostcore.events import Event
from hostcore.permissions import GpioMode, GpioPermission


class Actuators:
    """All actuators of one host. For all threads; a device is opened when it is first used.

    Args:
        leds: ``[leds]`` of host.toml, if it has that.
        relays: ``[relays]``.
        buses: the buses they hang on.
        host: the host's own account, for what no plugin asks for.
        publish: takes the events.

    Attributes:
        leds: None where host.toml describes none.
    """

    def __init__(
        self,
        leds: LedsSettings | None,
        relays: Iterable[RelaySettings],
        *,
        buses: Buses,
        host: Account,
        publish: Callable[[Event], None],
    ) -> None:
        self.leds = None if leds is None else LedStrip(leds, buses, host, publish)
        self.relays = Relays(relays, buses, host, publish)
        self.pwm = PwmLines(buses, host, publish)

    def show_soon(self) -> None:
        """Let the LEDs show what plugins set since the last time; for the end of a round. Does not block."""
        if self.leds is not None:
            self.leds.show_soon()

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
