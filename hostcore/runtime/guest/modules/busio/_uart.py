"""CircuitPython's UART, with the methods of Adafruit-Blinka 10 on a Raspberry Pi."""

from enum import Enum

import serial
from _uart_port import UartPort
from host._granted import granted
from microcontroller import Pin

from ._lock import Lockable

TX, RX = 14, 15
"""The pins of the port on the header (Adafruit-Blinka, bcm283x/pin.py). It is the host's first serial port."""


class UART(UartPort, Lockable):
    """The serial port on the header.

    Args:
        tx: the pin of the output.
        rx: the pin of the input.
        baudrate: bits per second.
        bits: data bits, 8.
        parity: None.
        stop: stop bits, 1.
        timeout: seconds that a read may take.
        receiver_buffer_size: has no effect: the buffer has 4,096 bytes.
        flow: None.

    Raises:
        ValueError: no port has these pins, or a setting is not valid.
        serial.SerialException: the host has no serial port, or it cannot have these settings.
    """

    class Parity(Enum):
        """A parity."""

        ODD = serial.PARITY_ODD
        EVEN = serial.PARITY_EVEN

    def __init__(  # noqa: PLR0917 - the original's parameters
        self,
        tx: Pin,
        rx: Pin,
        baudrate: int = 9600,
        bits: int = 8,
        parity: Parity | None = None,
        stop: int = 1,
        timeout: float = 1,
        receiver_buffer_size: int = 64,
        flow: None = None,
    ) -> None:
        if flow is not None:
            raise NotImplementedError("Parameter 'flow' unsupported on RASPBERRY_PI")
        if parity is not None and not isinstance(parity, self.Parity):
            raise ValueError("Invalid parity")
        if (tx.id, rx.id) != (TX, RX):
            raise ValueError(f"No Hardware UART on (tx,rx)={(tx, rx)}\nValid UART ports: {((1, TX, RX),)}")
        self._serial = serial.Serial(
            f"/dev/{granted().uart or 'serial0'}",
            baudrate=baudrate,
            bytesize=bits,
            parity=serial.PARITY_NONE if parity is None else parity.value,
            stopbits=stop,
            timeout=timeout,
            write_timeout=timeout,
        )

    def reset_input_buffer(self) -> None:
        """Forget the bytes that were received."""
        self._serial.reset_input_buffer()

    @property
    def baudrate(self) -> int:
        """Bits per second."""
        return self._serial.baudrate

    @baudrate.setter
    def baudrate(self, value: int) -> None:
        self._serial.baudrate = value

    @property
    def in_waiting(self) -> int:
        """The number of bytes that can be read without a wait."""
        return self._serial.in_waiting

    @property
    def timeout(self) -> float | None:
        """Seconds that a read may take."""
        timeout: float | None = self._serial.timeout
        return timeout

    @timeout.setter
    def timeout(self, value: float | None) -> None:
        self._serial.timeout = self._serial.write_timeout = value
