"""The drivers under `tests.watched`: what a driver does its work with, and the seat from which it is called."""

from __future__ import annotations

import sys
import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

from hostcore.access.decisions import Access
from hostcore.backends.base import Edge, I2cOperation, I2cRead, I2cWrite, Pull
from hostcore.backends.spi import SpiOperation, SpiSettings, SpiTransfer
from hostcore.buses.call_limit import TimeLimit
from hostcore.clock import NS_PER_S
from hostcore.errors import BusError, PluginReportedError
from hostcore.events import (
    Counters,
    CountersTaken,
    CrashReport,
    Level,
    LogWritten,
    Outcome,
    PluginCrashed,
    ReadingFailed,
    ReadingPublished,
    State,
    StateChanged,
    TransferCompleted,
)
from hostcore.permissions import Permission
from hostcore.plugin.buses import PluginBuses
from hostcore.plugin.gate import Gate
from hostcore.plugin.kit import Kit
from hostcore.pulse import Pulse
from tests.plain_python import GUEST

if TYPE_CHECKING:
    from tests.watched import Watched

FOREVER_S = 1e9
BACKOFF_S = 0.5
"""Seconds from a crash to the next instance, as in the host."""
BENCH = tuple(str(Path(__file__).with_name(name)) for name in ("watched_driver.py", "watched_pi.py", "plain_python.py"))
"""Files that only pass calls on."""


class Driver:
    """What a driver function gets: buses, time, a log, and a memory that a restart empties.

    Failed transfers raise `hostcore.errors.BusError`s. Each transfer carries the line of the driver that made it.

    Attributes:
        memory: whatever the driver wants to keep until it is restarted.
        memory_bytes: the memory of its instance, as the host would measure it.
    """

    def __init__(self, watched: Watched, name: str) -> None:
        self._watched, self._name = watched, name
        self.memory: dict[str, Any] = {}
        limit = TimeLimit(watched.clock, FOREVER_S, now_ns=lambda: 0)
        limit.begin()
        kit = Kit(watched.access[name], None, limit, self._publish)
        self.gate = Gate(watched.buses, name, kit)
        self._buses = PluginBuses(self.gate)
        self.transfers = self.denied = 0
        self.memory_bytes = 15_000_000

    def write(self, address: int, data: bytes, bus: int = 1) -> None:
        """Write to an I2C chip. Without data, only its address is sent."""
        self.transaction(address, [I2cWrite(data)], bus)

    def read(self, address: int, length: int, bus: int = 1) -> bytes:
        """Read from an I2C chip without writing first."""
        return self.transaction(address, [I2cRead(length)], bus)[0]

    def write_read(self, address: int, data: bytes, length: int, bus: int = 1) -> bytes:
        """Write, send a repeated start, and read."""
        return self.transaction(address, [I2cWrite(data), I2cRead(length)], bus)[0]

    def transaction(self, address: int, operations: Sequence[I2cOperation], bus: int = 1) -> tuple[bytes, ...]:
        """Do all operations with a repeated start between them."""
        return self.on_buses.i2c_transaction(bus, address, operations)

    def spi(self, data: bytes, chip_select: int = 0, *, speed_hz: int = 500_000, mode: int = 0) -> bytes:
        """Send and receive at the same time on spi-0."""
        return self.spi_transaction(chip_select, [SpiTransfer(data)], SpiSettings(speed_hz, mode))[0]

    def spi_transaction(
        self, chip_select: int, operations: Sequence[SpiOperation], settings: SpiSettings
    ) -> tuple[bytes, ...]:
        """Do all operations while the chip is selected."""
        return self.on_buses.spi_transaction(0, chip_select, operations, settings)

    def level(self, line: int, pull: Pull = Pull.NONE) -> bool:
        """Read a GPIO line."""
        return self.on_buses.gpio_read(line, pull)

    def set(self, line: int, level: bool) -> None:
        """Drive a GPIO line."""
        self.on_buses.gpio_write(line, level)

    def capture(self, line: int, low_s: float, timeout_s: float = 0.1, most: int = 1024) -> tuple[Edge, ...]:
        """Drive a line low for some seconds, release it, and return the edges that follow."""
        request = (Pulse(False, round(low_s * NS_PER_S)),)
        return self.on_buses.gpio_capture(line, request, round(timeout_s * NS_PER_S), most)

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        clock = self._watched.clock
        clock.wait_until(clock.monotonic_ns() + round(seconds * NS_PER_S), threading.Event())

    def now(self) -> float:
        """Return the seconds since the start."""
        return self._watched.clock.monotonic_ns() / NS_PER_S

    def log(self, text: str, level: Level = Level.INFO) -> None:
        """Write a line to the log."""
        self._watched.take(LogWritten(self._watched.clock.wall_ns(), self._name, level, text))

    @property
    def on_buses(self) -> PluginBuses:
        """The buses, for one transfer that is made by the line which runs now."""
        self.gate.source_line = _driver_line(sys._getframe(1))
        return self._buses

    def _publish(self, event: Any) -> None:
        if isinstance(event, TransferCompleted):
            self.transfers += 1
            self.denied += event.outcome is Outcome.DENIED
            event = replace(event, waited_ns=event.waited_ns + self._watched.waits_ns.get(self._name, 0))
        self._watched.take(event)


class Unlimited(Access):
    """A driver of the tests may use everything, unless it has permissions."""

    def require(self, wanted: Permission) -> None:
        pass


def _driver_line(frame: FrameType | None) -> int:
    """Return the innermost line that is neither the bench's nor the project's: the driver's."""
    while frame is not None:
        file = frame.f_code.co_filename
        if file not in BENCH and not file.startswith(str(GUEST)):
            return frame.f_lineno
        frame = frame.f_back
    return 0


class Program:
    """A driver that is a function."""

    def __init__(
        self,
        driver: Driver,
        read: Callable[[Driver], Mapping[str, Any] | None],
        setup: Callable[[Driver], None] | None,
    ) -> None:
        self._driver, self._read, self._setup = driver, read, setup
        self._needs_setup = True

    def read(self) -> Mapping[str, Any] | None:
        """Measure once. Raises `PluginReportedError` for what a plugin of the host would report as an error."""
        try:
            if self._needs_setup and self._setup is not None:
                self._setup(self._driver)
            self._needs_setup = False
            return self._read(self._driver)
        except (BusError, OSError, ValueError) as error:
            self._needs_setup = True
            raise PluginReportedError("driver", str(error)) from error


class Seat:
    """Calls one driver, as the host does, and tells the diagnosis.

    Args:
        watched: the Pi.
        name: the driver's name.
        make: makes a new instance of the driver.
        every: seconds between two calls.
        function: the function to call: ``read`` or ``update``.
    """

    def __init__(
        self, watched: Watched, name: str, make: Callable[[Driver], Any], every: float, function: str = "read"
    ) -> None:
        self._watched, self.name, self._make, self.every, self._function = watched, name, make, every, function
        self.due_ns = watched.clock.monotonic_ns()
        self.is_running = True
        self._instance: Any = None
        self._driver: Driver | None = None
        self._calls = self._errors = self._restarts = self._transfers = self._longest_ns = 0
        self._crashes: Counter[str] = Counter()

    def turn(self) -> None:
        """Call the driver once."""
        clock = self._watched.clock
        began_ns, planned_ns = clock.monotonic_ns(), self.due_ns + round(self.every * NS_PER_S)
        if self._instance is None:
            driver = Driver(self._watched, self.name)
            self._instance, self._driver = self._make(driver), driver
        try:
            self._publish(self._call())
        except PluginReportedError as error:
            self._errors += 1
            self._watched.take(ReadingFailed(clock.wall_ns(), self.name, str(error)))
        except Exception as error:  # noqa: BLE001 - a driver may crash in any way
            self._crash(error)
            planned_ns = clock.monotonic_ns() + round(BACKOFF_S * NS_PER_S)
        self._calls += 1
        self._longest_ns = max(self._longest_ns, clock.monotonic_ns() - began_ns)
        self._watched.take(CountersTaken(clock.wall_ns(), self.name, self._counters(clock.monotonic_ns() - began_ns)))
        self.due_ns = max(planned_ns, clock.monotonic_ns() + 1)

    def restart(self) -> None:
        """Discard the instance, and begin again at once."""
        self.stop()
        self._restarts += 1
        self._state(State.STOPPED, State.LOADING)
        self._state(State.LOADING, State.RUNNING)
        self.due_ns, self.is_running = self._watched.clock.monotonic_ns(), True

    def stop(self) -> None:
        """Discard the instance."""
        self._instance, self.is_running = None, False
        self._state(State.RUNNING, State.STOPPED)

    def _call(self) -> Any:
        if self._function == "update":
            shown = {name: dict(each.readings[-1].numbers) for name, each in self._watched.case.plugins.items()
                     if each.readings}  # fmt: skip
            return self._instance.update({"timestamp": "2024-01-01T12:00:00Z", **shown})
        return self._instance.read()

    def _publish(self, reading: Mapping[str, Any] | None) -> None:
        if reading is not None:
            self._watched.take(ReadingPublished(self._watched.clock.wall_ns(), self.name, reading))

    def _crash(self, error: Exception) -> None:
        now_ns, problem = self._watched.clock.wall_ns(), f"{type(error).__name__}: {error}"
        self._instance = None
        self._restarts += 1
        self._crashes["exception"] += 1
        report = CrashReport(
            now_ns, self.name, f"{self.name}.py", "0", "exception", problem, "", "", self._function, "", (), (),
            self._counters(0), "1",
        )  # fmt: skip
        self._watched.take(PluginCrashed(now_ns, self.name, report, ""))
        self._state(State.RUNNING, State.BACKOFF, problem)
        self._state(State.BACKOFF, State.LOADING)
        self._state(State.LOADING, State.RUNNING)

    def _state(self, before: State, after: State, cause: str = "") -> None:
        self._watched.take(StateChanged(self._watched.clock.wall_ns(), self.name, before, after, cause))

    def _counters(self, took_ns: int) -> Counters:
        return Counters(
            calls=self._calls,
            errors=self._errors,
            crashes=tuple(self._crashes.items()),
            restarts=self._restarts,
            call_p50_ns=took_ns,
            call_p99_ns=took_ns,
            call_max_ns=self._longest_ns,
            memory_bytes=self._driver.memory_bytes if self._driver else 0,
            denied=self._driver.denied if self._driver else 0,
        )
