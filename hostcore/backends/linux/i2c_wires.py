"""The two wires of an I2C bus of a Raspberry Pi, beside its controller: their levels, and nine clocks on them."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from hostcore.backends.i2c import Levels, Recovery
from hostcore.backends.linux.pin_registers import PinRegisters

MOST_CLOCKS = 9
"""A device that holds SDA low in the middle of a byte lets it go within eight bits and the acknowledge (UM10204
section 3.1.16)."""
HALF_PERIOD = 5e-6
"""Seconds for which each level lasts at least: a clock of 100 kHz, which all devices can follow (UM10204 table 10)."""
STRETCH_SECONDS = 0.01
"""Seconds that a device may hold SCL low during one of these clocks."""


class I2cWires:
    """SDA and SCL of one bus. Only while nobody transfers on it.

    Args:
        pins: the chip with the pins.
        sda: the number of the data pin.
        scl: the number of the clock pin.
        sleep: waits for this number of seconds.
    """

    def __init__(self, pins: PinRegisters, sda: int, scl: int, sleep: Callable[[float], object] = time.sleep) -> None:
        self._pins, self._sda, self._scl, self._sleep = pins, sda, scl, sleep

    def levels(self) -> Levels:
        """Return the levels now."""
        return Levels(self._pins.level(self._sda), self._pins.level(self._scl))

    def free(self) -> Recovery:
        """Send clocks until SDA is high, then a stop, and give the pins back to the controller. Blocks for up to 0.1 s.

        Nothing is sent if SDA is high, or if SCL is low: something that holds the clock cannot be clocked.
        """
        before = self.levels()
        if before.sda or not before.scl:
            return Recovery(before, before, clocks=0)
        with self._taken():
            clocks = self._clock()
            self._stop()
        return Recovery(before, self.levels(), clocks)

    def _clock(self) -> int:
        """Send clocks until SDA is high. Returns their number."""
        for count in range(MOST_CLOCKS):
            if self._pins.level(self._sda):
                return count
            self._pull_low(self._scl)
            if not self._release_clock():
                return count + 1
        return MOST_CLOCKS

    def _stop(self) -> None:
        """Send a stop: SDA rises while SCL is high."""
        self._pull_low(self._scl)
        self._pull_low(self._sda)
        self._release_clock()
        self._release(self._sda)

    def _release_clock(self) -> bool:
        """Let SCL rise. Returns whether it is high: a device may stretch the clock, and another may hold it."""
        self._release(self._scl)
        for _ in range(round(STRETCH_SECONDS / HALF_PERIOD)):
            if self._pins.level(self._scl):
                return True
            self._sleep(HALF_PERIOD)
        return False

    def _pull_low(self, pin: int) -> None:
        self._pins.pull_low(pin)
        self._sleep(HALF_PERIOD)

    def _release(self, pin: int) -> None:
        self._pins.release(pin)
        self._sleep(HALF_PERIOD)

    @contextmanager
    def _taken(self) -> Iterator[None]:
        """Make a context in which the pins do not belong to the controller."""
        functions = {pin: self._pins.function(pin) for pin in (self._sda, self._scl)}
        with _no_signals():
            try:
                for pin in functions:
                    self._pins.take(pin)
                yield
            finally:
                for pin, function in functions.items():
                    self._pins.set_function(pin, function)


@contextmanager
def _no_signals() -> Iterator[None]:
    """Make a context that no signal interrupts. Otherwise ^C could leave the controller without its pins."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM, signal.SIGHUP})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
