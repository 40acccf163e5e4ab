"""LEDs, relays and lines with pulse-width modulation, shared by all plugins."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from hostcore.access.decisions import Reservations
from hostcore.actuators.account import Account
from hostcore.actuators.pwm import PwmLines
from hostcore.actuators.relays import Relays
from hostcore.buses.shared import Buses
from hostcore.config.actuators import LedsSettings, RelaySettings
from hostcore.config.model import Config
from hostcore.events import Event
from hostcore.permissions import GpioMode, GpioPermission

if TYPE_CHECKING:
    from hostcore.actuators.led_strip import LedStrip


class Actuators:
    """All actuators of one host. Thread-safe. A device is opened when it is first used.

    Args:
        leds: ``[leds]`` of host.toml, if there is one.
        relays: ``[relays]`` of host.toml.
        buses: the buses of the actuators.
        host: the host's own account, for effects that no plugin asked for.
        publish: takes the events.

    Attributes:
        leds: the LED strip; None if host.toml describes none.
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
        self.leds = None if leds is None else _led_strip(leds, buses, host, publish)
        self.relays = Relays(relays, buses, host, publish)
        self.pwm = PwmLines(buses, host, publish)

    def show_soon(self) -> None:
        """Show the colours that plugins set since the last time. Called at the end of a round. Does not block."""
        if self.leds is not None:
            self.leds.show_soon()

    def stop(self) -> None:
        """Switch everything off: relays, LEDs and pulse-width modulation. Blocks for less than a second.

        Actuators that were never used stay untouched. None can be used after this.
        """
        self.relays.stop()
        self.pwm.stop()
        if self.leds is not None:
            self.leds.stop()


def _led_strip(leds: LedsSettings, buses: Buses, host: Account, publish: Callable[[Event], None]) -> LedStrip:
    from hostcore.actuators.led_strip import LedStrip  # noqa: PLC0415 - few hosts have LEDs

    return LedStrip(leds, buses, host, publish)


def reserve_actuators(config: Config, reservations: Reservations) -> None:
    """Reserve the lines of relays and the SPI device of the LEDs, so that no plugin can use them directly."""
    for relay in config.relays:
        reservations.reserve(f"the relay {relay.name}", GpioPermission(relay.line, GpioMode.OUT))
    if config.leds is not None:
        reservations.reserve("the LED strip", config.leds.spi)
