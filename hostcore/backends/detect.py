"""Finds out which buses of host.toml this computer has, and how to get the others.

Nothing is sent on the wires, and no library of a bus is imported.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path

from hostcore.backends.linux.gpiochip import GpioChip, header_chip
from hostcore.backends.linux.iio import LinuxIio
from hostcore.backends.linux.node import Trouble, refusal, suffixes
from hostcore.backends.linux.pin_libraries import has_pin_library
from hostcore.backends.linux.setup import (
    board,
    console_ports,
    i2c_adapter,
    i2c_missing,
    i2c_path,
    iio_missing,
    spi_missing,
    spi_path,
    uart_elsewhere,
    uart_missing,
    uart_path,
)
from hostcore.backends.linux.system import thermal_zone
from hostcore.errors import UnsupportedError
from hostcore.place import BusKind, BusName
from hostcore.quick_dataclass import dataclass

DEBIANS_LGPIO = "`sudo apt install python3-lgpio`, for a host in an environment with --system-site-packages"
"""How to get lgpio where PyPI has no wheel of it."""


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of a probe of one bus."""

    bus: BusName
    usable: bool
    """Whether the Linux backend can offer it now."""
    reason: str
    """The device behind the bus, or the reason why it cannot be used."""
    advice: str = ""
    """How to enable the bus, or more of it. "" if nothing is missing."""

    def __str__(self) -> str:
        return f"{self.bus}: {self.reason}; {self.advice}" if self.advice else f"{self.bus}: {self.reason}"


def probe(bus: BusName) -> Finding:
    """Probe a bus. Blocks for as long as opening a file takes."""
    if sys.platform != "linux":
        return Finding(bus, False, f"this is {sys.platform}, not Linux", "the simulated Pi works here")
    match bus.kind:
        case BusKind.I2C:
            found = _i2c(bus.number)
        case BusKind.SPI:
            found = _spi(bus.number)
        case BusKind.UART:
            found = _uart(bus.unit)
        case BusKind.GPIO:
            found = _gpio()
        case BusKind.IIO:
            found = _iio()
        case BusKind.SYSTEM:
            found = _system()
    if isinstance(found, Trouble):
        return Finding(bus, False, found.reason, found.advice)
    return Finding(bus, True, found.reason, found.advice)


@dataclass(frozen=True, slots=True)
class _Found:
    """A bus that can be used."""

    reason: str
    advice: str = ""


def _i2c(bus: int) -> _Found | Trouble:
    path = i2c_path(bus)
    if not path.exists():
        return i2c_missing(bus)
    return _refused([path]) or _Found(f"{path}, {i2c_adapter(path.name) or 'an adapter'}")


def _spi(bus: int) -> _Found | Trouble:
    paths = [spi_path(bus, int(chip_select)) for chip_select in suffixes(f"spidev{bus}.")]
    if not paths:
        return spi_missing(bus, 0)
    return _refused(paths) or _Found(", ".join(str(path) for path in paths))


def _gpio() -> _Found | Trouble:
    chip = header_chip()
    if not isinstance(chip, GpioChip):
        return chip
    found = f"{chip.path}, {chip.label} with {chip.lines} lines"
    has_lgpio, has_gpiod = has_pin_library(), find_spec("gpiod") is not None
    if not has_lgpio and not has_gpiod:
        return Trouble(f"{found}, but neither lgpio nor gpiod is installed", _extra())
    if not has_lgpio:
        missing, advice = ("lgpio", _lgpio()) if find_spec("gpiozero") else ("gpiozero", _extra())
        return _Found(f"{found}, without pulse-width modulation: {missing} is not installed", advice)
    return _Found(found) if has_gpiod else _Found(f"{found}, without pulses: gpiod is not installed", _extra())


def _extra() -> str:
    """Return the command that installs the libraries that only a Pi needs."""
    from hostcore.extras import install_command  # noqa: PLC0415 - takes 30 ms, and most hosts have them

    return f"`{install_command('pi')}`"


def _lgpio() -> str:
    return _extra() if sys.version_info < (3, 13) else DEBIANS_LGPIO


def _uart(port: str) -> _Found | Trouble:
    path = uart_path(port)
    if not path.exists():
        return uart_missing(port)
    if find_spec("serial") is None:
        return Trouble(f"{path} exists, but pyserial is not installed", _extra())
    if path.resolve().name in console_ports():
        return Trouble(
            f"{path} is the kernel's console", "`sudo raspi-config nonint do_serial_cons 1`, then restart, frees it"
        )
    if not os.access(path, os.R_OK | os.W_OK):  # opening it would reset an Arduino that is wired to it
        return refusal(path, PermissionError(errno.EACCES, os.strerror(errno.EACCES)))
    elsewhere = uart_elsewhere(port)
    return _Found(elsewhere.reason, elsewhere.advice) if elsewhere else _Found(str(path))


def _iio() -> _Found | Trouble:
    devices = LinuxIio().devices()
    return _Found(", ".join(devices)) if devices else iio_missing()


def _system() -> _Found | Trouble:
    try:
        thermal_zone()
    except UnsupportedError as error:
        return Trouble(str(error), "a Raspberry Pi has one")
    return _Found(board() or "this computer")


def _refused(paths: Iterable[Path]) -> Trouble | None:
    """The trouble with the first of `paths` that cannot be opened."""
    for path in paths:
        try:
            os.close(os.open(path, os.O_RDWR | os.O_CLOEXEC))
        except OSError as error:
            return refusal(path, error)
    return None
