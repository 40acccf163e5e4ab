"""Wires from the output to the input: the first test of an SPI bus or a serial port."""

from __future__ import annotations

from hostcore.clock import Clock
from hostcore.devices.base import SPI_MODES, SpiTarget, UartTarget
from hostcore.devices.environment import Environment

UART_BUFFER = 4096
"""The number of received bytes that the port stores until they are read."""


class SpiLoopback(SpiTarget):
    """A wire from MOSI to MISO: the host receives the bytes that it sends. It does not use its arguments."""

    modes = SPI_MODES

    def __init__(self, clock: Clock, environment: Environment) -> None:
        pass

    def transfer(self, data: bytes, speed_hz: int) -> bytes:
        return data


class UartLoopback(UartTarget):
    """A wire from TX to RX: the host can read the bytes that it wrote, at once. It does not use its arguments.

    Stores up to `UART_BUFFER` bytes. If there are more, the oldest are lost.
    """

    def __init__(self, clock: Clock, environment: Environment) -> None:
        self._waiting = b""

    def receive(self, data: bytes) -> None:
        self._waiting = (self._waiting + data)[-UART_BUFFER:]

    def send(self, limit: int) -> bytes:
        sent, self._waiting = self._waiting[:limit], self._waiting[limit:]
        return sent
