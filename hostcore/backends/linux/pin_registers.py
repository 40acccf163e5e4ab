"""The GPIO registers of a Raspberry Pi: reads the level of a pin whatever its function, and pulls a pin low.

The kernel's own interface cannot do either for the pins of a bus: a line that is requested through /dev/gpiochip* is
taken away from the I2C controller. /dev/gpiomem* maps the registers; the group gpio may open it.
"""

from __future__ import annotations

import mmap
import os
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from hostcore.backends.linux.node import DEV


class Registers(Protocol):
    """A block of 32-bit registers, by the number of the word."""

    def __getitem__(self, word: int, /) -> int:
        """Read a register."""

    def __setitem__(self, word: int, value: int, /) -> None:
        """Write a register."""


class PinRegisters(ABC):
    """The pins of one chip, as an open drain: a pin that is not pulled low is an input.

    Args:
        registers: the chip's registers.
    """

    path: Path
    """The file that maps them."""
    size: int
    """How many bytes of it are mapped."""

    def __init__(self, registers: Registers) -> None:
        self._registers = registers

    @abstractmethod
    def function(self, pin: int) -> int:
        """Return the function that a pin has, with the number that the chip gives it."""

    @abstractmethod
    def set_function(self, pin: int, function: int) -> None:
        """Give a pin a function that `function` returned."""

    @abstractmethod
    def level(self, pin: int) -> bool:
        """Return the level of a pin; True is high."""

    @abstractmethod
    def take(self, pin: int) -> None:
        """Make a pin an input that `pull_low` makes low."""

    @abstractmethod
    def pull_low(self, pin: int) -> None:
        """Drive a pin low that was taken."""

    @abstractmethod
    def release(self, pin: int) -> None:
        """Stop driving a pin that was taken; its pull-up makes it high if nothing else holds it."""


class Bcm2835Pins(PinRegisters):
    """The pins of all Raspberry Pis before the Pi 5 (BCM2835 ARM Peripherals, section 6.1; also BCM2711 ARM
    Peripherals, section 5.2)."""

    path, size = DEV / "gpiomem", 0x1000
    INPUT, OUTPUT = 0b000, 0b001
    _CLEAR, _LEVEL = 0x28 // 4, 0x34 // 4  # GPCLR0 and GPLEV0; GPFSEL0 is the first register

    def function(self, pin: int) -> int:
        word, shift = _function_place(pin)
        return self._registers[word] >> shift & 0b111

    def set_function(self, pin: int, function: int) -> None:
        word, shift = _function_place(pin)  # ten pins share a word: the kernel writes it only to change a function, too
        self._registers[word] = self._registers[word] & ~(0b111 << shift) & 0xFFFFFFFF | function << shift

    def level(self, pin: int) -> bool:
        return bool(self._registers[self._LEVEL + pin // 32] >> pin % 32 & 1)

    def take(self, pin: int) -> None:
        self._registers[self._CLEAR + pin // 32] = 1 << pin % 32  # the level that it has as soon as it is an output
        self.set_function(pin, self.INPUT)

    def pull_low(self, pin: int) -> None:
        self.set_function(pin, self.OUTPUT)

    def release(self, pin: int) -> None:
        self.set_function(pin, self.INPUT)


def _function_place(pin: int) -> tuple[int, int]:
    """The number of the GPFSEL register of a pin, and its place there."""
    return pin // 10, pin % 10 * 3


class Rp1Pins(PinRegisters):
    """The pins of a Raspberry Pi 5 on its header (RP1 Peripherals, sections 3.1 to 3.4; kernel,
    drivers/pinctrl/pinctrl-rp1.c).

    The file has the bank IO_BANK0 at 0, SYS_RIO0 at 0x10000 and PADS_BANK0 at 0x20000. A write 0x2000 above a register
    sets the bits that are 1, 0x3000 above it clears them.
    """

    path, size = DEV / "gpiomem0", 0x30000
    SYS_RIO = 5
    """The function GPIO."""
    _FUNCTION = 0x1F
    _RIO = 0x10000
    _OUT, _ENABLE, _IN = _RIO, _RIO + 4, _RIO + 8
    _SET, _CLEAR = 0x2000, 0x3000

    def function(self, pin: int) -> int:
        return self._registers[_control(pin)] & self._FUNCTION

    def set_function(self, pin: int, function: int) -> None:
        word = _control(pin)
        self._registers[word] = self._registers[word] & ~self._FUNCTION & 0xFFFFFFFF | function

    def level(self, pin: int) -> bool:
        return bool(self._registers[self._IN // 4] >> pin & 1)

    def take(self, pin: int) -> None:
        self.release(pin)
        self._registers[(self._OUT + self._CLEAR) // 4] = 1 << pin
        self.set_function(pin, self.SYS_RIO)

    def pull_low(self, pin: int) -> None:
        self._registers[(self._ENABLE + self._SET) // 4] = 1 << pin

    def release(self, pin: int) -> None:
        self._registers[(self._ENABLE + self._CLEAR) // 4] = 1 << pin


def _control(pin: int) -> int:
    """The number of the register GPIOn_CTRL."""
    return (8 * pin + 4) // 4


@contextmanager
def opened_pins(kind: type[PinRegisters], *, may_write: bool) -> Iterator[PinRegisters]:
    """Make a context with the pins of a chip.

    Args:
        kind: the chip.
        may_write: whether the registers can be written.

    Raises:
        OSError: the registers cannot be mapped.
    """
    flags, access = (os.O_RDWR, mmap.PROT_READ | mmap.PROT_WRITE) if may_write else (os.O_RDONLY, mmap.PROT_READ)
    handle = os.open(kind.path, flags | os.O_SYNC | os.O_CLOEXEC)
    try:
        mapped = mmap.mmap(handle, kind.size, prot=access)
    except ValueError as error:  # the file is shorter than the registers
        raise OSError(str(error)) from None
    finally:
        os.close(handle)
    with mapped, memoryview(mapped) as octets, octets.cast("I") as words:
        yield kind(words)
