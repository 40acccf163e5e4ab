"""MicroPython's `machine`: the part of it that drivers use, on a Raspberry Pi's buses and lines."""

from ._i2c import I2C, SoftI2C
from ._pin import Pin
from ._pulses import PWM, time_pulse_us
from ._refused import ADC, Timer
from ._spi import SPI, SoftSPI
from ._uart import UART

__all__ = ["ADC", "I2C", "PWM", "SPI", "UART", "Pin", "SoftI2C", "SoftSPI", "Timer", "time_pulse_us"]
