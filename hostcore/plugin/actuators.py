"""The actuators for one plugin. Each use requires a permission, and each effect passes the gate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hostcore.actuators import Actuators
from hostcore.actuators.relays import Train
from hostcore.errors import UnsupportedError
from hostcore.permissions import LedsPermission, Permission, PwmPermission, RelayPermission
from hostcore.place import BusKind, BusName, Place
from hostcore.plugin.gate import Gate

MOST_PULSES = 1000
"""The most pulses of a relay in one train."""
LONGEST_PULSE_MS = 60_000
"""The longest pulse and the longest pause of a train, in milliseconds."""
LOWEST_FREQUENCY_HZ, HIGHEST_FREQUENCY_HZ = 1, 10_000
"""The range of pulse-width modulation. lgpio offers no more (lg library, lgTxPwm)."""
_NO_STRIP = Place(BusName.unknown(BusKind.SPI))


if TYPE_CHECKING:
    from hostcore.actuators.led_strip import LedStrip


class PluginActuators:
    """The LEDs, relays and modulated lines for one plugin. For the plugin's own thread.

    Every method raises a `BusError` for the plugin: `AccessDeniedError` without the permission, `UnsupportedError` for
    an actuator that host.toml does not describe or a value out of range.

    Args:
        gate: the plugin's gate.
        actuators: all actuators of the host.
    """

    def __init__(self, gate: Gate, actuators: Actuators) -> None:
        self._gate, self._actuators = gate, actuators

    def leds_count(self) -> int:
        """Return how many LEDs the strip has. Does not block."""
        return self._strip().count

    def leds_order(self) -> str | None:
        """Return the order in which the LEDs expect the parts of a colour, such as "GRB". None if there are no LEDs.

        Does not block, and needs no permission.
        """
        return None if self._actuators.leds is None else self._actuators.leds.order

    def leds_set(self, index: int, red: int, green: int, blue: int) -> None:
        """Set one LED's colour, each part 0 to 255. `leds_show` or the end of the round shows it. Does not block."""
        self._strip().set_color(self._gate, index, (red, green, blue))

    def leds_fill(self, red: int, green: int, blue: int) -> None:
        """Set the colour of all LEDs, like `leds_set`."""
        self._strip().fill(self._gate, (red, green, blue))

    def leds_show(self) -> None:
        """Show the colours that were set. Blocks until the bus is free and the transfer is complete."""
        self._strip().show(self._gate)

    def relay_set(self, name: str, on: bool) -> None:
        """Switch a relay. This ends its pulses."""
        self._actuators.relays.write(self._gate, lambda: RelayPermission(name), name, on)

    def relay_is_on(self, name: str) -> bool:
        """Return whether a relay is on. Does not block."""
        self._gate.require(self._actuators.relays.place(name), lambda: RelayPermission(name))
        return self._actuators.relays.read(name)

    def relay_pulse(self, name: str, count: int, on_ms: int, off_ms: int) -> None:
        """Switch a relay on `count` times for `on_ms` milliseconds, with pauses of `off_ms` milliseconds.

        This replaces running pulses. It returns when the relay is on for the first time; the rest runs in the
        background.
        """

        def wanted() -> Permission:
            _require(1 <= count <= MOST_PULSES, f"{count} pulses; 1 to {MOST_PULSES} are allowed")
            _require(1 <= on_ms <= LONGEST_PULSE_MS, f"pulses of {on_ms} ms; 1 to {LONGEST_PULSE_MS} are allowed")
            _require(0 <= off_ms <= LONGEST_PULSE_MS, f"pauses of {off_ms} ms; 0 to {LONGEST_PULSE_MS} are allowed")
            return RelayPermission(name)

        train = Train(count, on_ms * 1_000_000, off_ms * 1_000_000)
        self._actuators.relays.pulse(self._gate, wanted, name, train)

    def pwm_set(self, line: int, duty: float, frequency_hz: float) -> None:
        """Set the pulse-width modulation of a line: `duty` 0 to 1, `frequency_hz` 1 to 10,000."""

        def wanted() -> Permission:
            _require(0 <= duty <= 1, f"a duty of {duty:g}; 0 to 1 are allowed")
            _require(
                LOWEST_FREQUENCY_HZ <= frequency_hz <= HIGHEST_FREQUENCY_HZ,
                f"{frequency_hz:g} Hz; {LOWEST_FREQUENCY_HZ} to {HIGHEST_FREQUENCY_HZ:,} are allowed",
            )
            return PwmPermission(line)

        self._actuators.pwm.write(self._gate, wanted, line, duty, frequency_hz)

    def _strip(self) -> LedStrip:
        strip = self._actuators.leds
        self._gate.require(_NO_STRIP if strip is None else strip.place, LedsPermission)
        if strip is None:
            raise UnsupportedError("host.toml describes no LEDs; add the table [leds] with spi and count there")
        return strip


def _require(allowed: bool, problem: str) -> None:
    if not allowed:
        raise ValueError(problem)
