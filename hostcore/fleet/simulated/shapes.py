"""What the drivers of simulated nodes measure: the values, units and decimals of the shipped plugins."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any

from hostcore.broker.bodies import ValueInfo
from hostcore.clock import NS_PER_S
from hostcore.devices.environment import DEFAULT_SIGNALS, Quantity
from hostcore.quick_dataclass import dataclass

CLEAN_AIR = 130_000.0
"""Ω, the baseline of the air quality."""
METHOD = "75 % gas resistance / clean-air baseline, 25 % humidity near 40 %; not Bosch's IAQ"
MEMORY_MB = 1_074
"""Of a simulated Pi, MB."""
_NOISES = 4_096
"""Random numbers that all values share: a number of its own for each value would take as long as the rest."""


class Course:
    """The course of every quantity at every node. It depends on the seed, the node and the time only.

    The daily curves and the noise are those of the simulated Pi's environment. Each node has a constant offset.

    Args:
        seed: that of the fleet.
    """

    def __init__(self, seed: int) -> None:
        chance = random.Random(f"{seed}/noise")
        self._noises = tuple(chance.gauss() for _ in range(_NOISES))
        self._mean_of: dict[Quantity, float] = {}
        self._second = -1

    def value(self, quantity: Quantity, node: int, place: int, elapsed: float, wall_ns: int) -> float:
        """Return a quantity in its unit.

        Args:
            quantity: the quantity.
            node: the number of the node.
            place: tells the sensors of one node apart.
            elapsed: seconds since the start of the fleet.
            wall_ns: the time of day, nanoseconds since the epoch.
        """
        signal = DEFAULT_SIGNALS[quantity]
        offset = self._noises[(node * 31 + place * 7) % _NOISES] * signal.daily / 2
        noise = self._noises[(node * 8_191 + place * 127 + int(elapsed * 8)) % _NOISES] * signal.noise
        return max(0.0, self._mean(quantity, wall_ns) + offset + noise)

    def _mean(self, quantity: Quantity, wall_ns: int) -> float:
        """The mean of all nodes, calculated once in a second."""
        if (second := wall_ns // NS_PER_S) != self._second:
            self._mean_of, self._second = {}, second
        if (known := self._mean_of.get(quantity)) is None:
            known = self._mean_of[quantity] = DEFAULT_SIGNALS[quantity].mean_at(0, second * NS_PER_S)
        return known


Measure = Callable[[Quantity], float]
"""Returns a quantity at the sensor, now."""


@dataclass(frozen=True, slots=True)
class Shape:
    """One kind of driver."""

    name: str
    bus: str
    """The simulated bus on which it would be."""
    values: tuple[ValueInfo, ...]
    """Its numbers, in their order in a reading."""
    read: Callable[[Measure, float], dict[str, Any]]
    """Makes a reading of what is measured, and the seconds since the node started."""


def _measured(key: str, unit: str, device_class: str, decimals: int | None, name: str = "") -> ValueInfo:
    return ValueInfo(key, unit, device_class, "measurement", decimals, name)


def _bme680(of: Measure, _: float) -> dict[str, Any]:
    humidity, gas = min(of(Quantity.HUMIDITY), 100.0), of(Quantity.GAS_RESISTANCE)
    comfort = humidity / 40 if humidity < 40 else (100 - humidity) / 60
    return {
        "temperature": round(of(Quantity.TEMPERATURE), 2),
        "humidity": round(humidity, 2),
        "pressure": round(of(Quantity.PRESSURE), 2),
        "gas_resistance": round(gas),
        "air_quality": {"index": round(75 * min(gas / CLEAN_AIR, 1) + 25 * comfort, 1), "method": METHOD},
    }


def _climate(decimals: int) -> Callable[[Measure, float], dict[str, Any]]:
    def read(of: Measure, _: float) -> dict[str, Any]:
        return {
            "temperature": round(of(Quantity.TEMPERATURE), decimals),
            "humidity": round(min(of(Quantity.HUMIDITY), 100.0), decimals),
        }

    return read


def _bh1750(of: Measure, _: float) -> dict[str, Any]:
    return {"illuminance": round(of(Quantity.ILLUMINANCE), 1)}


def _pi_monitor(of: Measure, uptime: float) -> dict[str, Any]:
    warmth = of(Quantity.CPU_TEMPERATURE)
    return {
        "cpu_temperature": round(warmth, 1),
        "load": round(max(0.0, (warmth - 40) / 30), 2),
        "memory_used_mb": round(200 + warmth),
        "memory_total_mb": MEMORY_MB,
        "uptime": round(uptime),
    }


def _climate_values(decimals: int) -> tuple[ValueInfo, ...]:
    return (
        _measured("temperature", "°C", "temperature", decimals),
        _measured("humidity", "%", "humidity", decimals),
    )


SHAPES: Sequence[Shape] = (
    Shape(
        "bme680",
        "i2c-1",
        (
            *_climate_values(2),
            _measured("pressure", "hPa", "atmospheric_pressure", 2),
            _measured("gas_resistance", "Ω", "", 0),
            _measured("air_quality.index", "", "", 1, "Air quality"),
        ),
        _bme680,
    ),
    Shape("dht22", "gpio", _climate_values(1), _climate(1)),
    Shape("bh1750", "i2c-1", (_measured("illuminance", "lx", "illuminance", 1),), _bh1750),
    Shape(
        "pi_monitor",
        "system",
        (
            _measured("cpu_temperature", "°C", "temperature", 1),
            _measured("load", "", "", 2, "Load, average of a minute"),
            _measured("memory_used_mb", "MB", "data_size", None, "Memory used"),
            ValueInfo("memory_total_mb", "MB", "data_size", name="Memory in total"),
            ValueInfo("uptime", "s", "duration", "total_increasing"),
        ),
        _pi_monitor,
    ),
    Shape("aht20", "i2c-3", _climate_values(2), _climate(2)),
)
"""The drivers. A node with more plugins has some of them several times."""


def plugin_name(number: int) -> str:
    """Return the name of a node's plugin, by its number from 0: bme680, ..., and then bme680_2, ..."""
    again, kind = divmod(number, len(SHAPES))
    return SHAPES[kind].name if not again else f"{SHAPES[kind].name}_{again + 1}"


def shape_of(number: int) -> Shape:
    """Return the driver of a node's plugin, by its number from 0."""
    return SHAPES[number % len(SHAPES)]
