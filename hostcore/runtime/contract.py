"""The interfaces of wit/, implemented as host functions for one plugin."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, NoReturn

from hostcore.backends.base import I2cOperation, I2cRead, I2cWrite, Pull
from hostcore.backends.spi import (
    SpiDelay,
    SpiOperation,
    SpiRead,
    SpiSelect,
    SpiSettings,
    SpiTransfer,
    SpiWrite,
)
from hostcore.compat.demo.contract import interfaces as demo_interfaces
from hostcore.errors import BusError, KeptStateError
from hostcore.events import Level
from hostcore.hostcall import Err, HostFunctions
from hostcore.plugin.actuators import PluginActuators
from hostcore.plugin.buses import Granted, PluginBuses
from hostcore.plugin.gate import Gate
from hostcore.plugin.outcomes import outcome_of
from hostcore.plugin.state import PluginState
from hostcore.pulse import Pulse
from hostcore.quantities import Catalog, Quantity
from hostcore.quantities.catalog import LONGEST_KEY
from hostcore.runtime.called_from import CalledFrom
from hostcore.runtime.crash import guest_exception
from hostcore.runtime.library_modules import NO_MODULES, Modules
from hostcore.runtime.plans import i2c_plan, pulse_plan, spi_plan, wire_bytes
from hostcore.wasi.functions import wasi_interfaces

PACKAGE = "wasi-host:plugin/"
_SPI_OPERATIONS: Mapping[str, Callable[[Any], SpiOperation]] = {
    "write": SpiWrite,
    "read": SpiRead,
    "transfer": SpiTransfer,
    "delay": SpiDelay,
}
_INTERFACES = (
    *("i2c", "spi", "gpio", "uart", "iio", "leds", "relays", "pwm"),
    *("system", "log", "settings", "state", "values", "types", "python-wire"),
)

TellStack = Callable[[str, bool], int]
"""Type of `stack` in interface python-wire."""
TellStep = Callable[[str], int]
"""Type of `step` in interface python-wire."""
NEVER = 0xFFFF_FFFF
"""The answer of `stack` and `step` to an instance that is not traced."""


def not_traced(_frames: str, _waits: bool) -> int:
    """Ignore the stack."""
    return NEVER


def no_step(_report: str) -> int:
    """Ignore a step of an instance whose steps are not traced."""
    return NEVER


def offered_interfaces() -> frozenset[str]:
    """Every interface that a plugin may import, without versions."""
    return frozenset(PACKAGE + name for name in _INTERFACES) | demo_interfaces() | wasi_interfaces()


def contract_functions(
    gate: Gate,
    buses: PluginBuses,
    actuators: PluginActuators,
    log: Callable[[Level, str], None],
    settings: str,
    *,
    catalog: Catalog,
    modules: Modules = NO_MODULES,
) -> HostFunctions:
    """Create all functions of world `imports`, and of `python-wire`.

    Args:
        gate: the gate of `buses`, `actuators` and the kept state. It receives the place of each call.
        buses: the buses that the plugin may use.
        actuators: the actuators that the plugin may switch, set and show.
        log: logs a text of one or more lines.
        settings: the plugin's settings from host.toml, a JSON object as text.
        catalog: knows what the values of all plugins measure.
        modules: the modules and files of the plugin's libraries.
    """
    state = PluginState(gate)
    direct: HostFunctions = {**_buses(buses), **_actuators(actuators), "values#describe": partial(_describe, gate)}
    wire = _python_wire(CalledFrom(gate, modules), buses, direct)
    return {
        **{PACKAGE + name: _answer(function) for name, function in direct.items()},
        **{PACKAGE + name: function for name, function in wire.items()},
        PACKAGE + "log#write": lambda level, text: log(Level(level), text),
        PACKAGE + "settings#read": lambda: settings,
        PACKAGE + "state#load": state.load,
        PACKAGE + "state#save": lambda text: _save(state, text),
        PACKAGE + "values#find": partial(find_quantity, catalog),
        PACKAGE + "python-wire#values-find": partial(quantity_json, catalog),
        PACKAGE + "python-wire#find-module": modules.find_module,
        PACKAGE + "python-wire#find-data": modules.find_data,
        PACKAGE + "python-wire#granted": lambda: _granted(buses, actuators),
        PACKAGE + "python-wire#raised": raised,
        PACKAGE + "python-wire#stack": not_traced,
        PACKAGE + "python-wire#step": no_step,
    }


def _buses(buses: PluginBuses) -> HostFunctions:
    return {
        "i2c#transaction": lambda bus, address, ops: list(
            buses.i2c_transaction(bus, address, [i2c_operation(*each) for each in ops])
        ),
        "i2c#transfer": buses.i2c_transfer,
        "spi#transfer": lambda bus, select, data, speed, mode: buses.spi_transfer(
            bus, select, data, SpiSettings(speed, mode)
        ),
        "spi#transaction": lambda bus, chip, ops, speed, mode, select, line: list(
            buses.spi_transaction(bus, chip, [spi_operation(*each) for each in ops], _spi(speed, mode, select, line))
        ),
        "gpio#read": lambda line, pull: buses.gpio_read(line, Pull(pull)),
        "gpio#write": buses.gpio_write,
        "gpio#capture": lambda line, drive, timeout, edges: _capture(
            buses, line, [Pulse(*each) for each in drive], timeout, edges
        ),
        "uart#read": buses.uart_read,
        "uart#write": buses.uart_write,
        "uart#set-baud": buses.uart_set_baud,
        "iio#devices": lambda: list(buses.iio_devices()),
        "iio#channels": lambda device: list(buses.iio_channels(device)),
        "iio#read": buses.iio_read,
        "system#read-status": lambda: _status(buses),
    }


def _actuators(actuators: PluginActuators) -> HostFunctions:
    return {
        "leds#count": actuators.leds_count,
        "leds#set-color": actuators.leds_set,
        "leds#fill": actuators.leds_fill,
        "leds#show": actuators.leds_show,
        "relays#write": actuators.relay_set,
        "relays#read": actuators.relay_is_on,
        "relays#pulse": actuators.relay_pulse,
        "pwm#write": actuators.pwm_set,
    }


def _answer(function: Callable[..., Any]) -> Callable[..., Any]:
    def answered(*arguments: Any) -> Any:
        try:
            return function(*arguments)
        except BusError as error:
            return _error(error)

    return answered


def _error(error: BusError) -> Err:
    """The contract's error case."""
    return Err((outcome_of(error).value, str(error)))


def _save(state: PluginState, text: str) -> Err | None:
    try:
        state.save(text)
    except KeptStateError as error:
        return Err(str(error))
    return None


def i2c_operation(case: str, payload: Any) -> I2cOperation:
    """One operation of `i2c.transaction`, from the case of its variant."""
    return I2cRead(payload) if case == "read" else I2cWrite(payload)


def spi_operation(case: str, payload: Any) -> SpiOperation:
    """One operation of `spi.transaction`, from the case of its variant."""
    return _SPI_OPERATIONS[case](payload)


def _spi(speed_hz: int, mode: int, select: str, line: int | None) -> SpiSettings:
    return SpiSettings(speed_hz, mode, SpiSelect(select), line)


def _capture(buses: PluginBuses, line: int, drive: list[Pulse], timeout: int, edges: int) -> list[Any]:
    return [(edge.time_ns, edge.rising) for edge in buses.gpio_capture(line, drive, timeout, edges)]


def _status(buses: PluginBuses) -> tuple[float, float, int, int, float]:
    status = buses.system_status()
    return status.cpu_temperature, status.load, status.memory_used, status.memory_total, status.uptime


def _describe(gate: Gate, key: str, quantity: tuple[str, str, str, int | None, str]) -> None:
    gate.kit.values.state(key, Quantity(*quantity), gate.source_line)


def find_quantity(catalog: Catalog, plugin: str, key: str) -> tuple[tuple[str, str, str, int | None, str], bool]:
    """Do `values.find`: what a value measures, and whether that is guessed."""
    found = catalog.of(plugin, key[:LONGEST_KEY].split("."))
    return (found.unit, found.device_class, found.state_class, found.decimals, found.name), found.is_guessed


def quantity_json(catalog: Catalog, plugin: str, key: str) -> str:
    """Do `python-wire.values-find`."""
    quantity, is_guessed = find_quantity(catalog, plugin, key)
    return json.dumps((*quantity, is_guessed))


def _granted(buses: PluginBuses, actuators: PluginActuators) -> str:
    return granted_json(buses.granted(), actuators.leds_order())


def granted_json(found: Granted, leds: str | None) -> str:
    """The answer of `python-wire.granted`."""
    first = {"i2c": found.i2c, "spi": found.spi, "uart": found.uart}
    return json.dumps({**first, "i2c_buses": found.i2c_buses, "addresses": found.addresses, "leds": leds})


def _python_wire(called_from: CalledFrom, buses: PluginBuses, direct: HostFunctions) -> HostFunctions:
    """Interface `python-wire` of the Python guest (wit/python.wit): the functions of `direct` with the caller's place.

    Bytes travel as text with one latin-1 character each. Short plans travel as text too.
    """
    as_text: HostFunctions = {
        "i2c#transfer": lambda bus, address, data, length: buses.i2c_transfer(bus, address, wire_bytes(data), length),
        "i2c#transaction": lambda bus, address, plan, data: b"".join(
            buses.i2c_transaction(bus, address, i2c_plan(plan, wire_bytes(data)))
        ),
        "spi#transfer": lambda bus, select, data, speed, mode: buses.spi_transfer(
            bus, select, wire_bytes(data), SpiSettings(speed, mode)
        ),
        "spi#transaction": lambda bus, chip, plan, data, speed, mode, select, line: b"".join(
            buses.spi_transaction(bus, chip, spi_plan(plan, wire_bytes(data)), _spi(speed, mode, select, line))
        ),
        "uart#write": lambda port, data: buses.uart_write(port, wire_bytes(data)),
        "gpio#capture": lambda line, drive, timeout, edges: (
            _capture(buses, line, pulse_plan(drive), timeout, edges) or None
        ),
    }
    return {
        f"python-wire#{name.replace('#', '-')}": called_from.telling(function, _error)
        for name, function in {**direct, **as_text}.items()
    }


def raised(summary: str, traceback: str) -> NoReturn:
    """Do `python-wire.raised`.

    Raises:
        Trap: always.
    """
    raise guest_exception(summary, traceback)
