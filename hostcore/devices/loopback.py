"""Wires that lead straight back: the first thing to try on an SPI bus or a serial port."""

from __future__ import annotations

from hostcore.clock import Clock
from hostcore.devices.base import SPI_MODES, SpiTarget, UartTarget
from hostcore.devices.environment import Environment

UART_BUFFER = 4096
"""How many bytes the port holds for a host that does not read them."""


class SpiLoopback(SpiTarget):
    """MISO wired to MOSI: what is sent comes back. Made as every simulated chip is, though it senses nothing."""

    modes = SPI_MODES

    def __init__(self, clock: Clock, environment: Environment) -> None:
        pass

    def transfer(self, data: bytes, speed_hz: int) -> bytes:
        return data


class UartLoopback(UartTarget):
    """RX wired to TX: what is sent can be read at once.

    Holds `UART_BUFFER` bytes that nobody read yet; of more, the oldest are lost.
    """

    def __init__(self, clock: Clock, environment: Environment) -> None:
        self._waiting = b""

    def receive(self, data: bytes) -> None:
        self._waiting = (self._waiting + data)[-UART_BUFFER:]

    def send(self, limit: int) -> bytes:
        sent, self._waiting = self._waiting[:limit], self._waiting[limit:]
        return sent
