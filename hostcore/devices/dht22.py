"""Aosong DHT22, also called AM2302, temperature and humidity sensor on a single line.

Data sheets, both by Aosong: "Temperature and humidity module AM2302 Product Manual" (here "the manual"), and the older
"Digital-output relative humidity & temperature sensor AM2302/DHT22" ("the older sheet").
"""

from __future__ import annotations

import random
from collections.abc import Sequence

from hostcore.clock import NS_PER_S, Clock
from hostcore.devices.base import LineTarget
from hostcore.devices.environment import Environment, Quantity
from hostcore.pulse import Pulse

REQUEST_LOW_NS = (800_000, 20_000_000)
"""T_be: shortest and longest low level of a request; typically 1 ms (the manual, table 6)."""

HOST_RELEASE_NS = (20_000, 40_000)
"""T_go: from the host's rising edge to the sensor's low level (the older sheet, section 6; table 6: up to 200 µs)."""
RESPONSE_LOW_NS = (75_000, 85_000)
"""T_rel: low time of the response, typically 80 µs (the manual, table 6)."""
RESPONSE_HIGH_NS = (75_000, 85_000)
"""T_reh: high time of the response, typically 80 µs (the manual, table 6)."""
BIT_LOW_NS = (48_000, 55_000)
"""T_low: low time of each bit, typically 50 µs (the manual, table 6)."""
ZERO_HIGH_NS = (22_000, 30_000)
"""T_H0: high time of a 0, typically 26 µs (the manual, table 6)."""
ONE_HIGH_NS = (68_000, 75_000)
"""T_H1: high time of a 1, typically 70 µs (the manual, table 6)."""
END_LOW_NS = (45_000, 55_000)
"""T_en: low time after the last bit, typically 50 µs (the manual, table 6)."""

WAKE_NS = 1 * NS_PER_S
"""After power-on, the sensor needs this time before the first request (the older sheet, section 6)."""
MEASURE_INTERVAL_NS = 2 * NS_PER_S
"""Shortest time between two measurements (the manual, section 7.1, note 3)."""

HUMIDITY_RANGE = (0.0, 99.9)
"""Range of the humidity, %RH (the manual, table 3)."""
TEMPERATURE_RANGE = (-40.0, 80.0)
"""Range of the temperature, °C (the manual, table 4)."""


def frame(humidity: float, temperature: float) -> bytes:
    """The five bytes that the sensor sends (the manual, table 5): tenths of %RH, tenths of °C, checksum.

    Values outside the sensor's range are replaced by the nearest limit. A temperature below zero has the top bit set;
    the other bits are its magnitude. The checksum is the low byte of the sum of the first four bytes.
    """
    humidity = min(max(HUMIDITY_RANGE[0], humidity), HUMIDITY_RANGE[1])
    temperature = min(max(TEMPERATURE_RANGE[0], temperature), TEMPERATURE_RANGE[1])
    tenths = round(temperature * 10)
    sign = 0x8000 if tenths < 0 else 0
    data = round(humidity * 10).to_bytes(2, "big") + (sign | abs(tenths)).to_bytes(2, "big")
    return data + bytes([sum(data) & 0xFF])


class Dht22(LineTarget):
    """A DHT22 with its pull-up.

    A request is a low level of 0.8 ms to 20 ms. It ends when the host drives the line high or releases it. The sensor
    reacts to nothing else. It answers a request with the *previous* measurement and starts a new one (the manual,
    section 7.1, note 4). The first answer is the measurement from when the sensor was made. Within two seconds after
    the start of a measurement, a request does not start another one. According to the manual, values are then
    inaccurate or communication fails; this sensor sends the same measurement again. In the first second after power-on,
    and while it is sending, it does not react. The width of each pulse varies within the limits above.

    Args:
        clock: the clock of the sensor.
        environment: the source of temperature and humidity.
        powered_ns: time of power-on, on `clock.monotonic_ns`. None is now.
        seed: seed of the pulse widths.
    """

    def __init__(self, clock: Clock, environment: Environment, powered_ns: int | None = None, seed: int = 0) -> None:
        self._clock = clock
        self._environment = environment
        self._random = random.Random(seed)
        self._ready_ns = (clock.monotonic_ns() if powered_ns is None else powered_ns) + WAKE_NS
        self._measured_ns: int | None = None
        self._measured = self._measure()
        self._low_since_ns: int | None = None
        self._sending: Sequence[Pulse] = ()
        self._sending_since_ns = 0

    def level(self) -> bool:
        left = self._clock.monotonic_ns() - self._sending_since_ns
        for pulse in self._sending:
            left -= pulse.duration_ns
            if left < 0:
                return pulse.level
        return True

    def drive(self, level: bool | None) -> None:
        now = self._clock.monotonic_ns()
        if level is False:
            self._low_since_ns = now if self._low_since_ns is None else self._low_since_ns
        elif self._low_since_ns is not None:
            self._respond(self._low_since_ns, now)
            self._low_since_ns = None

    def answer(self, request: Sequence[Pulse]) -> Sequence[Pulse]:
        self._low_since_ns = None
        high_ns, low_ns = _trailing(request)
        now = self._clock.monotonic_ns()
        if low_ns and self._respond(now - high_ns - low_ns, now - high_ns):
            return _without(self._sending, high_ns)
        return ()

    def _respond(self, low_from_ns: int, low_until_ns: int) -> bool:
        """React to a low level that ended with a rising edge of the host. Returns False if it was not a request."""
        shortest, longest = REQUEST_LOW_NS
        if low_from_ns < self._ready_ns or not shortest <= low_until_ns - low_from_ns <= longest:
            return False
        self._sending = self._pulses(self._measured)
        self._sending_since_ns = low_until_ns
        self._ready_ns = low_until_ns + sum(pulse.duration_ns for pulse in self._sending)
        if self._measured_ns is None or low_until_ns - self._measured_ns >= MEASURE_INTERVAL_NS:
            self._measured = self._measure()
            self._measured_ns = low_until_ns
        return True

    def _measure(self) -> bytes:
        return frame(self._environment.value(Quantity.HUMIDITY), self._environment.value(Quantity.TEMPERATURE))

    def _pulses(self, data: bytes) -> tuple[Pulse, ...]:
        """The pulses on the line after the host's rising edge, for these 40 bits, highest first."""
        pulses = [self._pulse(True, HOST_RELEASE_NS)]
        pulses += [self._pulse(False, RESPONSE_LOW_NS), self._pulse(True, RESPONSE_HIGH_NS)]
        for bit in f"{int.from_bytes(data, 'big'):040b}":
            pulses += [self._pulse(False, BIT_LOW_NS), self._pulse(True, ONE_HIGH_NS if bit == "1" else ZERO_HIGH_NS)]
        return (*pulses, self._pulse(False, END_LOW_NS))

    def _pulse(self, level: bool, limits: tuple[int, int]) -> Pulse:
        return Pulse(level, self._random.randint(*limits))


def _trailing(request: Sequence[Pulse]) -> tuple[int, int]:
    """The time that the line was high at the end of `request`, and low just before that, in nanoseconds."""
    durations = {True: 0, False: 0}
    for pulse in reversed(request):
        if pulse.level and durations[False]:
            break
        durations[pulse.level] += pulse.duration_ns
    return durations[True], durations[False]


def _without(pulses: Sequence[Pulse], skipped_ns: int) -> tuple[Pulse, ...]:
    """`pulses` without their first `skipped_ns` nanoseconds."""
    rest = []
    for pulse in pulses:
        shown_ns = pulse.duration_ns - max(0, skipped_ns)
        skipped_ns -= pulse.duration_ns
        if shown_ns > 0:
            rest.append(Pulse(pulse.level, shown_ns))
    return tuple(rest)
