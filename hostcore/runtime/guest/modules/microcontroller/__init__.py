"""CircuitPython's `microcontroller`: pins, and a delay."""

import time

from microcontroller.pin import Pin

__all__ = ["Pin", "delay_us"]


def delay_us(delay: float) -> None:
    """Sleep for `delay` microseconds."""
    time.sleep(delay / 1e6)
