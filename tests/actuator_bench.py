"""Actuators of the simulated Pi without plugins. A test plays the plugins' part."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from hostcore.access.decisions import Access
from hostcore.actuators import Actuators
from hostcore.backends.base import GpioLine, Pull
from hostcore.backends.simulated.factory import SimulatedFactory
from hostcore.backends.simulated.spi import SimulatedSpiDevice
from hostcore.backends.spi import SpiDevice, SpiOperation, SpiSettings
from hostcore.buses.call_limit import TimeLimit
from hostcore.buses.share import BusShare
from hostcore.buses.shared import Buses
from hostcore.clock import Clock, VirtualClock
from hostcore.config.actuators import LedsSettings, RelaySettings
from hostcore.config.model import Config
from hostcore.devices.catalog import SimulatedChip
from hostcore.devices.environment import Environment
from hostcore.devices.ws2812 import Ws2812
from hostcore.errors import BusError
from hostcore.events import Event, LogWritten, RelaySwitched, TransferCompleted
from hostcore.permissions import LedsPermission, SpiPermission
from hostcore.place import BusName, Place
from hostcore.plugin.gate import Gate, host_gate
from hostcore.plugin.kit import Kit

LEDS = LedsSettings(SpiPermission(0, 1), count=3)
RELAYS = (RelaySettings("fan", 27, active_low=True), RelaySettings("buzzer", 22))
FAN, BUZZER, PWM = Place(BusName("gpio"), 27), Place(BusName("gpio"), 22), Place(BusName("gpio"), 18)
DARK, RED, GREEN, BLUE = (0, 0, 0), (255, 0, 0), (0, 255, 0), (0, 0, 255)
MS = 1_000_000
ALLOWED = LedsPermission
"""What every account of these tests may do: the permission that an effect needs does not matter to the actuator."""
PATIENCE = 30.0
"""Seconds that a test waits for another thread before it fails."""


def actuators_of(config: Config, buses: Buses, publish: Callable[[Event], None]) -> Actuators:
    """Create the actuators of `config` on these buses."""
    host = host_gate(buses, publish)
    return Actuators(config.leds, config.relays, buses=buses, host=host, publish=publish)


class Pi(SimulatedFactory):
    """The simulated Pi with an LED strip.

    Attributes:
        faults: errors that the next transfers raise.
        transfer_ns: duration of each transfer.
        opened: names of the opened devices.
    """

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock, Environment(clock), [SimulatedChip("ws2812", bus=0, chip_select=1)], ())
        self.faults: list[BusError] = []
        self.transfer_ns = 0
        self.opened: list[str] = []

    def strip(self) -> Ws2812:
        """The strip. Reading it opens no device."""
        device = super().spi_device(0, 1)
        assert isinstance(device, SimulatedSpiDevice)
        assert isinstance(device.target, Ws2812)
        return device.target

    def spi_device(self, bus: int, chip_select: int) -> SpiDevice:
        self.opened.append(f"spi {bus}.{chip_select}")
        return Loose(super().spi_device(bus, chip_select), self)

    def gpio_line(self, line: int) -> GpioLine:
        self.opened.append(f"line {line}")
        return super().gpio_line(line)


class Loose(SpiDevice):
    """A device with loose wires."""

    def __init__(self, device: SpiDevice, pi: Pi) -> None:
        self._device, self._pi = device, pi

    def transaction(self, operations: Sequence[SpiOperation], settings: SpiSettings) -> tuple[bytes, ...]:
        if self._pi.faults:
            raise self._pi.faults.pop()
        clock = self._pi._clock
        clock.wait_until(clock.monotonic_ns() + self._pi.transfer_ns, threading.Event())
        return self._device.transaction(operations, settings)


class Bench:
    """Actuators without plugins.

    Attributes:
        told: all events except transfers.
        transfers: the transfers.
    """

    def __init__(self, leds: LedsSettings | None = LEDS, clock: Clock | None = None) -> None:
        self.clock = clock or VirtualClock()
        self.pi = Pi(self.clock)
        self.buses = Buses({BusName("spi-0"): self.pi, BusName("gpio"): self.pi}, self.clock)
        self.told: list[Event] = []
        self.transfers: list[TransferCompleted] = []
        self._tell = threading.Condition()
        config = Config(Path("host.toml"), leds=leds, relays=RELAYS)
        self.actuators = actuators_of(config, self.buses, self._publish)
        self.relays, self.pwm = self.actuators.relays, self.actuators.pwm
        self.account = self.account_of("probe")

    @property
    def leds(self) -> Any:
        assert self.actuators.leds is not None
        return self.actuators.leds

    @property
    def shown(self) -> tuple[Any, ...]:
        """The colours that the LEDs show."""
        return self.pi.strip().colors

    def account_of(self, plugin: str) -> Gate:
        limit = TimeLimit(self.clock, 600.0)
        limit.begin()
        share = BusShare(0.5, self.clock.monotonic_ns())
        return Gate(self.buses, plugin, Kit(Access(plugin, [ALLOWED()]), share, limit, self._publish))

    def level(self, place: Place) -> bool:
        """The level that a line was set to."""
        return self.buses.gpio_line(place).read(Pull.NONE)

    def switched(self, relay: str = "fan") -> list[bool]:
        return [each.on for each in self.told if isinstance(each, RelaySwitched) and each.relay == relay]

    def troubles(self) -> list[LogWritten]:
        return [each for each in self.told if isinstance(each, LogWritten)]

    def wait_for(self, condition: Callable[[], bool]) -> None:
        """Wait until an event has made `condition` true."""
        with self._tell:
            assert self._tell.wait_for(condition, PATIENCE)

    def _publish(self, event: Event) -> None:
        with self._tell:
            (self.transfers if isinstance(event, TransferCompleted) else self.told).append(event)
            self._tell.notify_all()


class HeldClock(VirtualClock):
    """A virtual clock whose waits end only when the test allows it.

    Attributes:
        go: set it to end the waits.
        waiting: set when a thread waits.
    """

    def __init__(self) -> None:
        super().__init__()
        self.go, self.waiting = threading.Event(), threading.Event()

    def wait_until(self, deadline_ns: int, wake: threading.Event) -> bool:
        self.waiting.set()
        assert self.go.wait(PATIENCE)
        return super().wait_until(deadline_ns, wake)
