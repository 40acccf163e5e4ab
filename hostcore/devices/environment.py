"""The environment of the simulated chips: temperature, humidity, light and so on, changing over time.

Every quantity is a `Signal`: a base value that may step, a daily curve, and noise. Its value depends only on the seed,
the quantity and the time. So a run can be repeated, two chips in one room measure the same, and reading a value more
often does not change it.
"""

from __future__ import annotations

import math
import random
from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType

from hostcore.clock import NS_PER_S, Clock
from hostcore.errors import HostError
from hostcore.quick_dataclass import dataclass

HOURS_PER_DAY = 24.0
SECONDS_PER_HOUR = 3600.0


class Quantity(StrEnum):
    """A quantity that chips can measure."""

    TEMPERATURE = "temperature"
    """Temperature of the air, °C."""
    HUMIDITY = "humidity"
    """Relative humidity, %."""
    PRESSURE = "pressure"
    """Pressure of the air, hPa."""
    ILLUMINANCE = "illuminance"
    """Illuminance, lx."""
    GAS_RESISTANCE = "gas_resistance"
    """Resistance of a metal-oxide layer on a plate of 320 °C in the present air, Ω. Dirty air lowers it."""
    CPU_TEMPERATURE = "cpu_temperature"
    """Temperature of the computer's processor, °C."""


@dataclass(frozen=True, slots=True)
class Step:
    """A sudden and lasting change of a signal's base: someone opens a window or switches on a lamp."""

    at: float
    """Seconds since the environment was made."""
    to: float
    """The base after the step, in the quantity's unit."""


@dataclass(frozen=True, slots=True)
class Signal:
    """How one quantity changes over time. All values are in the quantity's unit."""

    base: float
    """Mean over a day, before the first step."""
    daily: float = 0.0
    """Amplitude of the daily curve, a cosine from base - daily to base + daily."""
    peak_hour: float = 15.0
    """Hour of the day, UTC, at which the daily curve is highest."""
    noise: float = 0.0
    """Standard deviation of the noise. It is smooth in time; values two seconds apart are independent."""
    steps: tuple[Step, ...] = ()
    """Changes of the base, in any order."""

    def base_at(self, elapsed: float) -> float:
        """The base `elapsed` seconds after the start."""
        past = [step for step in self.steps if step.at <= elapsed]
        return max(past, key=lambda step: step.at).to if past else self.base

    def daily_at(self, hour: float) -> float:
        """The value of the daily curve at this hour of the day (UTC)."""
        return self.daily * math.cos(2 * math.pi * (hour - self.peak_hour) / HOURS_PER_DAY)

    def mean_at(self, elapsed_ns: int, wall_ns: int) -> float:
        """Return the value without its noise.

        Args:
            elapsed_ns: nanoseconds since the environment was made.
            wall_ns: wall clock, nanoseconds since the Unix epoch.
        """
        hour = wall_ns / NS_PER_S / SECONDS_PER_HOUR % HOURS_PER_DAY
        return self.base_at(elapsed_ns / NS_PER_S) + self.daily_at(hour)


DEFAULT_SIGNALS: Mapping[Quantity, Signal] = MappingProxyType(
    {
        Quantity.TEMPERATURE: Signal(base=21.5, daily=1.8, peak_hour=15.0, noise=0.03),
        Quantity.HUMIDITY: Signal(base=46.0, daily=5.0, peak_hour=4.0, noise=0.15),
        Quantity.PRESSURE: Signal(base=1013.2, daily=0.9, peak_hour=10.0, noise=0.02),
        Quantity.ILLUMINANCE: Signal(base=260.0, daily=240.0, peak_hour=13.0, noise=3.0),
        Quantity.GAS_RESISTANCE: Signal(base=120_000.0, daily=18_000.0, peak_hour=5.0, noise=900.0),
        Quantity.CPU_TEMPERATURE: Signal(base=48.0, daily=2.0, peak_hour=16.0, noise=0.5),
    }
)
"""The signals of quantities that are not described: a room with people and a Pi in it."""

LIMITS: Mapping[Quantity, tuple[float, float]] = MappingProxyType(
    {
        Quantity.TEMPERATURE: (-273.15, 1000.0),
        Quantity.HUMIDITY: (0.0, 100.0),
        Quantity.PRESSURE: (0.0, 10_000.0),
        Quantity.ILLUMINANCE: (0.0, 1_000_000.0),
        Quantity.GAS_RESISTANCE: (1.0, 1e9),
        Quantity.CPU_TEMPERATURE: (-273.15, 1000.0),
    }
)
"""The lowest and highest value of each quantity, in its unit. The highest is beyond all sensors."""

UNITS: Mapping[Quantity, str] = MappingProxyType(
    {
        Quantity.TEMPERATURE: "°C",
        Quantity.HUMIDITY: "%",
        Quantity.PRESSURE: "hPa",
        Quantity.ILLUMINANCE: "lx",
        Quantity.GAS_RESISTANCE: "Ω",
        Quantity.CPU_TEMPERATURE: "°C",
    }
)
"""The unit of each quantity."""


class Environment:
    """The room that all simulated chips share.

    Args:
        clock: steps and noise follow its monotonic time, counted from now on; the daily curves follow its wall time.
        signals: the signals of the quantities. A quantity that is missing has that of `DEFAULT_SIGNALS`.
        seed: seed of the noise.
    """

    def __init__(self, clock: Clock, signals: Mapping[Quantity, Signal] = MappingProxyType({}), seed: int = 0) -> None:
        self._clock = clock
        self._signals = {**DEFAULT_SIGNALS, **signals}
        self._seed = seed
        self._start_ns = clock.monotonic_ns()
        self._held: Mapping[Quantity, float] = MappingProxyType({})

    @property
    def signals(self) -> Mapping[Quantity, Signal]:
        """The course of each quantity while it is not held."""
        return MappingProxyType(self._signals)

    @property
    def held(self) -> Mapping[Quantity, float]:
        """The quantities that do not follow their signals, and the value of each, in its unit."""
        return self._held

    def value(self, quantity: Quantity) -> float:
        """The present value of `quantity`, in its unit and within `LIMITS`. Does not block.

        A quantity that is held keeps its noise: a sensor that always measures the same would look broken.
        """
        signal = self._signals[quantity]
        elapsed_ns = self._clock.monotonic_ns() - self._start_ns
        held = self._held.get(quantity)
        mean = signal.mean_at(elapsed_ns, self._clock.wall_ns()) if held is None else held
        lowest, highest = LIMITS[quantity]
        return min(max(lowest, mean + signal.noise * self._noise(quantity, elapsed_ns / NS_PER_S)), highest)

    def hold(self, quantity: Quantity, value: float | None) -> None:
        """Hold a quantity at a value from now on. Does not block.

        For one thread at a time; any thread may call `value` meanwhile.

        Args:
            quantity: the quantity.
            value: the value, in its unit; None lets it follow its signal again.

        Raises:
            HostError: the value is outside `LIMITS`. Nothing has changed.
        """
        lowest, highest = LIMITS[quantity]
        if value is not None and not lowest <= value <= highest:
            raise HostError(
                f"simulated {quantity}: found {value:g}, allowed is {lowest:.10g} to {highest:.10g} {UNITS[quantity]}"
            )
        others = {each: at for each, at in self._held.items() if each is not quantity}
        self._held = MappingProxyType(others if value is None else {**others, quantity: value})

    def _noise(self, quantity: Quantity, elapsed: float) -> float:
        """Value noise of standard deviation 1: random points one second apart, joined smoothly.

        The mean of two independent points varies less than each of them. Dividing it by its standard deviation makes
        the noise between the points as strong as at the points.
        """
        before = math.floor(elapsed)
        passed = elapsed - before
        weight = passed * passed * (3 - 2 * passed)
        mixed = (1 - weight) * _point(self._seed, quantity, before) + weight * _point(self._seed, quantity, before + 1)
        return mixed / math.hypot(1 - weight, weight)


@lru_cache(maxsize=256)
def _point(seed: int, quantity: Quantity, second: int) -> float:
    """A normally distributed number. It is always the same for the same second, in which chips are read many times."""
    return random.Random(f"{seed}/{quantity}/{second}").gauss()
