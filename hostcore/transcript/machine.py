"""A machine whose devices answer as a transcript says. It has no hardware, and no device that the transcript lacks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from hostcore.backends.base import (
    BackendKind,
    Edge,
    Factory,
    GpioLine,
    I2cBus,
    I2cOperation,
    I2cWrite,
    Iio,
    Pull,
    PwmOutput,
    System,
    Uart,
)
from hostcore.backends.spi import SpiDevice, SpiOperation, SpiSettings, SpiTransfer, SpiWrite, is_answered, length_of
from hostcore.clock import NS_PER_S, VirtualClock
from hostcore.errors import UnsupportedError
from hostcore.place import GPIO, IIO, BusName, Place
from hostcore.pulse import Pulse
from hostcore.transcript.model import Part, Transfer
from hostcore.transcript.script import Script

LONGEST_VALUE = 64
"""Most characters of a value of the kernel's."""


class ScriptedMachine(Factory):
    """A machine that answers from a script.

    Args:
        script: the script.
        clock: the clock on which a serial port waits.
        measured: the kernel's sensors of the transcript: pairs of a device and a channel.
    """

    kind = BackendKind.SIMULATED

    def __init__(self, script: Script, clock: VirtualClock, measured: Iterable[tuple[str, str]] = ()) -> None:
        self._script, self._clock, self._measured = script, clock, tuple(measured)

    def i2c_bus(self, bus: int) -> I2cBus:
        return _ScriptedI2c(self._script, bus)

    def spi_device(self, bus: int, chip_select: int) -> SpiDevice:
        return _ScriptedSpi(self._script, Place(BusName.spi(bus), chip_select))

    def gpio_line(self, line: int) -> GpioLine:
        return _ScriptedLine(self._script, Place(GPIO, line))

    def pwm(self, line: int) -> PwmOutput:
        raise UnsupportedError("a transcript has no pulse-width modulation")

    def uart(self, port: str) -> Uart:
        return _ScriptedUart(self._script, self._clock, Place(BusName.uart(port)))

    def iio(self) -> Iio:
        return _ScriptedIio(self._script, self._measured)

    def system(self) -> System:
        raise UnsupportedError("a transcript has no state of the computer")

    def close(self) -> None:
        """Do nothing: nothing is open."""


class _ScriptedI2c(I2cBus):
    def __init__(self, script: Script, number: int) -> None:
        self._script, self._name = script, BusName.i2c(number)

    def transaction(self, address: int, operations: Sequence[I2cOperation]) -> tuple[bytes, ...]:
        parts = [each.data if isinstance(each, I2cWrite) else each.length for each in operations]
        return self._script.answer(Place(self._name, address), parts).reads


class _ScriptedSpi(SpiDevice):
    def __init__(self, script: Script, place: Place) -> None:
        self._script, self._place = script, place

    def transaction(self, operations: Sequence[SpiOperation], settings: SpiSettings) -> tuple[bytes, ...]:
        parts = list[Part]()
        for each in operations:
            if isinstance(each, SpiWrite | SpiTransfer):
                parts.append(each.data)
            if is_answered(each):
                parts.append(length_of(each))
        return self._script.answer(self._place, parts).reads


class _ScriptedLine(GpioLine):
    def __init__(self, script: Script, place: Place) -> None:
        self._script, self._place = script, place

    def read(self, pull: Pull) -> bool:
        return self._script.answer(self._place, (1,)).reads[0] != b"\0"

    def write(self, level: bool) -> None:
        if not self._script.selects_chip():
            self._script.answer(self._place, (bytes((level,)),))

    def capture(self, drive: Sequence[Pulse], timeout_ns: int, max_edges: int) -> tuple[Edge, ...]:
        return (self._script.answer(self._place, ()).edges or ())[:max_edges]


class _ScriptedUart(Uart):
    def __init__(self, script: Script, clock: VirtualClock, place: Place) -> None:
        self._script, self._clock, self._place = script, clock, place

    def read(self, max_length: int, timeout_ns: int) -> bytes:
        (received,) = self._script.answer(self._place, (max_length,), up_to=True).reads
        if not received:
            self._clock.advance(timeout_ns / NS_PER_S)
        return received

    def write(self, data: bytes) -> None:
        self._script.answer(self._place, (data,))

    def set_baud(self, baud: int) -> None:
        """Do nothing: the speed changes no byte."""


class _ScriptedIio(Iio):
    def __init__(self, script: Script, measured: Sequence[tuple[str, str]]) -> None:
        self._script, self._measured = script, measured

    def devices(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(device for device, _ in self._measured))

    def channels(self, device: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(channel for each, channel in self._measured if each == device))

    def read(self, device: str, channel: str) -> float:
        parts = (f"{device} {channel}".encode(), LONGEST_VALUE)
        return float(self._script.answer(Place(IIO), parts, up_to=True).reads[0])


def measured_in(transfers: Iterable[Transfer]) -> Iterable[tuple[str, str]]:
    """The kernel's sensors that transfers read: pairs of a device and a channel."""
    for each in transfers:
        if each.place.bus == IIO and each.messages:
            device, _, channel = each.messages[0].data.decode().partition(" ")
            yield device, channel
