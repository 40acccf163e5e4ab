"""Runs a plugin in ordinary CPython, without WebAssembly. Used for fast tests of drivers, and for comparison.

The guest package `host` is imported unchanged. Modules that call a `Factory` take the place of componentize-py's
bindings, and a `Clock` takes the place of the module `time`. Each plugin has its own copies, which no other code can
import.
"""

from __future__ import annotations

import builtins
import dataclasses
import importlib
import json
import struct
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, make_dataclass
from enum import Enum
from functools import cache
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

import hostcore
from hostcore.backends.base import Factory, I2cOperation, I2cRead, I2cWrite, Pull
from hostcore.backends.spi import SpiSelect, SpiSettings
from hostcore.clock import NS_PER_S, Clock
from hostcore.errors import (
    AccessDeniedError,
    ArbitrationLostError,
    BusError,
    BusFaultError,
    BusTimeoutError,
    NoAcknowledgeError,
    PluginReportedError,
)
from hostcore.kept_state.state import KeptState
from hostcore.plugin.stated_values import StatedValues
from hostcore.pulse import Pulse
from hostcore.quantities import Quantity
from hostcore.quantities.guess import guessed
from hostcore.runtime.plans import spi_plan

GUEST = Path(hostcore.__file__).parent / "runtime" / "guest"
"""The folder with the guest package `host`."""
PLUGINS = Path(hostcore.__file__).parents[1] / "plugins"
"""The folder with the shipped plugins."""

ERROR_CASES: Mapping[type[BusError], str] = {
    NoAcknowledgeError: "NoAcknowledge",
    BusFaultError: "Bus",
    ArbitrationLostError: "ArbitrationLoss",
    BusTimeoutError: "Timeout",
    AccessDeniedError: "Denied",
}
"""Cases of the WIT variant `error`. Any other `BusError` is `Other`."""


class PlainPlugin:
    """One plugin in this Python interpreter.

    `setup()` runs as in the sandbox: before the first call, and before the first call after a reported error. An
    exception that does not derive from `host.Error` propagates unchanged. After such a crash, create a new plugin.

    Args:
        path: the plugin's source file.
        factory: the hardware. The plugin may use all of it.
        clock: behind its `time.sleep`, `time.monotonic` and `time.time`.
        settings: its table ``[plugins.NAME.settings]``.
        default_bus: number of the I2C bus that None selects.
        state: what it keeps; by default, nothing is kept yet.

    Attributes:
        namespace: the plugin's globals.
        logged: its log lines, as (level, text).
        stated: what it states of its values.
    """

    def __init__(
        self,
        path: Path,
        factory: Factory,
        clock: Clock,
        settings: Mapping[str, Any] = {},
        *,
        default_bus: int = 1,
        state: KeptState | None = None,
    ) -> None:
        self._name = path.stem
        self.logged: list[tuple[str, str]] = []
        self.stated = StatedValues()
        bindings = _bindings(factory, default_bus, settings, self.logged, self.stated, state or KeptState())
        self._modules = {**_guest_package(bindings), "time": _time_module(clock)}
        vars(self._modules["host._wire"])["plugin_file"] = str(path)
        self._needs_setup = True
        self.namespace: dict[str, Any] = {
            "__name__": "plugin",
            "__file__": str(path),
            "__builtins__": {**vars(builtins), "__import__": self._import},
        }
        exec(compile(path.read_text(encoding="utf-8"), str(path), "exec", dont_inherit=True), self.namespace)

    def read(self) -> dict[str, Any]:
        """The driver's reading, after a conversion to JSON and back.

        Raises:
            PluginReportedError: the plugin raised a `host.Error`, which is this error's cause.
        """
        reading: dict[str, Any] = json.loads(json.dumps(self._call("read"), allow_nan=False))
        return reading

    def update(self, readings: Mapping[str, Any]) -> None:
        """Show `readings` on the display. Raises like `read`."""
        self._call("update", json.loads(json.dumps(readings)))

    def render(self, readings: Mapping[str, Any]) -> str:
        """Return the page for `readings`. Raises like `read`."""
        page: str = self._call("render", json.loads(json.dumps(readings)))
        return page

    def _call(self, function: str, *arguments: object) -> Any:
        try:
            if self._needs_setup and "setup" in self.namespace:
                self.namespace["setup"]()
            self._needs_setup = False
            return self.namespace[function](*arguments)
        except self._modules["host"].Error as error:
            self._needs_setup = True
            raise PluginReportedError(self._name, str(error)) from error

    def _import(
        self,
        name: str,
        namespace: Mapping[str, object] | None = None,
        variables: Mapping[str, object] | None = None,
        names: Sequence[str] | None = (),
        level: int = 0,
    ) -> ModuleType:
        """The plugin's own `__import__`."""
        if name in self._modules:
            return self._modules[name if names else name.partition(".")[0]]
        return builtins.__import__(name, namespace, variables, names or (), level)


def _guest_package(bindings: Mapping[str, ModuleType]) -> dict[str, ModuleType]:
    """Import a fresh copy of the package `host` on top of `bindings`. Returns its modules by name."""
    with _importable(bindings):
        importlib.import_module("host")
        return {name: module for name, module in sys.modules.items() if name.partition(".")[0] == "host"}


@contextmanager
def _importable(bindings: Mapping[str, ModuleType]) -> Iterator[None]:
    """Make `bindings` and the guest folder importable inside a ``with`` block. Leaves no trace."""
    sys.modules.update(bindings)
    sys.path.insert(0, str(GUEST))
    vars(dataclasses)["exec"] = _exec
    try:
        yield
    finally:
        del vars(dataclasses)["exec"]
        sys.path.remove(str(GUEST))
        for name in [*sys.modules]:
            if name in bindings or name.partition(".")[0] == "host":
                del sys.modules[name]


def _exec(source: str, *namespaces: dict[str, Any]) -> None:
    """Run what a dataclass consists of, for `dataclasses`. To compile it again for each plugin is half of its start."""
    exec(_compiled(source), *namespaces)


@cache
def _compiled(source: str) -> CodeType:
    return compile(source, "<string>", "exec", dont_inherit=True)


def _module(name: str, **contents: object) -> ModuleType:
    module = ModuleType(name)
    vars(module).update(contents)
    return module


def _time_module(clock: Clock) -> ModuleType:
    """A module `time` whose functions use `clock`."""
    never = threading.Event()

    def sleep(seconds: float) -> None:
        clock.wait_until(clock.monotonic_ns() + round(seconds * NS_PER_S), never)

    return _module(
        "time",
        **{name: value for name, value in vars(time).items() if not name.startswith("__")}
        | {
            "sleep": sleep,
            "monotonic": lambda: clock.monotonic_ns() / NS_PER_S,
            "monotonic_ns": clock.monotonic_ns,
            "time": lambda: clock.wall_ns() / NS_PER_S,
            "time_ns": clock.wall_ns,
        },
    )


@dataclass
class Err(Exception):  # noqa: N818 - componentize-py's name
    """The exception that an import raises for a WIT `err`."""

    value: Any


ERRORS = {case: make_dataclass(f"Error_{case}", ["value"]) for case in (*ERROR_CASES.values(), "Other")}
Level = Enum("Level", ["DEBUG", "INFO", "WARNING", "ERROR"])
Resistor = Enum("Resistor", ["NONE", "UP", "DOWN"])
Select = Enum("Select", ["LOW", "HIGH", "NONE"])


def _bindings(
    factory: Factory,
    default_bus: int,
    settings: Mapping[str, Any],
    logged: list[tuple[str, str]],
    stated: StatedValues,
    state: KeptState,
) -> dict[str, ModuleType]:
    """The modules that componentize-py would generate from wit/, as far as the package `host` uses them."""

    def answer(work: Callable[..., Any]) -> Callable[..., Any]:
        """Wrap `work`: the host's errors become WIT errors."""

        def call(*arguments: Any) -> Any:
            try:
                return work(*arguments)
            except BusError as error:
                raise Err(ERRORS[ERROR_CASES.get(type(error), "Other")](str(error))) from None

        return call

    def lineless(work: Callable[..., Any]) -> Callable[..., Any]:
        return answer(lambda _line, *arguments: work(*arguments))

    def describe(_line: int, key: str, quantity: Quantity) -> None:
        stated.state(key, quantity)

    def find(_plugin: str, key: str) -> str:
        found = guessed(key.split("."))
        return json.dumps((found.unit, found.device_class, found.state_class, found.decimals, found.name, True))

    wires = Wires(factory, default_bus)
    wire = {name: lineless(work) for name, work in wires.functions().items()}
    wire |= {"values_describe": describe, "values_find": find}
    imports = {
        "types": _module("types", **{f"Error_{case}": made for case, made in ERRORS.items()}),
        "settings": _module("settings", read=lambda: json.dumps(settings)),
        "log": _module("log", Level=Level, write=lambda level, text: logged.append((level.name.lower(), text))),
        "state": _module("state", load=state.load, save=state.save),
        "gpio": _module("gpio", Pull=Resistor),
        "spi": _module("spi", Select=Select),
        "values": _module("values", Quantity=Quantity),
        "python_wire": _module("python_wire", **wire),
    }
    package = _module("wit_world.imports", **imports)
    return {
        "componentize_py_types": _module("componentize_py_types", Err=Err),
        "wit_world": _module("wit_world", imports=package),
        "wit_world.imports": package,
        **{f"wit_world.imports.{name}": module for name, module in imports.items()},
    }


@dataclass(frozen=True, slots=True)
class Wires:
    """Imports that need more than one call to the hardware's backend."""

    factory: Factory
    default_bus: int

    def functions(self) -> dict[str, Callable[..., Any]]:
        """Functions of interface `python-wire`, without their first parameter, the line."""
        factory = self.factory
        return {
            "i2c_transaction": self.i2c_transaction,
            "i2c_transfer": self.i2c_transfer,
            "spi_transfer": self.spi_transfer,
            "spi_transaction": self.spi_transaction,
            "gpio_read": lambda line, resistor: factory.gpio_line(line).read(Pull(resistor.name.lower())),
            "gpio_write": lambda line, high: factory.gpio_line(line).write(high),
            "gpio_capture": self.gpio_capture,
            "uart_read": lambda port, length, timeout_ms: factory.uart(port).read(length, timeout_ms * 1_000_000),
            "uart_write": lambda port, data: factory.uart(port).write(data.encode("latin-1")),
            "uart_set_baud": lambda port, baud: factory.uart(port).set_baud(baud),
            "iio_devices": lambda: [*factory.iio().devices()],
            "iio_channels": lambda device: [*factory.iio().channels(device)],
            "iio_read": lambda device, channel: factory.iio().read(device, channel),
            "system_read_status": self.read_status,
        }

    def i2c_transfer(self, bus: int | None, address: int, write: str, read_length: int) -> bytes:
        operations: list[I2cOperation] = []
        if write or not read_length:
            operations.append(I2cWrite(write.encode("latin-1")))
        if read_length:
            operations.append(I2cRead(read_length))
        return b"".join(self._i2c(bus).transaction(address, operations))

    def i2c_transaction(self, bus: int | None, address: int, plan: str, data: str) -> bytes:
        operations: list[I2cOperation] = []
        for word in plan.split():
            length = int(word[1:])
            if word.startswith("r"):
                operations.append(I2cRead(length))
            else:
                operations.append(I2cWrite(data[:length].encode("latin-1")))
                data = data[length:]
        return b"".join(self._i2c(bus).transaction(address, operations))

    def _i2c(self, bus: int | None) -> Any:
        return self.factory.i2c_bus(self.default_bus if bus is None else bus)

    def spi_transfer(self, bus: int, chip_select: int, data: str, speed_hz: int, mode: int) -> bytes:
        device = self.factory.spi_device(bus, chip_select)
        return device.transfer(data.encode("latin-1"), SpiSettings(speed_hz, mode))

    def spi_transaction(
        self, bus: int, chip_select: int, plan: str, data: str, speed_hz: int, mode: int, select: Any, line: int | None
    ) -> bytes:
        device = self.factory.spi_device(bus, chip_select)
        settings = SpiSettings(speed_hz, mode, SpiSelect(select.name.lower()), line)
        if line is not None:
            self.factory.gpio_line(line).write(settings.select is SpiSelect.HIGH)
        received = b"".join(device.transaction(spi_plan(plan, data.encode("latin-1")), settings))
        if line is not None:
            self.factory.gpio_line(line).write(settings.select is not SpiSelect.HIGH)
        return received

    def gpio_capture(self, line: int, drive: str, timeout_ns: int, max_edges: int) -> list[Any] | None:
        pulses = [word.split(":") for word in drive.split()]
        request = [Pulse(level == "1", int(duration_ns)) for level, duration_ns in pulses]
        return [*self.factory.gpio_line(line).capture(request, timeout_ns, max_edges)] or None

    def read_status(self) -> Any:
        status = self.factory.system().status()
        return _module(
            "status",
            cpu_temperature=_f32(status.cpu_temperature),
            load=_f32(status.load),
            memory_used=status.memory_used,
            memory_total=status.memory_total,
            uptime=status.uptime,
        )


def _f32(value: float) -> float:
    """Round `value` to the contract's 32 bits."""
    narrowed: float = struct.unpack("<f", struct.pack("<f", value))[0]
    return narrowed
