"""The imports of wit/demo/ as host functions for one plugin, under the usual permissions, locks and limits.

A function that cannot return an error does nothing on failure, or returns 0, and the plugin's log says why.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hostcore.backends.base import I2cOperation, I2cRead, I2cWrite
from hostcore.backends.spi import SpiSettings
from hostcore.clock import Clock
from hostcore.compat.demo.contract import PACKAGE
from hostcore.compat.demo.cpu import CpuMeter
from hostcore.compat.demo.sensors import Sensors
from hostcore.errors import BusError, PluginError, UnsupportedError
from hostcore.events import Level
from hostcore.hostcall import Err, HostFunctions
from hostcore.plugin.actuators import PluginActuators
from hostcore.plugin.buses import PluginBuses
from hostcore.quick_dataclass import dataclass

BUZZER, FAN = "buzzer", "fan"
"""Relays of host.toml for which the contract has interfaces of their own."""
SPI = SpiSettings(speed_hz=1_000_000, mode=0)
"""Clock and mode of SPI transfers. The contract does not set them."""
UART_TIMEOUT_MS = 100
"""Milliseconds that `uart.read` waits for the first byte."""
MIB = 1024 * 1024
"""Bytes in the contract's MB."""
NS_PER_MS = 1_000_000
"""Nanoseconds in a millisecond."""
MOST_COMPLAINTS = 64
"""Most different failures that are logged for one instance. A hostile plugin could cause any number of them."""

Log = Callable[[Level, str], None]
Functions = dict[str, Callable[..., Any]]


@dataclass(frozen=True, slots=True)
class DemoKit:
    """Everything that one instance's functions need."""

    buses: PluginBuses
    """The buses that the plugin may use."""
    actuators: PluginActuators
    """The actuators that it may switch."""
    sensors: Sensors
    """The sensors that the host reads for it."""
    clock: Clock
    """Its time."""
    log: Log
    """Logs one line."""


def demo_functions(kit: DemoKit) -> HostFunctions:
    """Create all functions of world `imports` in wit/demo/."""
    reporting: Functions = {**_sensors(kit.sensors), **_bus_functions(kit.buses)}
    complaints = _Complaints(kit.log)
    silent = {**_computer(kit.buses), **_lights(kit.actuators), **_relays(kit.actuators)}
    functions: Functions = {
        **{name: _reporting(function) for name, function in reporting.items()},
        **{name: complaints.guard(name, function, failed) for name, (function, failed) in silent.items()},
        "gpio-provider#get-timestamp-ms": lambda: kit.clock.wall_ns() // NS_PER_MS,
    }
    return {f"{PACKAGE}/{name}": function for name, function in functions.items()}


def _sensors(sensors: Sensors) -> Functions:
    def dht22(pin: int) -> tuple[float, float]:
        reading = sensors.read("dht22", {"line": pin})
        return reading["temperature"], reading["humidity"]

    def bme680(address: int) -> tuple[float, float, float, float]:
        reading = sensors.read("bme680", {"address": address})
        gas = reading.get("gas_resistance", 0.0) / 1000
        return reading["temperature"], reading["humidity"], reading["pressure"], gas

    return {"gpio-provider#read-dht22": dht22, "gpio-provider#read-bme680": bme680}


def _bus_functions(buses: PluginBuses) -> Functions:
    def i2c_transfer(address: int, write: str, read_length: int) -> str:
        data = _bytes(write)
        operations: list[I2cOperation] = [I2cWrite(data)] if data or not read_length else []
        if read_length:
            operations.append(I2cRead(read_length))
        return b"".join(buses.i2c_transaction(None, address, operations)).hex()

    def uart_write(data: bytes) -> int:
        buses.uart_write(buses.first_uart(), data)
        return len(data)

    return {
        "i2c#transfer": i2c_transfer,
        "spi#transfer": lambda data: buses.spi_transfer(buses.first_spi(), 0, data, SPI),
        "uart#read": lambda length: buses.uart_read(buses.first_uart(), length, UART_TIMEOUT_MS),
        "uart#write": uart_write,
        "uart#set-baud": lambda rate: buses.uart_set_baud(buses.first_uart(), rate),
    }


Silent = dict[str, tuple[Callable[..., Any], Any]]
"""Functions that cannot return an error, and the value that each returns instead."""


def _computer(buses: PluginBuses) -> Silent:
    cpu = CpuMeter()

    def memory() -> tuple[int, int]:
        status = buses.system_status()
        return status.memory_used // MIB, status.memory_total // MIB

    return {
        "gpio-provider#get-cpu-temp": (lambda: buses.system_status().cpu_temperature, 0.0),
        "system-info#get-memory-usage": (memory, (0, 0)),
        "system-info#get-cpu-usage": (lambda: cpu.percent(buses.system_status()), 0.0),
        "system-info#get-uptime": (lambda: int(buses.system_status().uptime), 0),
    }


def _lights(actuators: PluginActuators) -> Silent:
    def set_two(*levels: int) -> None:
        actuators.leds_set(0, *levels[:3])
        actuators.leds_set(1, *levels[3:])

    return {
        "led-controller#set-led": (actuators.leds_set, None),
        "led-controller#set-all": (actuators.leds_fill, None),
        "led-controller#set-two": (set_two, None),
        "led-controller#clear": (lambda: actuators.leds_fill(0, 0, 0), None),
        "led-controller#sync-leds": (actuators.leds_show, None),
    }


def _relays(actuators: PluginActuators) -> Silent:
    return {
        "buzzer-controller#buzz": (lambda on_ms: actuators.relay_pulse(BUZZER, 1, on_ms, 0), None),
        "buzzer-controller#beep": (
            lambda count, on_ms, off_ms: actuators.relay_pulse(BUZZER, count, on_ms, off_ms),
            None,
        ),
        "fan-controller#set-fan": (lambda on: actuators.relay_set(FAN, on), None),
        "fan-controller#get-fan-state": (lambda: actuators.relay_is_on(FAN), False),
    }


def _bytes(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        raise UnsupportedError(f"{text[:80]!r} is not hex text, two digits a byte, such as 'D0'") from None


def _reporting(function: Callable[..., Any]) -> Callable[..., Any]:
    def answered(*arguments: Any) -> Any:
        try:
            return function(*arguments)
        except BusError as error:
            return Err(str(error))
        except PluginError as error:
            return Err(error.problem)

    return answered


class _Complaints:
    """Logs each failure that cannot be returned as an error. Logs it only once."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._told: set[str] = set()

    def guard(self, name: str, function: Callable[..., Any], failed: object) -> Callable[..., Any]:
        def guarded(*arguments: Any) -> Any:
            try:
                return function(*arguments)
            except BusError as error:
                self._tell(f"{name.replace('#', '.')}: {error}")
                return failed

        return guarded

    def _tell(self, complaint: str) -> None:
        if complaint not in self._told and len(self._told) < MOST_COMPLAINTS:
            self._told.add(complaint)
            self._log(Level.WARNING, complaint)
